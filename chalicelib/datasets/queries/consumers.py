"""The consumer that asks a question."""

from chalicelib.datasets.queries import store
from chalicelib.datasets.queries.events import REQUESTED
from chalicelib.platform import Context, Event, consumer


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    store.announce(event.item["query_id"])
