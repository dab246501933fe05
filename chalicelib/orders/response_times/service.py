"""The clock of an order: what a distributor does not answer in time is told, to the distributor first and then to the head of sales.

    an order's events ──on_order_changed──▶ WAITING, while something waits     kept from the order as it is, in whatever order events come
    every 15 minutes ──remind──▶ whatever is due: order.unanswered after one working day, order.escalated after two

Each is told once: what was told is written in the transaction of the event that tells it, under the condition that neither the order nor
the note has changed. Whoever dies on the way is followed by the next tick; a tick that comes late tells what it finds, and two ticks at once
tell it once. What the events ask for is a letter, which looks again before it is sent.

Weakest point: an order whose event is given up by the stream (EventsDeadLetters, with its alarm) is not waited for until the next one.
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
from chalicelib.platform import clock
from chalicelib.platform.club_config import Calendar, Club
from chalicelib.platform.context import Context
from chalicelib.platform.log import log
from chalicelib.platform.working_time import deadline
from chalicelib.table.retries import retry
from chalicelib.table.transactions import Item, Transaction

Position = dict[str, str] | None


def deadlines(context: Context) -> Callable[[str], Deadlines]:
    """By when something that waits since a stored moment is told, in the working days of the club."""
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
    """The tick: tells everything that is due by now. Counts what was due and what failed.

    Raises RuntimeError in the end if something failed: the rest is done by then, and what failed is due at the next tick.
    """
    counts = {"due": 0, "failed": 0}
    for company_id, order_id in store.due_by(context.table, context.at):
        counts["due"] += 1
        try:
            follow(context, company_id, order_id)
        except Exception:
            counts["failed"] += 1
            log.exception("nobody was told of what waits", extra={"company_id": company_id, "order_id": order_id})
    if counts["failed"]:
        raise RuntimeError(f"{counts['failed']} of {counts['due']} orders failed")
    return counts


def page(context: Context, limit: int, after: Position) -> tuple[list[OpenQuestions], Position]:
    """What distributors were reminded of and have not answered, oldest first."""
    found = store.page(context.table, limit, after)
    return [store.open_questions_from_item(item) for item in found.items], found.last


def still_open(order: Order, questions: Sequence[Item]) -> list[Question]:
    """The questions of an event that are not answered yet."""
    present = rules.questions_of(order)
    asked = (Question(each["since"], each["kind"], each["ref"]) for each in questions)
    return [question for question in asked if question in present]


@retry("waiting", "order")
def follow(context: Context, company_id: str, order_id: str) -> None:
    """What is noted of the order is what waits of it, and what is due is told. One read; one transaction if anything follows."""
    by = deadlines(context)
    order, before = store.read(context.table, company_id, order_id)
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
