"""The measurement of waves on the days of their looks.

04:45             ──▶ nightly_results   on the day of a look, and for some days after it, sends the companies of the wave to the queue
the results queue ──▶ measure_results   measures each
"""

import json
from datetime import timedelta
from typing import Any

from chalicelib.platform import Context, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, queue_worker, scheduled, table
from chalicelib.retention.results import service
from chalicelib.retention.waves import store as waves

AGAIN_DAYS = 3  # a failed night is made up for


@scheduled(
    "cron(45 4 * * ? *)",
    parameter="ResultSchedule",
    description="When the results of waves are measured, on the days of their looks.",
    may=(table(*READ),),
)
def nightly_results(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the companies of each wave with a look to the queue; returns the figures of the run."""
    lately = context.today - timedelta(days=AGAIN_DAYS)
    companies = 0
    for wave in waves.recent(context):
        if not wave.cancelled_at and any(lately < look <= context.today for look in wave.looks):
            ids = (each.company_id for each in waves.members(context, wave.wave_id))
            companies += jobs.send_companies(queue_url("results"), ids, wave_id=wave.wave_id)[0]
    facts = {"day": context.today.isoformat(), "companies": companies}
    log.info("nightly results", extra=facts)
    return facts


@queue_worker("results", batch=10, filled_by=("nightly_results",), may=(table(*READ, "put", "delete"),))
def measure_results(context: Context, message: dict[str, Any]) -> None:
    """Measures these companies of a wave. A message that comes again writes the same."""
    body = json.loads(message["body"])
    service.measure(context, body["wave_id"], body["companies"])
