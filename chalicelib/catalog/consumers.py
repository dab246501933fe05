"""Consumers of the events of products."""

from chalicelib.catalog.events import PRODUCTS_CHANGED
from chalicelib.catalog.search import store as search_store
from chalicelib.platform import Context, Event, consumer


@consumer(PRODUCTS_CHANGED)
def on_products_changed(context: Context, event: Event) -> None:
    search_store.refresh(context, event.item["skus"])
