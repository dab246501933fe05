"""Companies and who may act for them.

Naming a company proves nothing: a claim is answered with the claimant's own words, whatever the club knows of that company, and
after the same calls. Only a manager of the club or the company's owner turns a claim into a voice.

Each change reads what it needs, decides, and commits under the condition that nothing of it has changed; if something has, it
decides again.
"""

from collections.abc import Iterable, Iterator

from chalicelib.companies import store
from chalicelib.companies.events import CHANGED
from chalicelib.companies.model import Company, Contact, FirmMember, FormerInn, Person
from chalicelib.companies.people.membership import check_active, record_handed_over, record_of_company, speaks
from chalicelib.companies.rules import kpp_fault, match_firm, name_words
from chalicelib.companies.schemas import CompanyChangeForm, CompanyView
from chalicelib.platform import Context, Problem
from chalicelib.platform.access.scopes import COMPANY_ROLES
from chalicelib.table import Position, Refused, Transaction

MOST_SIMILAR = 5
AMONG = 100  # companies whose names begin alike
BEGINS = 20  # characters of the first word
MOST_ANSWERED = 50  # customers of files whose question a corrected INN answers

_CHANGING = [role for role, scopes in COMPANY_ROLES.items() if "company.write" in scopes]


def read_company(context: Context, company_id: str) -> Company | None:
    return store.read(context.table, company_id)


def read_companies(context: Context, company_ids: Iterable[str]) -> dict[str, Company]:
    """Those that exist, by id; one read for a hundred."""
    return store.read_many(context.table, company_ids)


def similar_companies(context: Context, name: str, inn: str | None) -> list[Company]:
    """Companies that this customer may be: those with its INN, and those with its name but for legal form, quotes and ё. Two reads.

    A proposal for a person, at most `MOST_SIMILAR`. Eventually consistent.
    """
    found = {member.company_id for member in store.firms(context.table, [inn]).get(inn, [])} if inn else set()
    same = store.read_many(context.table, sorted(found)[:MOST_SIMILAR])
    wanted = name_words(name)
    begins = wanted.partition(" ")[0][:BEGINS] if wanted else ""
    if begins:
        for item in store.companies_page(context.table, begins, AMONG, None).items:
            if name_words(item["name"]) == wanted:
                same.setdefault(item["company_id"], Company.from_item(item))
    return list(same.values())[:MOST_SIMILAR]


def company_by_inn(context: Context, inn: str, kpp: str | None) -> Company | None:
    """The company, if there is one and no other that these may mean."""
    found = match_firm(store.firms(context.table, [inn]).get(inn, []), kpp or "")
    return read_company(context, found[0].company_id) if len(found) == 1 else None


def companies_of_inns(context: Context, inns: Iterable[str]) -> dict[str, list[FirmMember]]:
    """The companies of each INN, by INN; those that have any. One read for a hundred."""
    return store.firms(context.table, inns)


def people_of(context: Context, company_id: str) -> list[Person]:
    """All who act for the company or ask to; look at each one's `status`."""
    return list(store.people(context.table, company_id))


def every_company(context: Context) -> Iterator[str]:
    """All ids, by name, page after page: for jobs on everybody after a change of the config, never for a request."""
    return store.every_company(context.table)


def some_companies(context: Context, limit: int, after: Position) -> tuple[list[Company], Position]:
    """The next so many of all companies, and where to go on, for work on everybody that is done in steps. One call.

    They come by name. Eventually consistent: one made or renamed meanwhile may be missed, or met twice.
    """
    page = store.companies_page(context.table, "", limit, after)
    return [Company.from_item(item) for item in page.items], page.last


# --- the company ------------------------------------------------------------------------------------------------------


def show(context: Context, company_id: str, member_id: str) -> tuple[CompanyView, int]:
    """The profile and its version. Raises 403 for a caller who was removed. One call."""
    found, membership = store.read_for(context.table, company_id, member_id)
    if found is None or not speaks(membership, company_id):
        raise Problem.role_lost()
    return _shown(found), found.version


