"""The consumer of orders' events that keeps what waits for the distributor."""

from chalicelib.orders.order.events import OF_STEP
from chalicelib.orders.response_times import service
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(*OF_STEP.values())
def on_order_changed(context: Context, event: Event) -> None:
    """What of the order waits from now on."""
    company_id, order_id = event.item["company_id"], event.item["order_id"]
    # All events of a batch were written before it: the first look at the order sees what all of them tell.
    seen = ("open_questions", company_id, order_id)
    if seen not in event.batch:
        service.follow(context, company_id, order_id)
        event.batch[seen] = True
