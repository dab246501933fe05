"""The nightly runs of the bonuses, and their workers."""

from typing import Any

from chalicelib.bonuses import night
from chalicelib.platform.context import Work
from chalicelib.platform.functions import READ, queue_worker, scheduled, table


@scheduled(
    "cron(30 1 * * ? *)",
    parameter="BonusesSchedule",
    description="When the nightly run of the bonuses starts. After that of the tiers.",
    may=(table("get", "query", "put", "check"),),
)
def nightly_bonuses(work: Work, event: dict[str, Any]) -> dict[str, Any]:
    """Name the companies for whose bonuses something falls due."""
    return night.nightly(work, event)


@scheduled(
    "cron(0 3 * * ? *)",
    parameter="ProofSchedule",
    description="When the nightly proof of the bonuses starts. After their run.",
    may=(table("query", "put", "update"),),
)
def prove_bonuses(work: Work, event: dict[str, Any]) -> dict[str, Any]:
    """Name the companies whose books have moved, to be proved."""
    return night.prove(work, event)


@queue_worker(
    "bonuses",
    batch=10,
    filled_by=("nightly_bonuses", "prove_bonuses"),
    may=(table(*READ, "put", "update", "check"),),
)
def decide_bonuses(work: Work, message: dict[str, Any]) -> None:
    """Do what is due, or prove the books, for each company that the message names."""
    night.decide(work, message)
