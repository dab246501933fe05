"""Letters on overdue questions to distributors."""

from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import head_of_sales_reader, who_heads_the_sales
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order.readers import (
    distributor_or_person_reader,
    distributor_reader,
    the_distributor_and_its_people,
)
from chalicelib.orders.response_times import service
from chalicelib.orders.response_times.config import ResponseTimes
from chalicelib.orders.response_times.events import ESCALATED, UNANSWERED
from chalicelib.platform import Club, Context, clock
from chalicelib.table import Item


@letter("order_unanswered", on=UNANSWERED, to=the_distributor_and_its_people, page="distributor_order")
@letter("order_escalated", on=ESCALATED, to=who_heads_the_sales, page="staff_order")
def of_the_questions(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """Facts of the event's questions that are still open: the distributor may have answered meanwhile."""
    order = order_service.order_of_event(context, event)
    if order is None:
        raise Unsendable("order_gone")
    escalated = event["event"] == ESCALATED
    if escalated:
        reader = head_of_sales_reader(context, recipient.id)
    else:
        reader = distributor_or_person_reader(context, recipient, order.distributor_id)
    questions = service.still_open(order, event["waits"])
    if not questions:
        raise Unsendable("answered")
    config = context.config[ResponseTimes]
    return reader, {
        "number": order.number,
        "company": order.company_name,
        "inn": order.company_inn,
        "distributor": order.distributor_name,
        "distributor_email": distributor_reader(context, order.distributor_id).address,
        "days": config.escalate_after if escalated else config.remind_after,
        "waits": [
            {"kind": question.kind, "since": clock.local_day(clock.moment(question.since), context.config[Club].zone)}
            for question in questions
        ],
        "total": order.total,
        "currency": order.currency,
    }
