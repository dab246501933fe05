"""The consumer that starts the move of a customer's documents."""

from chalicelib.exchange.customers import store
from chalicelib.exchange.customers.events import MOVE_BEGAN
from chalicelib.platform import Context, Event, consumer


@consumer(MOVE_BEGAN)
def on_move_began(context: Context, event: Event) -> None:
    """A message is safe to repeat, so a second delivery does no harm."""
    found = store.load(context, event.item["move_id"])
    if found and found.state == "moving":
        store.enqueue(found.move_id, found.page)
