"""The bonuses' nights: what falls due is named to the bonuses queue, and done there.

01:30             ──▶ nightly   names the companies of which something is due, by kind
03:00             ──▶ prove     names the companies whose books have moved since they were proved
the bonuses queue ──▶ decide    does it, company by company
"""

import json
from typing import Any

from chalicelib.platform import nights
from chalicelib.platform.log import log
from chalicelib.platform.settings import settings
from chalicelib.platform.work import Work

JOB = "bonuses"


def nightly(work: Work, event: dict[str, Any]) -> dict[str, Any]:
    """Names the companies of which something is due; returns what it counted, and keeps it as a RUN."""
    first = nights.first_day(work, event, nights.last_run(work, JOB))
    due = nights.due_between(work, JOB, first, work.today)
    counted, messages = nights.send_companies(settings().bonuses_queue_url, due, do=JOB)
    facts = {
        "first_day": first.isoformat(),
        "day": work.today.isoformat(),
        "companies": counted,
        "messages": messages,
    }
    nights.record_run(work, JOB, facts)
    log.info("nightly bonuses", extra=facts)
    return facts


def prove(work: Work, event: dict[str, Any]) -> dict[str, Any]:
    """Names the companies whose books have moved since they were proved."""
    return {}


def decide(work: Work, message: dict[str, Any]) -> None:
    """Does what the message of the bonuses queue says."""
    json.loads(message["body"])
