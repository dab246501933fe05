"""The cases of the day.

    05:00           ──▶ nightly_cases   sends the companies whose case is due to the queue
    the cases queue ──▶ ready_cases     makes each ready

What a failed night left is due the next night, too.
"""

import json
from functools import partial
from typing import Any

from chalicelib.platform import Context, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, WRITE, queue_worker, scheduled, table
from chalicelib.retention.cases import service, store

LOOK_BACK_DAYS = 7


@scheduled(
    "cron(0 5 * * ? *)",
    parameter="CaseSchedule",
    description="When the companies to call that day are looked up.",
    may=(table(*READ, "put"),),
)
def nightly_cases(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the companies whose case is due to the queue; returns the figures of the run and records them."""
    first = jobs.first_day(context, event, jobs.last_run(context, store.DUE), look_back_days=LOOK_BACK_DAYS)
    counted, messages = jobs.send_companies(
        queue_url("cases"), jobs.due_between(context, store.DUE, first, context.today)
    )
    facts = {"day": context.today.isoformat(), "companies": counted, "messages": messages}
    jobs.record_run(context, store.DUE, facts)
    log.info("nightly cases", extra=facts)
    return facts


@queue_worker("cases", batch=10, filled_by=("nightly_cases",), may=(table(*READ, *WRITE),))
def ready_cases(context: Context, message: dict[str, Any]) -> None:
    """Makes the cases of these companies ready. After a failure it does the others, and the message comes again."""
    jobs.each_company(json.loads(message["body"])["companies"], partial(service.follow, context), "case not made ready")
