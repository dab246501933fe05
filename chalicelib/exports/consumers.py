"""The consumer that starts an export."""

from chalicelib.exports import store
from chalicelib.exports.events import REQUESTED
from chalicelib.platform import Context, Event, consumer


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    store.WORK.announce(event.item["export_id"], 1)
