"""The consumer of orders' events that keeps the open questions."""

from chalicelib.orders.order.events import MOVED, OF_STEP
from chalicelib.orders.response_times import service
from chalicelib.platform import Context, Event, consumer


@consumer(*OF_STEP.values(), MOVED)
def on_order_changed(context: Context, event: Event) -> None:
    """Brings the order's open questions up to date."""
    seen = ("open_questions", event.item["company_id"], event.item["order_id"])
    if event.batch.get(seen, 0) < event.item["order_version"]:
        event.batch[seen] = service.follow_event(context, event.item)
