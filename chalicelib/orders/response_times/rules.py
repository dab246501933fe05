"""Open questions to the distributor per order, with the reminders already sent. Pure.

The questions follow from the order alone: `open_questions_of` gives the same result however often it runs, and in any order the events
of the order come. A reminder stays with its question until the answer; a question that is asked once more (another `since`) is a new one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from chalicelib.orders.order.model import CancellationState, ReturnState
from chalicelib.orders.order.rules import Order, OrderState

Kind = Literal["order", "cancellation", "return"]


class Question(NamedTuple):
    """A question to the distributor: the order itself, a request to cancel it, or the return `ref`. `since`: a stored moment."""

    since: str
    kind: Kind
    ref: str = ""


class Deadlines(NamedTuple):
    """Moments of the reminder to the distributor and of the letter to the head of sales."""

    remind: str
    escalate: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question with the moments of its reminders; empty before they are sent."""

    question: Question
    reminded_at: str = ""
    escalated_at: str = ""

    def due(self, deadlines: Deadlines) -> str:
        """Moment of the next reminder; empty when both are sent."""
        if not self.reminded_at:
            return deadlines.remind
        return "" if self.escalated_at else deadlines.escalate


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """The open questions of an order, at least one."""

    order_id: str
    number: str
    company_id: str
    company_name: str
    distributor_id: str
    distributor_name: str
    placed_at: str
    waits: tuple[OpenQuestion, ...]
    version: int = 1

    @property
    def unanswered_since(self) -> str:
        """Moment of the oldest question that the distributor was reminded of; empty without one."""
        return min((each.question.since for each in self.waits if each.reminded_at), default="")


def questions_of(order: Order) -> tuple[Question, ...]:
    """Questions to the distributor, oldest first. A changed order waits for the company, and is none."""
    found = [Question(order.placed_at, "order")] if order.state is OrderState.PLACED else []
    if order.cancellation and order.cancellation.state is CancellationState.WAITING:
        found.append(Question(order.cancellation.asked_at, "cancellation"))
    found += [
        Question(each.asked_at, "return", each.return_id)
        for each in order.returns
        if each.state is ReturnState.REQUESTED
    ]
    return tuple(sorted(found))


def open_questions_of(before: OpenQuestions | None, order: Order) -> OpenQuestions | None:
    """The order's open questions, with the reminders sent before; None without a question."""
    known = {each.question: each for each in before.waits} if before else {}
    waits = tuple(known.get(question, OpenQuestion(question)) for question in questions_of(order))
    if not waits:
        return None
    return OpenQuestions(
        order_id=order.order_id,
        number=order.number,
        company_id=order.company_id,
        company_name=order.company_name,
        distributor_id=order.distributor_id,
        distributor_name=order.distributor_name,
        placed_at=order.placed_at,
        waits=waits,
        version=before.version if before else 1,
    )


def remind(
    waiting: OpenQuestions, now: str, deadlines: Callable[[str], Deadlines]
) -> tuple[OpenQuestions, tuple[Question, ...], tuple[Question, ...]]:
    """The open questions after all reminders that are due: with the questions of the distributor's, and of the head of sales's.

    Both are due at once if the last run is long ago.
    """
    reminded, escalated, after = [], [], []
    for each in waiting.waits:
        due = deadlines(each.question.since)
        if not each.reminded_at and due.remind <= now:
            each = replace(each, reminded_at=now)
            reminded.append(each.question)
        if not each.escalated_at and due.escalate <= now:
            each = replace(each, escalated_at=now)
            escalated.append(each.question)
        after.append(each)
    return replace(waiting, waits=tuple(after)), tuple(reminded), tuple(escalated)


def next_due(waiting: OpenQuestions, deadlines: Callable[[str], Deadlines]) -> str:
    """Moment of the next reminder; empty when all are sent."""
    return min(filter(None, (each.due(deadlines(each.question.since)) for each in waiting.waits)), default="")
