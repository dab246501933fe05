"""People as recipients and readers of letters."""

from collections.abc import Collection

from chalicelib.mail import Reader, Recipient, Unsendable
from chalicelib.members import service
from chalicelib.members.model import Member, Membership
from chalicelib.platform import STAFF_OWNER, Context
from chalicelib.table import Item

_HEADS = ("head_of_sales", "admin")


def the_member(context: Context, event: Item) -> list[Recipient]:
    return [Recipient("member", event["member_id"])]


def who_joined(context: Context, event: Item) -> list[Recipient]:
    """The member, unless they work for the club or a distributor: those were appointed, and name no company of their own."""
    found = service.memberships(context, [event["member_id"]]).get(event["member_id"])
    return [] if found and found.kind != "company" else the_member(context, event)


def who_heads_the_sales(context: Context, event: Item) -> list[Recipient]:
    """The heads of sales; without one, the admins, who can appoint one."""
    heads = service.staff_in(context, "head_of_sales") or service.staff_in(context, "admin")
    return [Recipient("member", member_id) for member_id in heads]


def member_reader(context: Context, member_id: str) -> Reader:
    member, membership = service.with_membership(context, member_id, consistent=True)
    if member is None:
        raise Unsendable("recipient_gone")
    return _reader(member, membership)


def head_of_sales_reader(context: Context, member_id: str) -> Reader:
    return speaking_reader(context, member_id, STAFF_OWNER, _HEADS)


def speaking_reader(context: Context, member_id: str, owner: str, roles: Collection[str] | None = None) -> Reader:
    """The member, if they still act for this company or distributor, or for the club, in one of the roles (None: any).

    For all that is not everybody's to read: a person who left may work for another company by now.
    """
    member, membership = service.with_membership(context, member_id)
    if member is None:
        raise Unsendable("recipient_gone")
    if (
        membership is None
        or (membership.owner, membership.status) != (owner, "active")
        or (roles is not None and membership.role not in roles)
    ):
        raise Unsendable("no_longer_speaks")
    return _reader(member, membership)


def _reader(member: Member, membership: Membership | None) -> Reader:
    agreed_at = service.agreed_in_person(member)
    company_id = membership.owner if membership and membership.is_of_company else ""
    return Reader(member.email, member.language, member.name, member.time_zone, agreed_at, member.member_id, company_id)
