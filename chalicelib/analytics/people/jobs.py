"""The nightly count of the club's people."""

from dataclasses import asdict
from typing import Any

from chalicelib.analytics.people import service
from chalicelib.platform import Context, jobs
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, scheduled, table

JOB = "people"


@scheduled(
    "cron(10 5 * * ? *)",
    parameter="PeopleSchedule",
    description="When the club's people are counted.",
    may=(table(*READ, "put"),),
)
def nightly_people(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Counts the people of the quarter; returns its figures and records them."""
    facts = asdict(service.count(context))
    jobs.record_run(context, JOB, facts)
    log.info("nightly people", extra=facts)
    return facts
