"""The consumer that starts an export."""

from chalicelib.exports import store
from chalicelib.exports.events import REQUESTED
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    store.WORK.announce(event.item["export_id"], 1)
