from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, files, items, queue_worker, table
from chalicelib.pricing.best_sellers import service


@queue_worker(
    "bestsellers",
    memory=1024,
    filled_by=("deliver_events",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(table(*READ), items("put", "update", prefix="BESTSELLERS#"), files("bestsellers/", "get", "put")),
)
def count_best_sellers(context: Context, message: dict[str, Any]) -> None:
    """Count the sales of one part of the companies."""
    service.count(context, message)
