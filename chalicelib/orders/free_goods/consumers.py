"""Consumers that assess the free goods of orders."""

from chalicelib.orders.free_goods.service import MARK, assess
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.events import ACCEPTED, CANCELLED, COMPLETED, CONFIRMED, MOVED, REJECTED, RETURNED, SHIPPED
from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import ORDERS, PAYMENT_RECORDED


@consumer(CONFIRMED, ACCEPTED, REJECTED, SHIPPED, CANCELLED, COMPLETED, RETURNED, MOVED)
def on_order_changed(context: Context, event: Event) -> None:
    """Assesses the order's free goods; no call for an order without any."""
    if event.item.get(MARK):
        assess(context, order_store.read_order(context.table, event.item["company_id"], event.item["order_id"]))


@consumer(PAYMENT_RECORDED)
def on_payment_recorded(context: Context, event: Event) -> None:
    """Assesses the free goods of the order whose shipment was paid, or whose payment was corrected."""
    if event.item["source"] != ORDERS:
        return
    series, _, _ = event.item["document"].partition("/")
    distributor_id, _, order_id = series.partition(":")
    assess(context, order_store.read_distributors_order(context.table, distributor_id, order_id))
