"""The consumer that starts the count of best sellers."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.pricing.best_sellers import store
from chalicelib.pricing.best_sellers.events import REQUESTED


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    store.WORK.announce(event.item["list_id"], 1)
