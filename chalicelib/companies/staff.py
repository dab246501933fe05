from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib import members
from chalicelib.companies import store
from chalicelib.companies.cards import distributor_of
from chalicelib.companies.company import people_of, save
from chalicelib.companies.events import CHANGED
from chalicelib.companies.model import Company, Person
from chalicelib.companies.people.membership import (
    HANDING,
    check_manager,
    check_staff,
    is_staff,
    record_handed_over,
    record_of_company,
)
from chalicelib.companies.people.service import person_fields
from chalicelib.companies.rules import customer_key, match_firm
from chalicelib.companies.schemas import (
    ClaimantView,
    CompanyAssignmentForm,
    CompanyContactView,
    CompanyDistributorView,
    CompanyManagerView,
    CustomerQuestionView,
    FormerInnView,
    JoinedFromView,
    PastManagerView,
    StaffCompanyDetailView,
    StaffCompanyView,
    StaffPersonView,
)
from chalicelib.members import Member
from chalicelib.platform import Context, Problem, or_not_found
from chalicelib.table import Item, Position, Transaction, retry

# --- companies for the staff -----------------------------------------------------------------------------------------------


_PAGE = 500  # companies that are read at a time where all are


class Portfolio(NamedTuple):
    """A part of the companies. None: any region, any manager; an empty manager: companies without one."""

    region: str | None = None
    manager_id: str | None = None

    def holds(self, company: Company) -> bool:
        return self.region in (None, company.region) and self.manager_id in (None, company.manager_id or "")


def list_companies(
    context: Context, begins: str, portfolio: Portfolio, limit: int, after: Position
) -> tuple[list[StaffCompanyView], Position]:
    page = store.companies_page(context.table, begins, limit, after, store.listed_with(*portfolio))
    return listed_for_staff(context, [Company.from_item(item) for item in page.items]), page.last


def every_listed(context: Context, begins: str, portfolio: Portfolio) -> Iterator[Company]:
    """All companies of the portfolio by name, page after page."""
    after: Position = None
    while True:
        page = store.companies_page(context.table, begins, _PAGE, after, store.listed_with(*portfolio))
        yield from map(Company.from_item, page.items)
        after = page.last
        if after is None:
            return


def list_waiting(
    context: Context, portfolio: Portfolio, limit: int, after: Position
) -> tuple[list[StaffCompanyView], Position]:
    """Pending claims, the oldest first, each with the company and its description by the claimant.

    The claims of a page are chosen after they are read: the page may hold fewer.
    """
    page = store.claims_page(context.table, limit, after)
    waiting = [Person.from_item(item) for item in page.items]
    companies = store.read_many(context.table, [person.company_id for person in waiting])
    named = members.members(context, [person.member_id for person in waiting])
    return [
        _for_staff(companies[person.company_id], _waiting(person, named.get(person.member_id)))
        for person in waiting
        if person.company_id in companies and portfolio.holds(companies[person.company_id])
    ], page.last


def list_customer_questions(
    context: Context, limit: int, after: Position
) -> tuple[list[CustomerQuestionView], Position]:
    """Customers of sales files whose INN is not that of their company, each with both companies, the oldest first."""
    page = store.customer_questions_page(context.table, limit, after)
    wanted = {marker[name] for marker in page.items for name in ("company_id", "other") if name in marker}
    named = store.read_many(context.table, wanted)
    return [_question(marker, named) for marker in page.items if marker["company_id"] in named], page.last


def _question(marker: Item, named: Mapping[str, Company]) -> CustomerQuestionView:
    source, customer = store.customer_of(marker)
    other = named.get(marker.get("other", ""))
    return CustomerQuestionView(
        source=source,
        customer=customer,
        inn=marker["inn"],
        since=marker["asked_at"],
        company=_for_staff(named[marker["company_id"]]),
        other=_for_staff(other) if other else None,
    )


def find_by_inn(context: Context, inn: str, kpp: str | None) -> list[StaffCompanyView]:
    """Without a KPP: all companies of the INN."""
    members = store.firms(context.table, [inn]).get(inn, [])
    found = match_firm(members, kpp) if kpp else members
    several = store.read_many(context.table, [member.company_id for member in found])
    return listed_for_staff(context, list(several.values()))


def find_by_customer(context: Context, source: str, customer: str) -> list[StaffCompanyView]:
    company_id = store.owner_by_customer(context.table, source, customer_key(customer, "", "", ""))
    found = store.read(context.table, company_id) if company_id else None
    return listed_for_staff(context, [found]) if found else []


def show_to_staff(context: Context, company_id: str) -> tuple[StaffCompanyDetailView, int]:
    """The company's card and its version."""
    found = or_not_found(store.read(context.table, company_id))
    return _card(context, found), found.version


