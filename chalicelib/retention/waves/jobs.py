"""The intake of a wave: on its days, the companies that are quiet already.

    04:30            ──▶ nightly_intake    sends the dormant and lost companies to the queue while an intake is open
    the waves queue  ──▶ assign_companies  takes each into the wave

Companies that become dormant later enter with the event of their state. So the nights after the first one find everybody assigned, and make
up for what was missed.
"""

import json
from typing import Any

from chalicelib.platform import Context, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, queue_worker, scheduled, table
from chalicelib.retention.states import store as states
from chalicelib.retention.waves import service, store

JOB = "waves"


@scheduled(
    "cron(30 4 * * ? *)",
    parameter="WaveSchedule",
    description="When the companies that are quiet enter the wave whose intake is open.",
    may=(table(*READ, "put"),),
)
def nightly_intake(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the dormant and lost companies to the queue; returns the figures of the run and records them."""
    opened = any(wave.takes_in(context.today) for wave in store.recent(context))
    quiet = (found.company_id for found in states.quiet(context, *service.TO_WIN_BACK)) if opened else ()
    counted, messages = jobs.send_companies(queue_url("waves"), quiet)
    facts = {"day": context.today.isoformat(), "companies": counted, "messages": messages}
    jobs.record_run(context, JOB, facts)
    log.info("nightly intake", extra=facts)
    return facts


@queue_worker("waves", batch=10, filled_by=("nightly_intake",), may=(table(*READ, "put", "update"),))
def assign_companies(context: Context, message: dict[str, Any]) -> None:
    """Takes these companies into the open wave. A message that comes again changes nothing."""
    service.assign(context, json.loads(message["body"])["companies"])
