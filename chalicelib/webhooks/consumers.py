"""Consumers of orders' events, and of calls for a message."""

from chalicelib.orders import ORDER_EVENTS, ORDER_FILE_ATTACHED, ORDER_TRACKED, ORDER_UNANSWERED
from chalicelib.platform import Context, Event, consumer
from chalicelib.webhooks import delivery
from chalicelib.webhooks.events import CALLED


@consumer(*ORDER_EVENTS.values(), ORDER_FILE_ATTACHED, ORDER_TRACKED, ORDER_UNANSWERED, lane="messages")
def on_order_event(context: Context, event: Event) -> None:
    delivery.enqueue(context, event)


@consumer(CALLED, lane="messages")
def on_called(context: Context, event: Event) -> None:
    delivery.send(event.item["message"])