def change_by_staff(
    context: Context, company_id: str, staff_id: str, version: int, form: CompanyAssignmentForm
) -> tuple[StaffCompanyDetailView, int]:
    """The club changes a company, or hands it over to another manager. Raises 412 when the version is no longer that one."""
    found, membership = store.read_for(context.table, company_id, staff_id, consistent=True)
    if not is_staff(membership, HANDING):
        raise Problem.role_lost()
    if found is None:
        raise Problem("not_found")
    tx = Transaction()
    check_staff(tx, staff_id, HANDING)
    if form.manager_id and form.manager_id != staff_id:
        check_manager(tx, form.manager_id)
    changed = save(context, tx, found, version, form, by=staff_id)
    return _card(context, changed), changed.version


class HandOver(NamedTuple):
    """A change of manager that is part of a hand-over of many companies. `by`: who ordered it."""

    hand_over_id: str
    by: str


@retry("version")
def hand_over(
    context: Context,
    company_id: str,
    was: Mapping[str, str | None],
    changes: Mapping[str, str],
    order: HandOver,
) -> Company | None:
    """Gives the company another manager, region or distributor. Safe to repeat.

    None for a company that is not as it `was` any more, so that it stays as it is. A region that is not in `was` is given to a company that
    has none. Raises 422 for a manager who is not on the staff any more.
    """
    found = store.read(context.table, company_id, consistent=True)
    if found is None or found.hand_over_id == order.hand_over_id:
        return found
    if any(getattr(found, name) != value for name, value in was.items()):
        return None
    given = dict(changes)
    if found.region and "region" not in was:
        given.pop("region", None)
    tx = Transaction()
    changed = store.change(tx, found, {**given, "hand_over_id": order.hand_over_id}, context.at)
    if manager_id := given.pop("manager_id", None):
        check_manager(tx, manager_id)
        record_handed_over(tx, context, found, manager_id, by=order.by, hand_over_id=order.hand_over_id)
    if given:
        record_of_company(tx, context, company_id, CHANGED, changes=given, by=order.by)
    context.table.commit(tx)
    return changed


def _card(context: Context, company: Company) -> StaffCompanyDetailView:
    people = people_of(context, company.company_id)
    theirs = [each.member_id for each in people] + [each.member_id for each in company.managers_before or ()]
    who = [*theirs, *([company.manager_id] if company.manager_id else [])]
    named = members.members(context, list(dict.fromkeys(who)))
    waiting = min((person for person in people if person.status == "pending"), key=lambda each: each.at, default=None)
    shown = _for_staff(company, _waiting(waiting, named.get(waiting.member_id)) if waiting else None)
    return StaffCompanyDetailView(
        **shown.model_dump(),
        people=[
            StaffPersonView(**person_fields(person, named.get(person.member_id)), claimed=person.claimed)
            for person in people
        ],
        manager=_manager(named.get(company.manager_id or "")),
        managers_before=[
            PastManagerView.from_record(each, name=known.name if (known := named.get(each.member_id)) else None)
            for each in company.managers_before or ()
        ],
        distributor=_distributor(context, company),
        joined_from=[JoinedFromView(company_id=each) for each in company.joined_from or ()],
        inns_before=[FormerInnView.from_record(each) for each in company.inns_before or ()],
        contacts=[CompanyContactView.from_record(each) for each in company.contacts or ()],
    )


def _manager(member: Member | None) -> CompanyManagerView | None:
    return CompanyManagerView.from_record(member) if member else None


def _distributor(context: Context, company: Company) -> CompanyDistributorView | None:
    found = distributor_of(context, company)
    return CompanyDistributorView.from_record(found, chosen=bool(company.distributor_id)) if found else None


def listed_for_staff(context: Context, companies: Sequence[Company]) -> list[StaffCompanyView]:
    """Companies of a list, each with its oldest pending claim, if that is one of the club's oldest: one or two calls for them all."""
    listed = {company.company_id for company in companies}
    oldest: dict[str, Person] = {}
    for item in store.claims_page(context.table, store.MOST_WAITING, None).items if companies else ():
        if item["company_id"] in listed:
            oldest.setdefault(item["company_id"], Person.from_item(item))
    named = members.members(context, [person.member_id for person in oldest.values()])
    waiting = {company: _waiting(person, named.get(person.member_id)) for company, person in oldest.items()}
    return [_for_staff(company, waiting.get(company.company_id)) for company in companies]


def _for_staff(found: Company, waiting: ClaimantView | None = None) -> StaffCompanyView:
    return StaffCompanyView(**found.model_dump(include=set(StaffCompanyView.model_fields)), waiting=waiting)


def _waiting(person: Person, member: Member | None) -> ClaimantView:
    return ClaimantView(
        member_id=person.member_id,
        name=member.name if member else None,
        email=member.email if member else None,
        phone=member.phone if member else None,
        claimed=person.claimed,
        since=person.at,
    )
