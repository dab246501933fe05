"""Letters on the rhythm of a company: the alarm of a big client that goes quiet, and the reminder of the next order."""

from datetime import date

from chalicelib import companies, orders
from chalicelib.companies import buyer_reader, company_name, who_buys
from chalicelib.contacts import ADVERTISING_GUARD
from chalicelib.mail import Facts, LetterClass, Reader, Recipient, Unsendable, letter
from chalicelib.members import STAFF_OWNER, head_of_sales_reader, speaking_reader, who_heads_the_sales
from chalicelib.orders import OrderState
from chalicelib.platform import Context
from chalicelib.retention.config import Retention
from chalicelib.retention.states import store
from chalicelib.retention.states.events import BIG_CLIENT_QUIET, ORDER_EXPECTED
from chalicelib.table import Item


def who_answers_for(context: Context, event: Item) -> list[Recipient]:
    """The company's manager, if it has one, and the heads of sales."""
    return list(dict.fromkeys([*companies.manager_of(context, event), *who_heads_the_sales(context, event)]))


def _who_still_answers(context: Context, member_id: str, event: Item) -> Reader:
    """The company's present manager, or a head of sales."""
    if Recipient("member", member_id) in companies.manager_of(context, event):
        return speaking_reader(context, member_id, STAFF_OWNER)
    return head_of_sales_reader(context, member_id)


@letter("big_client_quiet", on=BIG_CLIENT_QUIET, to=who_answers_for, page="case")
def big_client_quiet(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return _who_still_answers(context, recipient.id, event), {
        "company": company_name(context, event),
        "share": int(event["share_percent"]),
        "last_order": date.fromisoformat(event["last_order"]),
        "chance": round(100 * event["early_warning"]),
        "horizon": context.config[Retention].horizon_days,
    }


MOST_LINES = 10  # of the usual order, in the letter


@letter(
    "order_expected",
    on=ORDER_EXPECTED,
    to=who_buys,
    letter_class=LetterClass.CONTENT,
    guard=ADVERTISING_GUARD,
    in_slot=True,
    page="cart",
)
def order_expected(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """For a company that has not ordered since."""
    company_id = event["company_id"]
    reader = buyer_reader(context, recipient.id, company_id)
    last_order = date.fromisoformat(event["last_order"])
    known = store.load(context, company_id)
    if known is None or known.last_order != last_order or _has_ordered(context, company_id, last_order):
        raise Unsendable("ordered")
    usual = orders.usual_order(context, company_id).lines
    return reader, {
        "company": company_name(context, event),
        "last_order": last_order,
        "first": date.fromisoformat(event["first"]),
        "last": date.fromisoformat(event["last"]),
        "lines": [
            {"name": line.name_ru if reader.language == "ru" else line.name, "quantity": line.quantity}
            for line in usual[:MOST_LINES]
        ],
        "more": max(0, len(usual) - MOST_LINES),
        "cart_url": orders.usual_order_link(context, recipient.id, company_id) if usual else "",
    }


def _has_ordered(context: Context, company_id: str, last_order: date) -> bool:
    """True where an order of the portal is on its way that no document of sale knows yet."""
    return any(
        order.placed_at[:10] > last_order.isoformat() and order.state not in (OrderState.REJECTED, OrderState.CANCELLED)
        for order in orders.latest(context, company_id, 1)
    )
