"""The consumer that recalculates all standings of a currency after a change of its ladders."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.tiers.ladders.events import ACTIVATED, WITHDRAWN
from chalicelib.tiers.recalculation import service


@consumer(ACTIVATED, WITHDRAWN)
def on_ladders_changed(context: Context, event: Event) -> None:
    service.recalculate_all(event.item["currency"])
