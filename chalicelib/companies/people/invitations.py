"""Invitations to act for a company.

    (nobody) ──invite──▶ invited ──accept──▶ active
                            ├──decline, remove──▶ (nobody)
                            ├──claim by the invited──▶ pending
                            └──expiry──▶ (nobody)
    pending  ──invite──▶ active                            both sides have asked

Only the invited person accepts, signed in with the address that was invited. Until then an invitation changes nothing of theirs and shows
nothing of theirs: not their name, nor whether they are a member or act for somebody else.

Weakest point: an invited address that nobody had becomes a member's, without a confirmed address, and stays one when the invitation ends.
"""

from chalicelib import members
from chalicelib.companies import store
from chalicelib.companies.config import CompanyLimits
from chalicelib.companies.events import PERSON_INVITED, PERSON_REMOVED
from chalicelib.companies.model import Invitation, Person
from chalicelib.companies.people.membership import (
    activate,
    appoint,
    check_active,
    decide_anew,
    leave_earlier_claim,
    of_company,
    record_confirmed,
    record_of_company,
    speaks,
)
from chalicelib.companies.people.service import MANAGING, person_shown
from chalicelib.companies.schemas import InvitationForm, InvitationView, PersonView
from chalicelib.platform import Context, Problem, clock
from chalicelib.platform.http.throttle import DAY, throttle, throttle_key
from chalicelib.table import Position, Transaction


def invite(context: Context, company_id: str, caller_id: str, form: InvitationForm) -> PersonView:
    """The owner invites a person. A person with a pending claim acts for the company at once.

    The same invitation on the same day changes nothing; a later or different one replaces it.
    Raises 409 for one who acts for this company, 429 for too many invitations of the day.
    """
    limits = context.config[CompanyLimits]
    _check_manages(context, company_id, caller_id)
    throttle(context, "invitations", company_id, limits.invitations_per_company_per_day, DAY)
    told = throttle_key(context, "invitation-letters", form.email, DAY)

    def attempt() -> PersonView:
        tx = Transaction()
        member = members.join_or_find(
            context, tx, name=form.name, email=form.email, language=form.language, by=caller_id
        )
        scene = store.read_scene(context.table, company_id, caller_id, member.member_id)
        if not speaks(scene.caller, company_id, MANAGING):
            raise Problem.role_lost()
        if of_company(scene.membership, company_id) and scene.membership.status == "active":
            raise Problem("already_exists", "This person already acts for your company.")
        check_active(tx, company_id, caller_id, MANAGING)
        before = scene.person
        person = Person(
            company_id=company_id,
            member_id=member.member_id,
            role=form.role,
            influence=form.influence,
            status="active" if of_company(scene.membership, company_id) else "invited",
            at=context.at,
            version=before.version + 1 if before else 1,
        )
        if person.status == "active":
            activate(tx, person, scene)
            record_confirmed(tx, context, person, by=caller_id)
        else:
            person = person.model_copy(update={"invitation": _invitation(context, form, caller_id)})
            written = store.read_told(context.table, told)
            if before and company_id in written and _says_the_same(before, person):
                return person_shown(before, member)
            # One letter a day and company to an address, and not too many from all companies together.
            quiet = company_id in written or len(written) >= limits.invitation_letters_per_address_per_day
            if not quiet:
                most = limits.invitation_letters_per_address_per_day
                store.put_told(tx, told, written, company_id, context.expiry(days=2), most)
            store.put_person(tx, person, before)
            facts = {"role": form.role, "by": caller_id, **({"quiet": True} if quiet else {})}
            record_of_company(tx, context, company_id, PERSON_INVITED, member_id=member.member_id, **facts)
        context.table.commit(tx)
        return person_shown(person, member)

    return decide_anew(context, attempt)


def list_invitations(
    context: Context, member_id: str, limit: int, after: Position
) -> tuple[list[InvitationView], Position]:
    """The invitations that the member can accept."""
    page = store.invitations_page(context.table, member_id, limit, after)
    invited = [person for person in map(Person.from_item, page.items) if _is_open(context, person)]
    companies = store.read_many(context.table, [person.company_id for person in invited])
    return [
        _view(person, companies[person.company_id].name) for person in invited if person.company_id in companies
    ], page.last


def accept(context: Context, company_id: str, member_id: str) -> InvitationView:
    """The invited person acts for the company from now on; a pending claim of theirs elsewhere ends. Safe to repeat.

    Raises 404 without an open invitation, 409 for one who acts for somebody else, and when who invited may do so no more.
    """

    def attempt() -> InvitationView:
        scene = store.read_scene(context.table, company_id, member_id, member_id)
        person, membership = scene.person, scene.membership
        if scene.company is None or person is None:
            raise Problem("not_found")
        if person.status == "active":
            return _view(person, scene.company.name)
        if person.invitation is None or not _is_open(context, person):
            raise Problem("not_found")
        if membership and membership.status == "active":
            raise Problem("conflict", "You act for someone else: leave them first.")
        accepted = person.model_copy(
            update={"status": "active", "at": context.at, "invitation": None, "version": person.version + 1}
        )
        tx = Transaction()
        over = Problem("conflict", "This invitation is no longer valid: ask the company for a new one.")
        by = person.invitation.by
        members.check_membership(tx, by, "company", company_id, MANAGING, over)
        store.put_person(tx, accepted, person)
        appoint(tx, membership, company_id, member_id, role=accepted.role or "", status="active")
        leave_earlier_claim(tx, membership, company_id, member_id)
        record_confirmed(tx, context, accepted, by=by)
        context.table.commit(tx)
        return _view(accepted, scene.company.name)

    return decide_anew(context, attempt)


def decline(context: Context, company_id: str, member_id: str) -> None:
    """Raises 404 without an invitation."""

    def attempt() -> None:
        person = store.read_scene(context.table, company_id, member_id, member_id).person
        if person is None or person.status != "invited":
            raise Problem("not_found")
        tx = Transaction()
        store.delete_person(tx, person)
        record_of_company(tx, context, company_id, PERSON_REMOVED, member_id=member_id, by=member_id)
        context.table.commit(tx)

    decide_anew(context, attempt)


def _check_manages(context: Context, company_id: str, caller_id: str) -> None:
    """Before anything is counted: who is removed must not use up the company's invitations."""
    _, membership = store.read_for(context.table, company_id, caller_id)
    if not speaks(membership, company_id, MANAGING):
        raise Problem.role_lost()


def _invitation(context: Context, form: InvitationForm, by: str) -> Invitation:
    days = context.config[CompanyLimits].invitation_days
    return Invitation(name=form.name, email=form.email, by=by, expires_at=context.expiry(days=days))


def _says_the_same(one: Person, other: Person) -> bool:
    said, again = one.invitation, other.invitation
    return (one.role, one.influence) == (other.role, other.influence) and (
        said is not None and again is not None and (said.name, said.by) == (again.name, again.by)
    )


def _is_open(context: Context, person: Person) -> bool:
    return person.invitation is not None and person.invitation.expires_at > clock.epoch(context.now)


def _view(person: Person, company: str) -> InvitationView:
    end = person.invitation.expires_at if person.invitation else None
    return InvitationView(
        company_id=person.company_id,
        company=company,
        role=person.role or "buyer",
        status="invited" if person.invitation else "active",
        since=person.at,
        expires_at=clock.stamp(clock.from_epoch(end)) if end else None,
    )
