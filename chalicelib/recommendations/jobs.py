"""The night of recommendations: buyers whose sales moved are named to the recommendations queue, and counted there.

    02:15                     ──▶ nightly_recommendations   names one company of each buyer whose sales moved since the last run
    the recommendations queue ──▶ count_recommendations     counts these buyers anew

A night that was missed is made up for by the next one, as long as the marks are kept. A message that comes twice, late, or again after a
crash finds nothing to change where its buyers have been counted.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import companies
from chalicelib.platform import clock, jobs
from chalicelib.platform.context import Context
from chalicelib.platform.functions import READ, items, queue_worker, scheduled, table
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.recommendations import service, store

JOB = "recommendations"
OVERLAP = timedelta(hours=1)  # of two nights: whoever marks a buyer took its own time a little before


@scheduled(
    "cron(15 2 * * ? *)",
    parameter="RecommendationsSchedule",
    description="When the nightly count of what is bought together starts.",
    may=(table("query", "put"),),
)
def nightly_recommendations(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Names the companies to be counted; returns what it counted, and keeps it as a RUN.

    An event {"full": true} names every company: after a change of the rules, or of a copy of the table.
    """
    full = event.get("full") is True
    last_run = jobs.last_run(context, JOB)
    since = clock.moment(last_run["at"]) - OVERLAP if last_run else context.now - timedelta(days=store.MARKS_KEEP_DAYS)
    first = replace(context, now=since).today
    moved = store.moved_between(context.table, first, context.today, clock.stamp(since))
    counted, messages = jobs.send_companies(
        queue_url("recommendations"), companies.every_company(context) if full else moved
    )
    facts = {"day": context.today.isoformat(), "full": full, "companies": counted, "messages": messages}
    jobs.record_run(context, JOB, facts)
    log.info("nightly recommendations", extra=facts)
    return facts


@queue_worker(
    "recommendations",
    workers=2,  # all write the counts of the same goods, and have all night
    filled_by=("nightly_recommendations",),
    may=(items(*READ, "put"),),
)
def count_recommendations(context: Context, message: dict[str, Any]) -> None:
    """Counts the buyer of each company that the message names. One that fails holds up no other; the message comes again for it."""
    failed = []
    for company_id in json.loads(message["body"])["companies"]:
        try:
            service.count(context, company_id)
        except Exception:
            log.exception("buyer not counted", extra={"company_id": company_id})
            failed.append(company_id)
    if failed:
        raise RuntimeError(f"not counted: {', '.join(failed)}")
