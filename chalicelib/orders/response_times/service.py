"""Response times of distributors: an overdue question is reminded of once, and then escalated once to the head of sales.

    an order's events ──on_order_changed──▶ WAITING, while a question is open     derived from the order, in any order events come
    every 15 minutes ──remind──▶ the questions due: order.unanswered after one working day, order.escalated after two

A reminder is marked as sent in the transaction of its event, under the condition that neither the order nor WAITING changed. So each event is
recorded once: after a crash the next run takes over, a late run sends all that is due, and of two runs at once one is refused. The letter of
an event reads the order once more before it is sent.

Weakest point: the questions of an order whose event is given up by the stream (EventsDeadLetters, with its alarm) are missing until the next
event of that order.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from chalicelib.orders.order.rules import Order
from chalicelib.orders.placement import steps
from chalicelib.orders.response_times import rules, store
from chalicelib.orders.response_times.config import ResponseTimes
from chalicelib.orders.response_times.events import ESCALATED, UNANSWERED
from chalicelib.orders.response_times.rules import Deadlines, OpenQuestions, Question
from chalicelib.platform import Calendar, Club, Context, clock
from chalicelib.platform.config.working_time import deadline
from chalicelib.platform.log import log
from chalicelib.table import Item, Position, Refused, Transaction, from_item, retry


def deadlines(context: Context) -> Callable[[str], Deadlines]:
    """Deadlines of a question by the moment since which it is open, in the club's working days."""
    calendar, zone, figures = context.config[Calendar], context.config[Club].zone, context.config[ResponseTimes]

    @cache
    def of(since: str) -> Deadlines:
        moment = clock.moment(since)
        remind, escalate = (
            clock.stamp(deadline(moment, days, calendar, zone))
            for days in (figures.remind_after, figures.escalate_after)
        )
        return Deadlines(remind, escalate)

    return of


def remind(context: Context, event: dict[str, Any]) -> dict[str, int]:
    """Records the reminders that are due. Returns the numbers of due and of failed orders.

    Raises RuntimeError after the last order if one failed; a failed order is due again at the next run.
    """
    counts = {"due": 0, "failed": 0}
    for company_id, order_id in store.due_by(context.table, context.at):
        counts["due"] += 1
        try:
            follow(context, company_id, order_id)
        except Exception:
            counts["failed"] += 1
            log.exception("a reminder failed", extra={"company_id": company_id, "order_id": order_id})
    if counts["failed"]:
        raise RuntimeError(f"{counts['failed']} of {counts['due']} orders failed")
    return counts


def page(context: Context, limit: int, after: Position) -> tuple[list[OpenQuestions], Position]:
    """Orders with questions that distributors were reminded of, oldest first."""
    found = store.page(context.table, limit, after)
    return [from_item(OpenQuestions, item) for item in found.items], found.last


def still_open(order: Order, questions: Sequence[Item]) -> list[Question]:
    """The questions of an event that are not answered yet."""
    present = rules.questions_of(order)
    asked = (Question(each["since"], each["kind"], each["ref"]) for each in questions)
    return [question for question in asked if question in present]


def follow_event(context: Context, event: Item) -> int:
    """As `follow`, by an order that is no older than its event: at half the price. Returns the version of the order; 0 if it is gone."""
    order, before = store.read_of(context.table, event)
    try:
        _follow(context, order, before)
    except Refused:
        follow(context, event["company_id"], event["order_id"])
    return order.version if order else 0


@retry("waiting", "order")
def follow(context: Context, company_id: str, order_id: str) -> None:
    """Brings the order's open questions up to date and records due reminders. One read, and one transaction on a change."""
    _follow(context, *store.read(context.table, company_id, order_id))


def _follow(context: Context, order: Order | None, before: OpenQuestions | None) -> None:
    by = deadlines(context)
    if order is None:
        return
    after = rules.open_questions_of(before, order)
    reminded: tuple[Question, ...] = ()
    escalated: tuple[Question, ...] = ()
    if after:
        after, reminded, escalated = rules.remind(after, context.at, by)
    if after == before:
        return
    tx = Transaction()
    if after and before:
        after = replace(after, version=before.version + 1)
    store.replace(tx, order, before, after, rules.next_due(after, by) if after else "")
    for name, questions in ((UNANSWERED, reminded), (ESCALATED, escalated)):
        if questions:
            steps.record(tx, context, order, name, waits=[question._asdict() for question in questions])
    context.table.commit(tx)
