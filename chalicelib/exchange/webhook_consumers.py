"""Consumers of what distributors' systems are told."""

from chalicelib.exchange import webhook_delivery
from chalicelib.exchange.webhook_events import CALLED
from chalicelib.orders import ORDER_EVENTS, ORDER_UNANSWERED
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event, consumer


@consumer(*ORDER_EVENTS.values(), ORDER_UNANSWERED, lane="messages")
def on_order_event(work: Work, event: Event) -> None:
    webhook_delivery.tell(work, event)


@consumer(CALLED, lane="messages")
def on_called(work: Work, event: Event) -> None:
    """What a person asked for."""
    webhook_delivery.send(event.item["message"])
