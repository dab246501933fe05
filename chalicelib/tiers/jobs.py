"""The nightly run of the tiers, and its workers."""

from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, queue_worker, scheduled, table
from chalicelib.tiers.recalculation import service as recalculation


@scheduled(
    "cron(30 0 * * ? *)",
    parameter="NightlySchedule",
    description="When the nightly run of the tiers starts.",
    may=(table(*READ, "put", "update", "check"),),
)
def nightly_tiers(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Send the companies with a due tier to the queue."""
    return recalculation.nightly(context, event)


@queue_worker(
    "tiers",
    batch=10,
    filled_by=("deliver_events", "nightly_tiers"),
    loop="A message for everyone names some companies and asks for the next ones; it ends with the last company.",
    may=(table(*READ, *WRITE),),
)
def decide_tiers(context: Context, message: dict[str, Any]) -> None:
    """Recalculate the standing of each company in the message."""
    recalculation.decide(context, message)
