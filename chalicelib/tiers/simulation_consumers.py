"""The consumer that starts a simulation."""

from chalicelib.platform.context import Work
from chalicelib.platform.events import Event, consumer
from chalicelib.tiers import simulation_store
from chalicelib.tiers.simulation_events import REQUESTED


@consumer(REQUESTED)
def on_requested(work: Work, event: Event) -> None:
    simulation_store.announce(event.item["simulation_id"], 1)
