from typing import Any

from chalicelib.demand import answers
from chalicelib.platform import Context
from chalicelib.platform.registry.functions import queue_worker, table


@queue_worker(
    "demands",
    workers=5,
    filled_by=("deliver_events",),
    loop="Each page of the demands asks for the next one; the last one asks for none.",
    may=(table("batch_get", "query", "put", "update"),),
)
def answer_demands(context: Context, message: dict[str, Any]) -> None:
    """Answer a page of the demands for an article that has arrived."""
    answers.answer(context, message)
