"""The consumer that makes redemptions follow their orders."""

from chalicelib.bonuses.redemptions.service import follow_order
from chalicelib.orders import (
    ORDER_ACCEPTED,
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_CONFIRMED,
    ORDER_MOVED,
    ORDER_REJECTED,
    ORDER_RETURNED,
    ORDER_SHIPPED,
)
from chalicelib.platform import Context, Event, consumer


@consumer(
    ORDER_CONFIRMED,
    ORDER_ACCEPTED,
    ORDER_REJECTED,
    ORDER_SHIPPED,
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_RETURNED,
    ORDER_MOVED,
)
def on_order_changed(context: Context, event: Event) -> None:
    follow_order(context, event.item["company_id"], event.item["order_id"])
