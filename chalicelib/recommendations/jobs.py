"""The nightly count of recommendations.

    02:15                     ──▶ nightly_recommendations   queues one company of each buyer whose sales moved since the last run
    the recommendations queue ──▶ count_recommendations     counts these buyers again

The next night makes up for a missed one, as long as the marks are kept. A message that comes again changes nothing for counted buyers.
"""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from chalicelib import companies
from chalicelib.platform import Context, clock, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, items, queue_worker, scheduled, table
from chalicelib.recommendations import service, store

JOB = "recommendations"
OVERLAP = timedelta(hours=1)  # of two nights: a mark carries a time slightly before its write


@scheduled(
    "cron(15 2 * * ? *)",
    parameter="RecommendationsSchedule",
    description="When the nightly count of what is bought together starts.",
    may=(table("query", "put"),),
)
def nightly_recommendations(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Queues the companies to count; returns the figures of the run and records them.

    An event {"full": true} queues every company, for a change of the rules or a copy of the table.
    """
    full = event.get("full") is True
    last_run = jobs.last_run(context, JOB)
    since = clock.moment(last_run["at"]) - OVERLAP if last_run else context.now - timedelta(days=store.MARKS_KEEP_DAYS)
    first = replace(context, now=since).today
    moved = store.moved_between(context.table, first, context.today, clock.stamp(since))
    counted, messages = jobs.send_companies(
        queue_url("recommendations"),
        companies.every_company(context) if full else moved,
        in_each=1,  # a chain of many shops may take a whole run: nobody shall wait behind it
    )
    facts = {"day": context.today.isoformat(), "full": full, "companies": counted, "messages": messages}
    jobs.record_run(context, JOB, facts)
    log.info("nightly recommendations", extra=facts)
    return facts


@queue_worker(
    "recommendations",
    workers=2,  # they write the same counts, and have all night
    filled_by=("nightly_recommendations",),
    may=(items(*READ, "put"),),
)
def count_recommendations(context: Context, message: dict[str, Any]) -> None:
    """Counts the buyers of these companies. After a failure it counts the others, and the message comes again."""
    jobs.each_company(json.loads(message["body"])["companies"], partial(service.count, context), "buyer not counted")
