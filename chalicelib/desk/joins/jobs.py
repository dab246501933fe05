from typing import Any

from chalicelib.desk.joins import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, queue_worker, table


@queue_worker(
    "joins",
    filled_by=("deliver_events",),
    loop="A join looks again until all documents have followed; each look moves on, or waits for the work of another queue.",
    may=(table(*READ, *WRITE),),
)
def join_two_companies(context: Context, message: dict[str, Any]) -> None:
    """Bring a join of two companies as far as it goes."""
    service.work(context, message)
