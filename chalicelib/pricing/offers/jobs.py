"""The job that reminds companies of offers that are about to expire."""

from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.registry.functions import READ, WRITE, scheduled, table
from chalicelib.pricing.offers import reminders


@scheduled(
    "cron(20 5 * * ? *)",
    parameter="OfferSchedule",
    description="When companies are reminded of offers that are about to expire.",
    timeout=600,
    may=(table(*READ, *WRITE),),
)
def remind_of_offers(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Reminds companies of offers that are about to expire; returns the figures of the run and records them."""
    return reminders.remind(context, event)
