"""Consumers that keep settlements up to date."""

from chalicelib import sales
from chalicelib.analytics.settlements import service
from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import PAYMENT_RECORDED, SALE_RECORDED


@consumer(PAYMENT_RECORDED)
def on_payment_recorded(context: Context, event: Event) -> None:
    service.settle(context, (event.item["source"], event.item["document"]))


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """A payment may come before its document, and the document may get another sum, day or company. Of one that nobody paid, one read."""
    ref = (event.item["source"], f"{event.item['series']}/{event.item['document']}")
    if sales.paid_on(context, ref):
        service.settle(context, ref)
