"""Consumers of sales."""

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer
from chalicelib.sales import service
from chalicelib.sales.events import SALE_RECORDED


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Where a document came late or moved, the returns that name it follow it.

    Each of them is judged anew by what is known of its originals now, so it does not matter how often or in which order this is told.
    """
    for document in event.item.get("returned_by", ()):
        service.follow(context, (event.item["source"], document))
