"""The consumer that starts the count of an audience."""

from chalicelib.campaigns.segments import audience
from chalicelib.campaigns.segments.events import REQUESTED
from chalicelib.platform import Context, Event, consumer


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    audience.ask_for_count(event.item["audience_id"])
