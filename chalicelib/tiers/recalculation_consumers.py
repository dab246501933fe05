"""The consumer that makes everybody's standing anew when the ladders of a currency change."""

from chalicelib.platform.context import Work
from chalicelib.platform.events import Event, consumer
from chalicelib.tiers import everyone
from chalicelib.tiers.ladder_events import ACTIVATED, WITHDRAWN


@consumer(ACTIVATED, WITHDRAWN)
def on_ladders_changed(work: Work, event: Event) -> None:
    everyone.begin(event.item["currency"])
