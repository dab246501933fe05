"""The link of a letter that puts the usual order into its reader's cart. It orders nothing: that is done in the cabinet.

GET shows the articles and a button, since programs that look at links open them, too; POST fills the cart. The link holds for some days, as long
as the member still buys for the company. It shows articles and quantities, no prices.
"""

from datetime import timedelta
from typing import NamedTuple

from chalicelib import companies, members
from chalicelib.members import Member
from chalicelib.orders.cart import service as cart
from chalicelib.orders.order.rules import RequestedLine
from chalicelib.orders.reorder import rules, service
from chalicelib.orders.reorder.schemas import UsualLineView
from chalicelib.platform import Context, Problem, aws, or_not_found
from chalicelib.platform.settings import settings
from chalicelib.table import Transaction

DAYS = 14
_ROLES = {"owner", "buyer"}


class Buyer(NamedTuple):
    """The reader of the link, and the company to buy for."""

    member: Member
    company_id: str


def usual_order_link(context: Context, member_id: str, company_id: str) -> str:
    last = context.today + timedelta(days=DAYS)
    return (
        f"{settings().letters_url}/v1/letters/{rules.token_of(aws.secret(), member_id, company_id, last)}/usual-order"
    )


def buyer_of(context: Context, token: str) -> Buyer | None:
    """None for a link that is over, or a reader who no longer buys for the company. Raises `not_found` for a token that is not ours."""
    parts = or_not_found(rules.parts_of(token))
    member, acts = members.with_membership(context, parts.member_id, consistent=True)
    if member is None or acts is None or not acts.is_of_company or acts.role not in _ROLES:
        return None
    if not rules.is_signed(aws.secret(), token, acts.owner):
        raise Problem("not_found")
    return Buyer(member, acts.owner) if context.today <= parts.last else None


def articles(context: Context, company_id: str) -> list[UsualLineView]:
    """The articles of the usual order that can be ordered now."""
    return service.usual_order(context, company_id).lines


def fill(context: Context, buyer: Buyer) -> int:
    """The cart holds the usual order at least; returns how many of its articles it holds. Safe to repeat."""
    wanted = [RequestedLine(line.sku, line.quantity) for line in articles(context, buyer.company_id)]

    def check(tx: Transaction) -> None:
        companies.check_active(tx, buyer.company_id, buyer.member.member_id, _ROLES)

    return cart.fill(context, buyer.company_id, buyer.member.member_id, wanted, check)
