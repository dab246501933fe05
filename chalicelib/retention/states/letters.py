"""The alarm of a big client that goes quiet."""

from datetime import date

from chalicelib import companies
from chalicelib.mail import Facts, Reader, Recipient, letter
from chalicelib.members import STAFF_OWNER, head_of_sales_reader, speaking_reader, who_heads_the_sales
from chalicelib.platform.context import Context
from chalicelib.retention.config import Retention
from chalicelib.retention.states.events import BIG_CLIENT_QUIET
from chalicelib.table.transactions import Item


def who_answers_for(context: Context, event: Item) -> list[Recipient]:
    """The company's manager, if it has one, and the heads of sales."""
    return list(dict.fromkeys([*companies.manager_of(context, event), *who_heads_the_sales(context, event)]))


def _who_still_answers(context: Context, member_id: str, event: Item) -> Reader:
    """The company's present manager, or a head of sales."""
    if Recipient("member", member_id) in companies.manager_of(context, event):
        return speaking_reader(context, member_id, STAFF_OWNER)
    return head_of_sales_reader(context, member_id)


@letter("big_client_quiet", on=BIG_CLIENT_QUIET, to=who_answers_for)
def big_client_quiet(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    return _who_still_answers(context, recipient.id, event), {
        "company": companies.company_name(context, event),
        "share": int(event["share_percent"]),
        "last_order": date.fromisoformat(event["last_order"]),
        "chance": round(100 * event["early_warning"]),
        "horizon": context.config[Retention].horizon_days,
    }
