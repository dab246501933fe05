"""Everybody's standing made anew, after the ladders of a currency have changed.

    tier_ladder.activated, .withdrawn ──▶ on_ladders_changed   one message to the tiers queue, which shows itself after DELAY_SECONDS
    the tiers queue                   ──▶ name_some            names the next companies to the same queue, and then itself again

It is the only work on tiers that grows with the membership. It takes one page of companies a message, so that none takes longer
than another; told twice, or dead half way, it names companies again, who are decided again, which changes nothing.

Weakest point: a message that is told again goes on to the end, so the companies after it are decided once more.
"""

import json
from typing import Any

from chalicelib import companies
from chalicelib.platform import aws, jobs
from chalicelib.platform.context import Context
from chalicelib.platform.jobs import COMPANIES_PER_MESSAGE, MESSAGES_PER_CALL, send_bodies, send_companies
from chalicelib.platform.log import log
from chalicelib.platform.settings import queue_url
from chalicelib.tiers.ladders.service import record_founding
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.service import follow

# Longer than any work on standings may take: whoever has read the ladders of before has ended by then, and writes no more.
DELAY_SECONDS = 65
COMPANIES = COMPANIES_PER_MESSAGE * MESSAGES_PER_CALL  # of one message: those whom one call to the queue names


def begin(currency: str) -> None:
    """The first message of all that follow."""
    body = json.dumps(_body(currency, None))
    aws.sqs().send_message(QueueUrl=queue_url("tiers"), MessageBody=body, DelaySeconds=DELAY_SECONDS)


def name_some(context: Context, told: dict[str, Any]) -> None:
    """Names the next companies of the currency, and then, unless they were the last ones, itself with the place to go on from."""
    found, after = companies.some_companies(context, COMPANIES, told["after"])
    queue = queue_url("tiers")
    send_companies(queue, (each.company_id for each in found if each.currency == told["everyone"]))
    if after is not None:
        send_bodies(queue, [_body(told["everyone"], after)])


def _body(currency: str, after: dict[str, str] | None) -> dict[str, Any]:
    return {"everyone": currency, "after": after}


LOOK_BACK_DAYS = 7  # what a failed night, or a message given up, left over


def decide(context: Context, message: dict[str, Any]) -> None:
    """Makes the standing of every company of a queue message anew. Raises, after all of them, if one could not be."""
    told = json.loads(message["body"])
    if "everyone" in told:
        name_some(context, told)
        return
    failed = []
    for company_id in told["companies"]:
        try:
            follow(context, company_id)
        except Exception:
            log.exception("tier not decided", extra={"company_id": company_id})
            failed.append(company_id)
    if failed:
        raise RuntimeError(f"not decided: {', '.join(failed)}")


# --- the night --------------------------------------------------------------------------------------------------------


def nightly(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Names the companies of which something is to be told, to the tiers queue; returns what it counted, and keeps it as a RUN.

    It looks back over a week, or to the last run if that is longer ago, or to the `day` of the event. Doing it again does no
    harm: who has been told is due no more. The first night also makes facts of the founding ladders.
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
