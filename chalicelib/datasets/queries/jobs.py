from typing import Any

from chalicelib.datasets.queries import service
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import LAKE, files, items, queue_worker


@queue_worker(
    "queries",
    workers=4,
    memory=1024,
    filled_by=("deliver_events",),
    may=(
        items("get", "update", prefix="QUERY#"),
        items("batch_get", prefix="COMPANY#"),
        LAKE,
        files("queries/", "put"),
    ),
)
def answer_queries(context: Context, message: dict[str, Any]) -> None:
    """Ask a question, and write its answer as a file."""
    service.answer(context, message)
