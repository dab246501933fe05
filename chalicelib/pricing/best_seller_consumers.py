"""The consumer that starts the count of best sellers."""

from chalicelib.platform.context import Work
from chalicelib.platform.events import Event, consumer
from chalicelib.pricing import best_seller_store
from chalicelib.pricing.best_seller_events import REQUESTED


@consumer(REQUESTED)
def on_requested(work: Work, event: Event) -> None:
    best_seller_store.announce(event.item["list_id"], 1)
