from typing import Any

from chalicelib import members
from chalicelib.companies import rules, store
from chalicelib.companies.events import CLAIM_REFUSED, PERSON_CHANGED, PERSON_REMOVED
from chalicelib.companies.model import Person
from chalicelib.companies.people.membership import (
    activate,
    check_active,
    check_another_owner,
    decide_anew,
    end_membership,
    record_confirmed,
    record_of_company,
    speaks,
)
from chalicelib.companies.schemas import PersonChangeForm, PersonView
from chalicelib.members import Member
from chalicelib.platform import Context, Problem
from chalicelib.platform.access.scopes import COMPANY_ROLES
from chalicelib.table import Position, Transaction

MANAGING = [role for role, scopes in COMPANY_ROLES.items() if "people.write" in scopes]

# --- its people -------------------------------------------------------------------------------------------------------


def list_people(
    context: Context, company_id: str, caller_id: str, limit: int, after: Position
) -> tuple[list[PersonView], Position]:
    _, membership = store.read_for(context.table, company_id, caller_id)
    if not speaks(membership, company_id):
        raise Problem.role_lost()
    page = store.people_page(context.table, company_id, limit, after)
    found = [Person.from_item(item) for item in page.items]
    named = members.members(context, [person.member_id for person in found])
    return [person_shown(person, named.get(person.member_id)) for person in found], page.last


def change_person(
    context: Context, company_id: str, caller_id: str, member_id: str, version: int, form: PersonChangeForm
) -> PersonView:
    """The owner confirms one who waits, or changes a role or an influence. The last active owner stays one: 409."""
    changes = form.model_dump(exclude_unset=True)
    for name in ("role", "status"):
        if name in changes and changes[name] is None:
            raise Problem.invalid("required", f"/{name}", "This field cannot be empty.")

    def attempt() -> Person:
        scene = store.read_scene(context.table, company_id, caller_id, member_id)
        if not speaks(scene.caller, company_id, MANAGING):
            raise Problem.role_lost()
        if scene.person is None:
            raise Problem("not_found")
        if scene.person.version != version:
            raise Problem("precondition_failed")
        before, after = scene.person, scene.person.model_copy(update=changes)
        if after == before:
            return before
        if before.status == "invited":
            raise Problem("wrong_state", "This person has not accepted yet. Invite them again to change the role.")
        if after.status == "pending":
            raise Problem("wrong_state", "This person is not confirmed yet: set status to active and give a role.")
        if after.role is None:
            raise Problem.invalid("required", "/role", "A confirmed person has a role.")
        after = after.model_copy(update={"version": before.version + 1})
        tx = Transaction()
        if rules.is_owner(before) and not rules.is_owner(after):
            _check_owner_stays(context, tx, company_id, caller_id, member_id)
        if caller_id != member_id or after.role == before.role:
            check_active(tx, company_id, caller_id, MANAGING)
        if after.role == before.role:
            store.put_person(tx, after, before)
        else:
            activate(tx, after, scene)
        if before.status == "pending":
            record_confirmed(tx, context, after, by=caller_id)
        else:
            record_of_company(
                tx, context, company_id, PERSON_CHANGED, member_id=member_id, changes=changes, by=caller_id
            )
        context.table.commit(tx)
        return after

    changed = decide_anew(context, attempt)
    return person_shown(changed, members.member(context, member_id))


def remove_person(context: Context, company_id: str, caller_id: str, member_id: str) -> None:
    """The owner removes a person or refuses a claim; anybody may leave. The last active owner stays: 409."""
    allowed = COMPANY_ROLES if caller_id == member_id else MANAGING

    def attempt() -> None:
        scene = store.read_scene(context.table, company_id, caller_id, member_id)
        if not speaks(scene.caller, company_id, allowed):
            raise Problem.role_lost()
        if scene.person is None:
            raise Problem("not_found")
        tx = Transaction()
        if caller_id != member_id:
            check_active(tx, company_id, caller_id, allowed)
        if rules.is_owner(scene.person):
            _check_owner_stays(context, tx, company_id, caller_id, member_id)
        end_membership(tx, scene.person, scene.membership)
        happened = CLAIM_REFUSED if scene.person.status == "pending" else PERSON_REMOVED
        record_of_company(tx, context, company_id, happened, member_id=member_id, by=caller_id)
        context.table.commit(tx)

    decide_anew(context, attempt)


def _check_owner_stays(context: Context, tx: Transaction, company_id: str, caller_id: str, leaving: str) -> None:
    """Raises 409 for the last owner. An owner who changes another one is the owner who stays, and is checked."""
    if caller_id == leaving and not check_another_owner(context, tx, company_id, leaving):
        raise Problem("conflict", "A company has at least one owner: make someone else an owner first.")


def person_shown(person: Person, member: Member | None) -> PersonView:
    return PersonView(**person_fields(person, member))


def person_fields(person: Person, member: Member | None) -> dict[str, Any]:
    # Until the invited person accepts, the company sees its own words and nothing of the member.
    shown = person.invitation or member
    return {
        **person.model_dump(include={"member_id", "role", "influence", "status", "version"}),
        "name": shown.name if shown else None,
        "email": shown.email if shown else None,
        "since": person.at,
    }
