"""The consumer of orders' events that keeps the open questions."""

from chalicelib.orders.order.events import MOVED, OF_STEP
from chalicelib.orders.response_times import service
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(*OF_STEP.values(), MOVED)
def on_order_changed(context: Context, event: Event) -> None:
    """Brings the order's open questions up to date."""
    company_id, order_id = event.item["company_id"], event.item["order_id"]
    # All events of a batch were written before it: one read of the order covers them all.
    seen = ("open_questions", company_id, order_id)
    if seen not in event.batch:
        service.follow(context, company_id, order_id)
        event.batch[seen] = True
