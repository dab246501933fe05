"""The overview of the night, at 05:30."""

from typing import Any

from chalicelib.platform import Context
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, scheduled, table
from chalicelib.retention.overview import service


@scheduled(
    "cron(30 5 * * ? *)",
    parameter="OverviewSchedule",
    description="When the overview of what is at risk is made.",
    may=(table(*READ, "put"),),
)
def nightly_overview(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Makes the overview of the day; returns its figures. A repeat makes it again."""
    found = service.fold(context)
    facts = {
        "day": found.day.isoformat(),
        **{name: value for name, value in found.total._asdict().items() if name not in ("usual_sum", "others")},
    }
    log.info("nightly overview", extra=facts)
    return facts
