"""Recalculation of standings, after a change of ladders and each night.

    tier_ladder.activated, .withdrawn ──▶ recalculate_all   sends one message to the tiers queue, visible after DELAY_SECONDS
    the tiers queue                   ──▶ send_page         sends the next companies to the same queue, and then its successor

This is the only work on tiers that grows with the membership. A message sends one page of companies, so all messages take the same time.
A duplicate or interrupted message sends companies again, whose recalculation changes nothing.

Weakest point: a duplicate message continues to the end, so the companies after it are recalculated once more.
"""

import json
from functools import partial
from typing import Any

from chalicelib import companies
from chalicelib.platform import Context, aws, jobs, queue_url
from chalicelib.platform.jobs import COMPANIES_PER_MESSAGE, MESSAGES_PER_CALL, send_bodies, send_companies
from chalicelib.platform.log import log
from chalicelib.tiers.ladders.service import record_founding
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.service import follow

# Longer than any write of a standing may take: by then nobody can write one made from the old ladders.
DELAY_SECONDS = 65
COMPANIES = COMPANIES_PER_MESSAGE * MESSAGES_PER_CALL  # of one message: as many as one call to the queue takes


def recalculate_all(currency: str) -> None:
    body = json.dumps(_body(currency, None))
    aws.sqs().send_message(QueueUrl=queue_url("tiers"), MessageBody=body, DelaySeconds=DELAY_SECONDS)


def send_page(context: Context, body: dict[str, Any]) -> None:
    """Send the next companies of the currency to the queue, then a message with the position of the rest, if any."""
    found, after = companies.some_companies(context, COMPANIES, body["after"])
    queue = queue_url("tiers")
    send_companies(queue, (each.company_id for each in found if each.currency == body["everyone"]))
    if after is not None:
        send_bodies(queue, [_body(body["everyone"], after)])


def _body(currency: str, after: dict[str, str] | None) -> dict[str, Any]:
    return {"everyone": currency, "after": after}


LOOK_BACK_DAYS = 7  # covers failed runs and lost messages


def decide(context: Context, message: dict[str, Any]) -> None:
    """Recalculate the standing of each company in a queue message. Raises, after all of them, if one failed."""
    body = json.loads(message["body"])
    if "everyone" in body:
        send_page(context, body)
        return
    jobs.each_company(body["companies"], partial(follow, context), "tier not decided")


# --- the nightly run --------------------------------------------------------------------------------------------------


def nightly(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Send the companies with a due announcement to the tiers queue; returns its counts and stores them as a RUN.

    It covers the last week, or the days since the last run if that is longer ago, or since the `day` of the event. It is safe to repeat:
    an announced company is no longer due. The first run also records the founding ladders.
    """
    record_founding(context)
    first = jobs.first_day(context, event, jobs.last_run(context, standing_store.DUE), look_back_days=LOOK_BACK_DAYS)
    due = jobs.due_between(context, standing_store.DUE, first, context.today)
    counted, messages = jobs.send_companies(queue_url("tiers"), due)
    facts = {
        "first_day": first.isoformat(),
        "day": context.today.isoformat(),
        "companies": counted,
        "messages": messages,
    }
    jobs.record_run(context, standing_store.DUE, facts)
    log.info("nightly tiers", extra=facts)
    return facts
