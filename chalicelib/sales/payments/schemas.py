from datetime import date
from typing import Literal, Self

from pydantic import Field, SkipValidation, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Day, Fault, Form, Identifier, Moment, View
from chalicelib.sales.numbers.rules import document_name
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import ORDERS

MOST_ROWS = 100
EARLIEST = date(1990, 1, 1)


class PaymentForm(Form):
    """The payment of a document. A document of a sales file is named by source, number and year; a shipment of an order by order, distributor
    and number."""

    document: str = Field(min_length=1, max_length=100, description="Number of the document.", examples=["УТ-000123"])
    source: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", examples=["1c-main"])
    year: int | None = Field(default=None, ge=1990, le=2199, description="Year of the document's date.")
    order_id: Identifier | None = None
    distributor_id: Identifier | None = None
    paid_on: Day | None = Field(description="The day on which it was paid in full; null withdraws the payment.")

    @model_validator(mode="after")
    def _one_document(self) -> Self:
        imported = (self.source is not None, self.year is not None)
        shipped = (self.order_id is not None, self.distributor_id is not None)
        if (imported, shipped) not in (((True, True), (False, False)), ((False, False), (True, True))):
            raise PydanticCustomError("document", "Name it by source and year, or by order_id and distributor_id.")
        if self.source == ORDERS:
            raise PydanticCustomError("document", "A shipment is named by order_id and distributor_id.")
        return self

    def payment(self) -> Payment:
        if self.source is not None:
            return Payment((self.source, f"{self.year}/{document_name(self.document).number}"), self.paid_on)
        return Payment((ORDERS, f"{self.distributor_id}:{self.order_id}/{self.document}"), self.paid_on)


class PaymentsForm(Form):
    """Up to 100 payments, each with a result of its own."""

    as_of: Moment | None = Field(
        default=None,
        description="The moment of this state; now if omitted. A state older than the recorded one changes nothing.",
    )
    payments: list[SkipValidation[PaymentForm]] = Field(min_length=1, max_length=MOST_ROWS)


class PaymentResultView(View):
    """The result of a row. `errors` of a failed row point into the request's body."""

    row: int = Field(description="Its place in the request, from 0.")
    document: str | None = Field(description="Number as given.")
    result: Literal["recorded", "unchanged", "older", "failed"]
    errors: list[Fault] = Field(default=[])
    warnings: list[Fault] = Field(default=[], description="Of a row that was taken: its document is not known yet.")


class PaymentResultsView(View):
    items: list[PaymentResultView]
