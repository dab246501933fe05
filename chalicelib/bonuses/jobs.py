"""The nightly run and the nightly audit of bonuses, and their queue worker."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib import orders
from chalicelib.bonuses.audit import service as audit
from chalicelib.bonuses.closing.service import close_due
from chalicelib.bonuses.events import EXPIRING, REMINDER
from chalicelib.bonuses.goods.prices import freeze_due
from chalicelib.bonuses.goods.service import expire_goods
from chalicelib.bonuses.ledger import keys as ledger_keys
from chalicelib.bonuses.ledger import notices
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.bonuses.ledger import store as ledger_store
from chalicelib.bonuses.ledger.rules import Book
from chalicelib.bonuses.volume import store as volume_store
from chalicelib.platform import Context, jobs, queue_url, record_event
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import READ, queue_worker, scheduled, table
from chalicelib.table import Transaction

JOB, AUDIT = "bonuses", audit.JOB
LOOK_BACK_DAYS = 7  # covers a failed night and messages given up
AUDIT_LOOK_BACK_DAYS = 1  # covers movements during the last audit; messages given up wait in the dead-letter queue


def _pass_day(context: Context, company_id: str) -> None:
    ledger.pass_day(context, company_id, partial(_notify, context))


def _notify(context: Context, tx: Transaction, book: Book) -> None:
    """Records the events of the letters that are due."""
    due = notices.notices(book, book.day, ledger.notice_policy(context))
    key = ledger_keys.bonuses(book.company_id)
    notify = partial(record_event, tx, context, key, company_id=book.company_id, currency=book.currency)
    for each in due.expiring:
        notify(
            EXPIRING,
            expires_on=each.expires_on.isoformat(),
            amount=each.amount,
            days_left=each.days_left,
            available=each.available,
        )
    if due.reminder:
        notify(
            REMINDER,
            day=book.day.isoformat(),
            available=due.reminder.available,
            pending=due.reminder.pending,
            lots=[{"expires_on": expires_on.isoformat(), "amount": amount} for expires_on, amount in due.reminder.lots],
        )


def _pass_day_of_goods(context: Context, company_id: str) -> None:
    close_due(context, company_id)
    expire_goods(context, company_id)


# Tasks by their name in the due index.
DUE: dict[str, Callable[[Context, str], None]] = {
    ledger_store.DUE: _pass_day,
    volume_store.DUE: _pass_day_of_goods,
    orders.FREE_GOODS_DUE: orders.assess_free_goods,
}


@scheduled(
    "cron(30 1 * * ? *)",
    parameter="BonusesSchedule",
    description="When the nightly run of the bonuses starts. After that of the tiers.",
    may=(table("get", "query", "put", "check"),),
)
def nightly_bonuses(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Sends the companies that have something due to the queue; returns the run's counts, which are also kept as a RUN.

    Looks back over a week, to the last run if that is longer ago, or to the `day` of the event.
    """
    first = jobs.first_day(context, event, jobs.last_run(context, JOB), look_back_days=LOOK_BACK_DAYS)
    freeze_due(context)  # one copy of the catalogue for all closes of this night
    facts: dict[str, Any] = {
        "first_day": first.isoformat(),
        "day": context.today.isoformat(),
        "companies": 0,
        "messages": 0,
    }
    for name in DUE:
        due = jobs.due_between(context, name, first, context.today)
        counted, messages = jobs.send_companies(queue_url("bonuses"), due, do=name)
        facts |= {name: counted, "companies": facts["companies"] + counted, "messages": facts["messages"] + messages}
    jobs.record_run(context, JOB, facts)
    log.info("nightly bonuses", extra=facts)
    return facts


@scheduled(
    "cron(0 3 * * ? *)",
    parameter="AuditSchedule",
    description="When the nightly audit of the bonuses starts. After their run.",
    may=(table("query", "put", "update"),),
)
def audit_bonuses(context: Context, event: dict[str, Any]) -> dict[str, Any]:
    """Audits the club's totals and sends the companies whose books have moved since the last run to the queue; returns the run's counts.

    An event {"full": true} covers every company from its first posting on, and checks the totals against all checkpoints.
    """
    full = event.get("full") is True
    first = jobs.first_day(context, event, jobs.last_run(context, AUDIT), look_back_days=AUDIT_LOOK_BACK_DAYS)
    wrong = audit.audit_totals(context, full=full)
    about = {"full": True} if full else {}
    due = audit.due(context, first, full=full)
    counted, messages = jobs.send_companies(queue_url("bonuses"), due, do=AUDIT, **about)
    facts = {
        "first_day": first.isoformat(),
        "day": context.today.isoformat(),
        "full": full,
        "totals_wrong": wrong,
        "companies": counted,
        "messages": messages,
    }
    jobs.record_run(context, AUDIT, facts)
    log.info("nightly bonus audit", extra=facts)
    return facts


@queue_worker(
    "bonuses", batch=10, filled_by=("nightly_bonuses", "audit_bonuses"), may=(table(*READ, "put", "update", "check"),)
)
def decide_bonuses(context: Context, message: dict[str, Any]) -> None:
    """Does the message's task for each of its companies. A failed company does not stop the others; the message is delivered again."""
    body = json.loads(message["body"])
    if body["do"] == AUDIT:
        audit.audit_companies(context, body["companies"], full=body.get("full", False))
        return
    jobs.each_company(body["companies"], partial(DUE[body["do"]], context), f"bonuses: {body['do']} not decided")
