"""Two companies that are one: the joined company gives its INN, its people and its place in the lists to the other, and keeps its history.

Purchases, orders and bonuses of the joined company belong to the rooms above, which move them.
"""

from collections.abc import Iterator, Sequence

from boto3.dynamodb.conditions import Attr

from chalicelib.companies import keys, store
from chalicelib.companies.events import JOINED, PARTED, PERSON_CHANGED
from chalicelib.companies.model import Company, FirmMember
from chalicelib.companies.people.membership import appoint, of_company, record_of_company
from chalicelib.platform import Context, Problem
from chalicelib.table import Transaction, retry

MOST_CUSTOMERS = 100  # of files, that a joined company has
MOST_JOINED = 50  # into one company


def customers_of(context: Context, company_id: str) -> list[tuple[str, str]]:
    """Source and key of the customers of files that are this company; one more than `MOST_CUSTOMERS` at most. Eventually consistent."""
    page = store.customers_page(context.table, company_id, MOST_CUSTOMERS + 1)
    return [store.customer_of(marker) for marker in page.items]


def is_joined_into(context: Context, company_id: str, into: str) -> bool:
    """Whether the company is this one, or became it by joins. A call for each join."""
    return into in _became(context, company_id)


def company_that_stays(context: Context, company_id: str) -> str:
    """The company that this one became by joins; itself without one. A call for each join, and one."""
    *_, last = _became(context, company_id)
    return last


def _became(context: Context, company_id: str | None) -> Iterator[str]:
    while company_id:
        yield company_id
        company = store.read(context.table, company_id)
        company_id = company.joined_into if company else None


def check_not_joined(tx: Transaction, company_id: str) -> None:
    """Raises 422 for a company that was joined into another."""
    joined = Problem.invalid("joined_company", "", "This company was joined with another one: name that one.")
    free = Attr("joined_into").not_exists()
    tx.check(keys.company(company_id), free, label="joined company", instead=joined)


def with_joined(context: Context, company_id: str) -> list[Company]:
    """The company and all that turned out to be it, with theirs. One call for each row of joins; none: there is no such company."""
    found = dict[str, Company]()
    wanted = {company_id}
    while wanted:
        read = store.read_many(context.table, wanted)
        found |= read
        wanted = {each for company in read.values() for each in company.joined_from or ()} - found.keys()
    return list(found.values())


def join(tx: Transaction, context: Context, company: Company, into: Company, join_id: str, by: str) -> None:
    """The company is the other one from now on. Refused with label `company`, `into` or `inn` after a change of either."""
    store.join(tx, company, into)
    if company.inn:
        known = store.firms(context.table, [company.inn]).get(company.inn, [])
        store.give_firm(tx, company.inn, known, company.company_id, into.company_id)
    record_of_company(tx, context, company.company_id, JOINED, into=into.company_id, join_id=join_id, by=by)


def part(
    tx: Transaction,
    context: Context,
    company: Company,
    into: Company,
    kpps: Sequence[str],
    join_id: str,
    by: str,
    *,
    took_inn: bool,
) -> None:
    """Undoes a `join`. `kpps`: those under which the company was known (`kpps_of` before it). `took_inn`: the other had no INN before it."""
    store.part(tx, company, into, took_inn=took_inn and into.inn == company.inn)
    if company.inn and kpps:
        known = store.firms(context.table, [company.inn]).get(company.inn, [])
        named = [member for member in known if member.kpp in kpps]
        # Gone with an INN that the staff has corrected since.
        there = {each.kpp for each in named}
        gone = [FirmMember(kpp, company.company_id, company.currency) for kpp in kpps if kpp not in there]
        store.give_firm(tx, company.inn, named, into.company_id, company.company_id, gone)
    record_of_company(tx, context, company.company_id, PARTED, into=into.company_id, join_id=join_id, by=by)


def kpps_of(context: Context, company: Company) -> list[str]:
    """The KPPs under which the company is known; an empty one where it is known by its INN alone."""
    known = store.firms(context.table, [company.inn]).get(company.inn, []) if company.inn else []
    return [member.kpp for member in known if member.company_id == company.company_id]


@retry("person", "theirs", "old person")
def move_person(context: Context, company_id: str, into: str, member_id: str, by: str) -> bool:
    """The person acts for the other company, in the same role; False for a person who is not there. Safe to repeat.

    Of two records of one person, that of the company for which they act, or ask to act, is the one that stays.
    """
    item, other, membership = store.read_person_of_both(context.table, company_id, into, member_id)
    if item is None:
        return False
    tx = Transaction()
    if of_company(membership, company_id):
        store.move_person(tx, item, into, other)
        appoint(tx, membership, into, member_id, role=membership.role, status=membership.status)
    elif other is not None:
        store.drop_person(tx, item)
    else:
        store.move_person(tx, item, into, None)
    record_of_company(tx, context, into, PERSON_CHANGED, member_id=member_id, changes={"company_id": into}, by=by)
    context.table.commit(tx)
    return True