def change(
    context: Context, company_id: str, member_id: str, version: int, form: CompanyChangeForm
) -> tuple[CompanyView, int]:
    """Raises 412 when the version is no longer that one."""
    found, membership = store.read_for(context.table, company_id, member_id, consistent=True)
    if found is None or not speaks(membership, company_id, _CHANGING):
        raise Problem.role_lost()
    tx = Transaction()
    check_active(tx, company_id, member_id, _CHANGING)
    changed = save(context, tx, found, version, form, by=member_id)
    return _shown(changed), changed.version


def save(
    context: Context, tx: Transaction, found: Company, version: int, form: CompanyChangeForm, *, by: str
) -> Company:
    """Commits the form's changes with `tx`, which checks that `by` may make them. Nothing is written where nothing changes.

    Raises 412 when the version is no longer that one.
    """
    given = form.model_dump(exclude_unset=True)
    if "name" in given and given["name"] is None:
        raise Problem.invalid("required", "/name", "A company has a name.")
    if given.get("contacts") is not None:
        given["contacts"] = tuple(Contact(**each) for each in given["contacts"]) or None
    if found.version != version:
        raise Problem("precondition_failed")
    changes = {name: value for name, value in given.items() if value != getattr(found, name)}
    if not changes:
        return found
    corrects = {"inn", "kpp"} & changes.keys()
    if corrects:
        former = FormerInn(inn=found.inn, kpp=found.kpp, until=context.at, by=by)
        changes["inns_before"] = (former, *(found.inns_before or ()))[: store.MOST_INNS]
    changed = store.change(tx, found, changes, context.at)
    if corrects:
        _correct(context, tx, found, changed)
    if changes.get("distributor_id"):
        store.check_distributor(tx, changes["distributor_id"])
    if "manager_id" in changes:
        record_handed_over(tx, context, found, changes["manager_id"], by=by)
    told = {name: value for name, value in changes.items() if name not in ("manager_id", "inns_before")}
    if "contacts" in told:  # an event outlives the person
        told["contacts"] = len(told["contacts"] or ())
    if told:
        before = {"before": {"inn": found.inn, "kpp": found.kpp}} if corrects else {}
        record_of_company(tx, context, found.company_id, CHANGED, changes=told, by=by, **before)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "distributor" in refused:
            raise Problem.invalid(
                "unknown_distributor", "/distributor_id", "This distributor does not exist."
            ) from None
        raise Problem("precondition_failed") from None
    return changed


def _correct(context: Context, tx: Transaction, found: Company, changed: Company) -> None:
    """Raises 422 for a KPP that does not fit the INN, 409 where these may mean another company: then the two are one, or one of them is wrong."""
    inn, kpp = changed.inn, changed.kpp
    if found.joined_into:
        raise Problem("wrong_state", "This company was joined with another one: correct that one.")
    if inn is None:
        raise Problem.invalid("required", "/inn", "Give the INN that is right.")
    # Files know some companies by the INN alone.
    if (kpp or found.kpp) and (fault := kpp_fault(inn, kpp)):
        raise Problem.invalid(fault[0], "/kpp", fault[1])
    known = store.firms(context.table, {inn, found.inn or inn})
    others = [each for each in match_firm(known.get(inn, []), kpp or "") if each.company_id != found.company_id]
    if others:
        raise Problem(
            "already_exists",
            f"The company {others[0].company_id} has this INN and KPP. If the two are one, join them: POST /v1/staff/company-joins.",
        )
    store.correct_firm(tx, found, inn, kpp or "", known)
    for marker in store.customers_page(context.table, found.company_id, MOST_ANSWERED).items:
        if "asked_at" in marker and marker["inn"] == inn:
            store.answer_customer(tx, marker)


def _shown(found: Company) -> CompanyView:
    return CompanyView(**found.model_dump(include=set(CompanyView.model_fields)))
