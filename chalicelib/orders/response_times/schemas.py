from typing import Self

from pydantic import Field

from chalicelib.orders.response_times.rules import Kind, OpenQuestion, OpenQuestions
from chalicelib.platform import ListPage, View, narrowed


class OpenQuestionView(View):
    """An open question to the distributor: the order itself, a request to cancel it, or one of its returns."""

    kind: Kind
    return_id: str | None = Field(description="The return in question; null for other kinds.")
    since: str
    reminded_at: str | None = Field(description="Time of the reminder to the distributor.")
    escalated_at: str | None = Field(description="Time of the letter to the head of sales.")

    @classmethod
    def of(cls, question: OpenQuestion) -> Self:
        asked = question.question
        return cls.from_record(question, kind=asked.kind, return_id=asked.ref or None, since=asked.since)


class UnansweredOrderView(View):
    """An order with overdue questions to its distributor."""

    order_id: str
    number: str = Field(examples=["261120-7K3QX"])
    company_id: str
    company_name: str
    distributor_id: str
    distributor_name: str = Field(description="For people.")
    placed_at: str
    waits: list[OpenQuestionView] = Field(description="The questions that wait.")

    @classmethod
    def of(cls, waiting: OpenQuestions) -> Self:
        return cls.from_record(waiting, waits=[OpenQuestionView.of(question) for question in waiting.waits])


UnansweredQuery = narrowed(
    UnansweredOrderView, same=("distributor_id", "company_id"), words=("number",), day=("placed_at",)
)


class UnansweredPage(ListPage[UnansweredOrderView]):
    items: list[UnansweredOrderView]
