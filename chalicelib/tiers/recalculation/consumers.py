"""The consumer that makes everybody's standing anew when the ladders of a currency change."""

from chalicelib.platform.context import Context
from chalicelib.platform.events import Event, consumer
from chalicelib.tiers.ladders.events import ACTIVATED, WITHDRAWN
from chalicelib.tiers.recalculation import service


@consumer(ACTIVATED, WITHDRAWN)
def on_ladders_changed(context: Context, event: Event) -> None:
    service.begin(event.item["currency"])
