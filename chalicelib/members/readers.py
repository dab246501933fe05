"""People as recipients and readers of letters."""

from chalicelib.mail import Reader, Recipient, Unsendable
from chalicelib.members import service
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Item


def the_member(context: Context, event: Item) -> list[Recipient]:
    return [Recipient("member", event["member_id"])]


def who_heads_the_sales(context: Context, event: Item) -> list[Recipient]:
    """The heads of sales; without one, the admins, who can appoint one."""
    heads = service.staff_in(context, "head_of_sales") or service.staff_in(context, "admin")
    return [Recipient("member", member_id) for member_id in heads]


def member_reader(context: Context, member_id: str) -> Reader:
    member = service.member(context, member_id)
    if member is None:
        raise Unsendable("recipient_gone")
    return Reader(member.email, member.language, member.name)


def speaking_reader(context: Context, member_id: str, company_id: str) -> Reader:
    """For what only the company's people may read: whoever left it may work for another one by now."""
    member, membership = service.with_membership(context, member_id)
    if member is None:
        raise Unsendable("recipient_gone")
    if membership is None or (membership.owner, membership.status) != (company_id, "active"):
        raise Unsendable("no_longer_speaks")
    return Reader(member.email, member.language, member.name)
