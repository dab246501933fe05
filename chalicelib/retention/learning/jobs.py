"""The worker in which the club learns its rhythm; the nightly run starts it."""

from typing import Any

from chalicelib.platform.context import Context
from chalicelib.platform.registry.functions import READ, files, items, queue_worker, table
from chalicelib.retention.learning import service


@queue_worker(
    "learning",
    workers=5,
    filled_by=("nightly_rhythm",),
    loop="Each part of the companies asks for the next one; the last one asks for none.",
    may=(
        table(*READ),
        items("put", "update", prefix="LEARNING#"),
        items("put", prefix="RHYTHM#CLUB"),
        files("learning/", "get", "put"),
    ),
)
def learn_rhythm(context: Context, message: dict[str, Any]) -> None:
    """Reads one part of the companies; the last part learns from all of them."""
    service.learn_part(context, message)
