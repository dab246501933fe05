"""Lists of best sellers, as they are asked for and shown."""

from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.http import Day, Form, Shown
from chalicelib.platform.money import Money
from chalicelib.pricing.schemas import Code

MOST_LISTED = 200
MOST_DAYS = 366

By = Literal["amount", "units"]


class BestSellersForm(Form):
    """What sold best in the club's own documents of a period: last year's season, for one."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: Day = Field(alias="from", examples=["2025-09-01"])
    last: Day = Field(alias="to", examples=["2025-11-30"], description="The last day; a year at most.")
    category: Code | None = Field(default=None, description="Only goods of this category and those below it.")
    brand: Code | None = None
    by: By = Field(
        default="amount", description="By what was paid for them, or by the units sold; net of what came back."
    )
    top: int = Field(default=50, ge=1, le=MOST_LISTED)
    currency: str | None = Field(
        default=None,
        pattern="^[A-Z]{3}$",
        description="Of the documents that count; the club's own without it.",
        examples=["RUB"],
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("range", "The last day is before the first.")
        if (self.last - self.first).days >= MOST_DAYS:
            raise PydanticCustomError("range", "A year at most.")
        return self


class BestSellersProgress(Shown):
    companies_done: int
    companies_found: int = Field(description="So far; all of them once `parts_total` is known.")
    parts_done: int
    parts_total: int | None = Field(description="Null while companies are still being found.")


class BestSeller(Shown):
    sku: str
    name: str = Field(description="In the reader's language.")
    amount: Money
    units: Decimal = Field(examples=["1200"])


class BestSellers(Shown):
    """A list of best sellers. A draft of a promotion can name it by its id."""

    model_config = ConfigDict(serialize_by_alias=True)

    list_id: str
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    category: str | None
    brand: str | None
    by: By
    top: int
    currency: str
    state: Literal["running", "done"]
    stalled: bool = Field(description="Nothing has moved for an hour: a matter for the operators.")
    created_at: str
    created_by: str
    finished_at: str | None
    progress: BestSellersProgress
    items: list[BestSeller] | None = Field(description="The best first. Null until it is done.")
