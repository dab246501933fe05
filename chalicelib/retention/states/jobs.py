"""The nightly run of the rhythm, and its workers.

    04:00            ──▶ nightly_rhythm   the club begins to learn again if four weeks have passed; the companies that are due go to the queue
    the rhythm queue ──▶ decide_rhythm    computes the rhythm of each; does the parts of the learning

A failed night is made up for by the next one: what was due stays due, and a club that has not learned learns then.
"""

import json
from functools import partial
from itertools import chain
from typing import Any

from chalicelib.platform import Context, jobs, queue_url
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, WRITE, files, queue_worker, scheduled, table
from chalicelib.retention.learning import service as learning
from chalicelib.retention.states import service, store
from chalicelib.retention.states.rules import RhythmState

LOOK_BACK_DAYS = 7


@scheduled(
    "cron(0 4 * * ? *)",
    parameter="RhythmSchedule",
    description="When the companies whose purchase rhythm is due are looked at.",
    may=(table(*READ, "put"),),
)
def nightly_rhythm(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the companies that are due to the queue, and after the club has learned those at risk, too; returns the figures of the run and records them."""
    learning_id = learning.start(context)
    last = jobs.last_run(context, store.DUE)
    first = jobs.first_day(context, event, last, look_back_days=LOOK_BACK_DAYS)
    due = jobs.due_between(context, store.DUE, first, context.today)
    has_learned = last is not None and learning.club_rhythm(context).day.isoformat() >= last["day"]
    doubted = (each.company_id for each in store.quiet(context, RhythmState.AT_RISK)) if has_learned else ()
    counted, messages = jobs.send_companies(queue_url("rhythm"), chain(due, doubted))
    facts = {"day": context.today.isoformat(), "companies": counted, "messages": messages, "learning": learning_id}
    jobs.record_run(context, store.DUE, facts)
    log.info("nightly rhythm", extra=facts)
    return facts


@queue_worker(
    "rhythm",
    batch=10,
    filled_by=("nightly_rhythm",),
    loop="Each part of the learning asks for the next one; the last one asks for none.",
    may=(table(*READ, *WRITE), files("learning/", "get", "put")),
)
def decide_rhythm(context: Context, message: dict[str, Any]) -> None:
    """Computes the rhythm of these companies, or does a part of the learning. After a failure it computes the others, and the message comes again."""
    body = json.loads(message["body"])
    if "work_id" in body:
        learning.learn_part(context, message)
    else:
        jobs.each_company(body["companies"], partial(service.follow, context), "rhythm not computed")
