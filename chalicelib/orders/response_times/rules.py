"""What of an order waits for the distributor, since when, and who has been told that no answer came. Decided without looking anything up.

Everything follows from the order as it is: `kept` makes the same of it whoever asks, how often, and in whatever order the order's events
are told. What was told of a wait stays with it until it is over; the same question asked again (another `since`) is another wait.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from chalicelib.orders.order.model import CancellationState, ReturnState
from chalicelib.orders.order.rules import Order, OrderState

Kind = Literal["order", "cancellation", "return"]


class Question(NamedTuple):
    """`kind`: the order itself, a request to cancel it, or one of its returns, which `ref` names. `since`: a stored moment."""

    since: str
    kind: Kind
    ref: str = ""


class Deadlines(NamedTuple):
    """When the distributor is reminded, and when the head of sales hears of it: stored moments."""

    remind: str
    escalate: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A wait, and when who was told of it; empty: nobody yet."""

    question: Question
    reminded_at: str = ""
    escalated_at: str = ""

    def due(self, deadlines: Deadlines) -> str:
        """When somebody is told next; empty when everybody was."""
        if not self.reminded_at:
            return deadlines.remind
        return "" if self.escalated_at else deadlines.escalate


@dataclass(frozen=True, slots=True)
class OpenQuestions:
    """All that waits of one order. Never without a wait."""

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
        """Since when the oldest of those waits that the distributor was reminded of; empty without one."""
        return min((each.question.since for each in self.waits if each.reminded_at), default="")


def questions_of(order: Order) -> tuple[Question, ...]:
    """What the distributor has to answer, oldest first. A changed order is the company's to answer."""
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
    """What waits of this order, with what was told of it before; None when nothing does."""
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
    """What is waiting after all that is due by now was told: of which waits the distributor is reminded, and the head of sales told.

    Where nobody looked for long, both are due at once.
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
    """When somebody is told next; empty when everybody was told of everything."""
    return min(filter(None, (each.due(deadlines(each.question.since)) for each in waiting.waits)), default="")
