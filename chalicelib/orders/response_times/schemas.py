"""What distributors have not answered, as staff see it."""

from typing import Self

from pydantic import Field

from chalicelib.orders.response_times.rules import Kind, Told, Waiting
from chalicelib.platform.http.forms import Shown


class WaitAnswer(Shown):
    """Something that the distributor has to answer: the order itself, a request to cancel it, or one of its returns."""

    kind: Kind
    return_id: str | None = Field(description="Which return, where it is one.")
    since: str
    reminded_at: str | None = Field(description="When the distributor was reminded.")
    escalated_at: str | None = Field(description="When the head of sales was told.")

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls(
            kind=told.wait.kind,
            return_id=told.wait.ref or None,
            since=told.wait.since,
            reminded_at=told.reminded_at or None,
            escalated_at=told.escalated_at or None,
        )


class UnansweredOrder(Shown):
    """An order of which something waits longer than it should."""

    order_id: str
    number: str = Field(examples=["261120-7K3QX"])
    company_id: str
    company_name: str
    distributor_id: str
    distributor_name: str
    placed_at: str
    waits: list[WaitAnswer]

    @classmethod
    def of(cls, waiting: Waiting) -> Self:
        return cls(
            order_id=waiting.order_id,
            number=waiting.number,
            company_id=waiting.company_id,
            company_name=waiting.company_name,
            distributor_id=waiting.distributor_id,
            distributor_name=waiting.distributor_name,
            placed_at=waiting.placed_at,
            waits=[WaitAnswer.of(told) for told in waiting.waits],
        )


class UnansweredPage(Shown):
    items: list[UnansweredOrder]
    next_cursor: str | None
