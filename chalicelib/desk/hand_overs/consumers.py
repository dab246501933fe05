"""The consumer that starts a hand-over."""

from chalicelib.desk.hand_overs import store
from chalicelib.desk.hand_overs.events import BEGAN
from chalicelib.platform import Context, Event, consumer


@consumer(BEGAN)
def on_began(context: Context, event: Event) -> None:
    store.WORK.announce(event.item["hand_over_id"], 1)
