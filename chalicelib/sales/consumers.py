"""Consumers of sales."""

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer
from chalicelib.sales import service
from chalicelib.sales.events import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Makes the returns that name a late or moved document follow it.

    Each return is placed anew by its originals as now known, so duplicates and reordered deliveries do no harm.
    """
    for document in event.item.get("returned_by", ()):
        service.follow(context, (event.item["source"], document))
