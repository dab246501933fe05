"""The consumer that starts a simulation."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.tiers.simulations import store
from chalicelib.tiers.simulations.events import REQUESTED


@consumer(REQUESTED)
def on_requested(context: Context, event: Event) -> None:
    store.WORK.announce(event.item["simulation_id"], 1)
