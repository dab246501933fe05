from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.bonuses.adjustments.model import AdjustmentState
from chalicelib.platform import Day, Form, ListPage, Money, NameOf, View, narrowed


class AdjustmentForm(Form):
    """An amount of bonuses to add, or with a minus to take away, in the company's currency."""

    amount: Decimal = Field(ge=Decimal("-999999999999.99"), max_digits=14, decimal_places=2, examples=["-250.00"])
    reason: str = Field(min_length=3, max_length=500, description="View to the company.")
    expires_on: Day | None = Field(
        default=None, description="The last day to spend added bonuses; by the club's policy if omitted."
    )

    @field_validator("amount")
    @classmethod
    def _moves_something(cls, amount: Decimal) -> Decimal:
        if not amount:
            raise PydanticCustomError("zero", "The amount is zero.")
        return amount


class AdjustmentDecisionForm(Form):
    note: str = Field(default="", max_length=500)


class AdjustmentView(View):
    adjustment_id: str
    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    state: AdjustmentState
    amount: Money
    reason: str
    expires_on: date | None = Field(description="Null: by the club's policy.")
    author: str
    author_name: Annotated[str | None, NameOf("author")] = None
    at: str
    decided_by: str | None
    decided_by_name: Annotated[str | None, NameOf("decided_by")] = None
    decided_at: str | None
    note: str


AdjustmentsQuery = narrowed(AdjustmentView, same=("company_id", "author"), day=("at",), amount="amount")


class AdjustmentPage(ListPage[AdjustmentView]):
    """Oldest first."""
