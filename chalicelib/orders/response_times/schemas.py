"""Views of unanswered orders."""

from typing import Self

from pydantic import Field

from chalicelib.orders.response_times.rules import Kind, OpenQuestion, OpenQuestions
from chalicelib.platform.http.forms import Shown


class OpenQuestionView(Shown):
    """An open question to the distributor: the order itself, a request to cancel it, or one of its returns."""

    kind: Kind
    return_id: str | None = Field(description="The return in question; null for other kinds.")
    since: str
    reminded_at: str | None = Field(description="Time of the reminder to the distributor.")
    escalated_at: str | None = Field(description="Time of the letter to the head of sales.")

    @classmethod
    def of(cls, question: OpenQuestion) -> Self:
        return cls(
            kind=question.question.kind,
            return_id=question.question.ref or None,
            since=question.question.since,
            reminded_at=question.reminded_at or None,
            escalated_at=question.escalated_at or None,
        )


class UnansweredOrderView(Shown):
    """An order with overdue questions to its distributor."""

    order_id: str
    number: str = Field(examples=["261120-7K3QX"])
    company_id: str
    company_name: str
    distributor_id: str
    distributor_name: str
    placed_at: str
    waits: list[OpenQuestionView]

    @classmethod
    def of(cls, waiting: OpenQuestions) -> Self:
        return cls(
            order_id=waiting.order_id,
            number=waiting.number,
            company_id=waiting.company_id,
            company_name=waiting.company_name,
            distributor_id=waiting.distributor_id,
            distributor_name=waiting.distributor_name,
            placed_at=waiting.placed_at,
            waits=[OpenQuestionView.of(question) for question in waiting.waits],
        )


class UnansweredPage(Shown):
    items: list[UnansweredOrderView]
    next_cursor: str | None
