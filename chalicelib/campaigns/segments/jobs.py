from typing import Any

from chalicelib.campaigns.segments import audience
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, SECRET, items, queue_worker, table


@queue_worker(
    "audiences",
    workers=8,
    filled_by=("deliver_events",),
    loop="Each page of the members asks for the next one; the last one asks for none.",
    may=(table(*READ), items("put", "update", prefix="AUDIENCE#"), SECRET),
)
def count_audience(context: Context, message: dict[str, Any]) -> None:
    """Count a page of the members for an audience."""
    audience.count(context, message)
