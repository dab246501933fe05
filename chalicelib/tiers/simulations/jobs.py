from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, files, items, queue_worker, table
from chalicelib.tiers.simulations import service


@queue_worker(
    "simulations",
    memory=1024,
    filled_by=("deliver_events",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(table(*READ), items("put", "update", prefix="SIMULATION#"), files("simulations/", "get", "put")),
)
def simulate_tiers(context: Context, message: dict[str, Any]) -> None:
    """Simulate one part of the companies."""
    service.simulate(context, message)
