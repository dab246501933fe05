from typing import Any

from chalicelib.desk.hand_overs import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, files, queue_worker, table


@queue_worker(
    "handovers",
    memory=512,
    filled_by=("deliver_events",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(table(*READ, *WRITE), files("hand-overs/", "get", "put")),
)
def hand_over_companies(context: Context, message: dict[str, Any]) -> None:
    """Hand over a part of the companies."""
    service.hand_over_part(context, message)
