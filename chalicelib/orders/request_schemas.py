"""Requests for cancellation and for returns, as they are asked for and shown."""

from datetime import date
from typing import Self

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.orders.request_rules import MOST_RETURNED_LINES, Part
from chalicelib.orders.requests import Cancellation, CancellationState, Return, ReturnState
from chalicelib.orders.rules import MOST_UNITS
from chalicelib.platform.fields import Day, Document
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.money import Money

# --- what is asked ----------------------------------------------------------------------------------------------------


class RequestCancellationForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The distributor reads it.")


class CancellationAnswerForm(Form):
    note: str = Field(default="", max_length=500, description="The partner reads it.")


class ReturnLineForm(Form):
    document: Document = Field(description="The shipment that the goods came with.")
    sku: Sku
    quantity: int = Field(ge=1, le=MOST_UNITS)

    def part(self) -> Part:
        return Part(self.document, self.sku, self.quantity)


class ReturnForm(Form):
    """Goods that are to go back, by the shipments they came with."""

    lines: list[ReturnLineForm] = Field(min_length=1, max_length=MOST_RETURNED_LINES)
    reason: str = Field(min_length=1, max_length=500, description="The distributor reads it.")


class TakenLineForm(ReturnLineForm):
    """So many of these goods came back, instead of what was asked for; 0: none of them."""

    quantity: int = Field(ge=0, le=MOST_UNITS)


class AcceptReturnForm(Form):
    """Lines that are not named came back as asked for."""

    document: Document = Field(
        description="Number of the document by which the goods were taken back; each is told once."
    )
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
    lines: list[TakenLineForm] = Field(default=[], max_length=MOST_RETURNED_LINES)


class RejectReturnForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The partner reads it.")


# --- what is shown ----------------------------------------------------------------------------------------------------


class CancellationAnswer(Shown):
    """The company asks that what is not shipped does not come. `lapsed`: it was shipped before an answer."""

    state: CancellationState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="The distributor's answer.")

    @classmethod
    def of(cls, cancellation: Cancellation) -> Self:
        return cls(
            state=cancellation.state,
            asked_at=cancellation.asked_at,
            reason=cancellation.reason,
            answered_at=cancellation.answered_at or None,
            note=cancellation.note,
        )


class ReturnedLineAnswer(Shown):
    document: str = Field(description="The shipment that the goods came with.")
    sku: str
    quantity: int = Field(description="As asked for.")
    accepted: int | None = Field(description="As taken back; null until then.")
    amount: Money = Field(description="Of what was taken back; before that, of what was asked for.")


class ReturnAnswer(Shown):
    """Goods of the order that go back. Those that were taken back are no purchase volume any more."""

    return_id: str
    state: ReturnState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="Why the distributor did not take them back.")
    document: str | None = Field(description="The distributor's document of what it took back.")
    day: date | None = Field(description="Its business date.")
    lines: list[ReturnedLineAnswer]
    total: Money

    @classmethod
    def of(cls, returned: Return, currency: str) -> Self:
        return cls(
            return_id=returned.return_id,
            state=returned.state,
            asked_at=returned.asked_at,
            reason=returned.reason,
            answered_at=returned.answered_at or None,
            note=returned.note,
            document=returned.document or None,
            day=returned.day,
            lines=[
                ReturnedLineAnswer(
                    document=line.document,
                    sku=line.sku,
                    quantity=line.quantity,
                    accepted=line.accepted,
                    amount=Money(amount=line.amount, currency=currency),
                )
                for line in returned.lines
            ],
            total=Money(amount=returned.total, currency=currency),
        )
