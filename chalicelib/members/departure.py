"""Leaving the club.

    member ──leave──▶ leaver ──every room forgets──▶ (erased)

At once the profile is a leaver's: nobody finds the person any more, the address is free, and they act for nobody. The leaver's item holds what
the rooms look for; it goes last, when all of them have forgotten the person.
"""

from chalicelib.members import keys, store
from chalicelib.members.events import ERASED, LEFT
from chalicelib.members.model import Leaver, Member
from chalicelib.platform import Context, Problem, record_event
from chalicelib.platform.own_data import Person
from chalicelib.table import Transaction, retry


def person(context: Context, member_id: str) -> Person:
    """Raises 404 for nobody. Two calls."""
    member, membership = store.read_with_membership(context.table, member_id)
    if member is None:
        raise Problem("not_found")
    present = (membership.owner,) if membership and membership.is_of_company else ()
    return _person(
        context, member, membership.kind if membership else "", membership.owner if membership else "", present
    )


@retry("version", "theirs")
def leave(context: Context, member_id: str, email: str) -> None:
    """`email`: the person's own address, typed as a confirmation. A repeat changes nothing.

    Raises 409 for one of the staff, 422 for another address.
    """
    member, membership = store.read_with_membership(context.table, member_id)
    if member is None:
        return
    if email != member.email:
        raise Problem.invalid("not_yours", "/email", "This is not the address of your profile.")
    if membership is not None and membership.kind == "staff":
        raise Problem(
            "wrong_state", "You work for the club: hand over your companies, and let an admin remove you first."
        )
    tx = Transaction()
    store.move_out(tx, member, membership)
    record_event(tx, context, keys.member(member_id), LEFT, member_id=member_id)
    context.table.commit(tx)


def leaver(context: Context, member_id: str) -> Person | None:
    """None for one who is erased already. Two calls."""
    found = store.read_leaver(context.table, member_id)
    return _person(context, found, found.kind, found.owner) if found else None


def forget(context: Context, member_id: str) -> None:
    """The last step: nothing but the id is left. Safe to repeat."""
    context.table.delete_many(keys.spoken_for(member_id, each) for each in store.spoken_for(context.table, member_id))
    tx = Transaction()
    tx.delete(keys.leaver(member_id))
    record_event(tx, context, keys.member(member_id), ERASED, member_id=member_id)
    context.table.commit(tx)


def _person(context: Context, member: Member | Leaver, kind: str, owner: str, present: tuple[str, ...] = ()) -> Person:
    """`present`: the company for which the member acts, also where the club has not noted it."""
    companies = tuple(dict.fromkeys([*present, *store.spoken_for(context.table, member.member_id)]))
    return Person(member.member_id, member.name, member.email, member.phone, kind, owner, companies)
