"""The consumer that starts the work of a join, or of its undoing."""

from chalicelib.desk.joins import service
from chalicelib.desk.joins.events import BEGAN
from chalicelib.platform import Context, Event, consumer


@consumer(BEGAN)
def on_began(context: Context, event: Event) -> None:
    """A message is safe to repeat, so a second delivery does no harm."""
    service.enqueue(event.item["join_id"])
