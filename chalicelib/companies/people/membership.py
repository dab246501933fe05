from collections.abc import Callable, Collection
from typing import Any, TypeGuard, TypeVar

from chalicelib import members
from chalicelib.companies import keys, rules, store
from chalicelib.companies.events import MANAGER_CHANGED, PERSON_CONFIRMED
from chalicelib.companies.model import Company, Person
from chalicelib.members import Membership
from chalicelib.platform import STAFF_OWNER, Context, EventType, Problem, record_event
from chalicelib.platform.access.scopes import COMPANY_ROLES, staff_roles
from chalicelib.table import Transaction, retry

Result = TypeVar("Result")

HANDING = staff_roles("staff.companies.write")  # who confirms people and hands companies over


def check_active(tx: Transaction, company_id: str, member_id: str, roles: Collection[str]) -> None:
    """The commit raises 403 unless the member acts for the company in one of the roles.

    For all that moves money, bonus or orders: a token outlives the removal of its holder by some minutes.
    """
    members.check_membership(tx, member_id, "company", company_id, roles, Problem.role_lost())


def check_staff(tx: Transaction, member_id: str, roles: Collection[str], refusal: Problem | None = None) -> None:
    """The commit raises 403, or `refusal`, unless the member is one of the club's staff in one of the roles."""
    members.check_membership(tx, member_id, "staff", STAFF_OWNER, roles, refusal or Problem.role_lost())


@retry("company", "inn", "person", "earlier claim", "theirs", "owner", "version", "email", "member", "told")
def decide_anew(context: Context, attempt: Callable[[], Result]) -> Result:
    """Reads and decides again while others change the same things."""
    return attempt()


def leave_earlier_claim(tx: Transaction, membership: Membership | None, company_id: str, member_id: str) -> None:
    if membership and membership.kind == "company" and membership.owner != company_id:
        store.drop_claim(tx, membership.owner, member_id)


def check_another_owner(context: Context, tx: Transaction, company_id: str, member_id: str) -> bool:
    """Whether the company has another active owner than this person; the transaction makes sure that it still has."""
    other = rules.another_owner(store.people(context.table, company_id, consistent=True), member_id)
    if other is not None:
        store.check_owner(tx, company_id, other)
    return other is not None


def activate(tx: Transaction, person: Person, scene: store.Scene) -> None:
    """The person acts for the company in this role: both sides. Raises 409 if they ask for another company by now."""
    if not of_company(scene.membership, person.company_id):
        raise Problem("conflict", "This person now acts for someone else, or has another claim.")
    store.put_person(tx, person, scene.person)
    appoint(tx, scene.membership, person.company_id, person.member_id, role=person.role or "", status="active")


def end_membership(tx: Transaction, person: Person, membership: Membership | None) -> None:
    """Both sides; only one where the member acts for somebody else by now."""
    store.delete_person(tx, person)
    if of_company(membership, person.company_id):
        members.dismiss(tx, person.member_id, person.company_id, when=members.as_read(membership), label="theirs")


def appoint(
    tx: Transaction, before: Membership | None, company_id: str, member_id: str, *, role: str, status: Any
) -> None:
    members.appoint(
        tx,
        member_id,
        kind="company",
        owner=company_id,
        role=role,
        status=status,
        when=members.as_read(before),
        label="theirs",
    )


def of_company(membership: Membership | None, company_id: str) -> TypeGuard[Membership]:
    return membership is not None and membership.kind == "company" and membership.owner == company_id


def speaks(membership: Membership | None, company_id: str, roles: Collection[str] = tuple(COMPANY_ROLES)) -> bool:
    return of_company(membership, company_id) and membership.status == "active" and membership.role in roles


def is_staff(membership: Membership | None, roles: Collection[str]) -> bool:
    return (
        membership is not None
        and membership.kind == "staff"
        and membership.status == "active"
        and membership.role in roles
    )


def record_of_company(tx: Transaction, context: Context, company_id: str, name: EventType, **facts: Any) -> None:
    record_event(tx, context, keys.company(company_id), name, company_id=company_id, **facts)


def record_handed_over(
    tx: Transaction, context: Context, company: Company, manager_id: str | None, *, by: str, **facts: Any
) -> None:
    """`company` as it was; `manager_id`: its manager from now on."""
    managers = {"from_manager": company.manager_id, "to_manager": manager_id}
    record_of_company(tx, context, company.company_id, MANAGER_CHANGED, **managers, by=by, **facts)


def change_manager(context: Context, tx: Transaction, company: Company, manager_id: str, *, by: str) -> None:
    """Gives the company to another manager, with its event. Refused with label `version` if somebody changed it meanwhile.

    The commit raises 422 unless the manager is one of the club's staff.
    """
    store.change(tx, company, {"manager_id": manager_id}, context.at)
    if manager_id != by:
        check_manager(tx, manager_id)
    record_handed_over(tx, context, company, manager_id, by=by)


def check_manager(tx: Transaction, manager_id: str) -> None:
    """The commit raises 422 unless the member is one of the staff who call companies. Not beside `check_staff` of the same member."""
    check_staff(tx, manager_id, staff_roles("staff.calls"), no_manager())


def no_manager() -> Problem:
    return Problem.invalid("not_staff", "/manager_id", "This person is not one of the staff who call companies.")


def record_confirmed(tx: Transaction, context: Context, person: Person, *, by: str) -> None:
    record_of_company(
        tx, context, person.company_id, PERSON_CONFIRMED, member_id=person.member_id, role=person.role, by=by
    )
