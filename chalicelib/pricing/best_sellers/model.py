"""The request for a list of best sellers."""

from typing import Literal, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import CURRENCY, Day, Written
from chalicelib.pricing.model import Code

MOST_LISTED = 200
MOST_DAYS = 366
By = Literal["amount", "units"]


class BestSellersForm(Written):
    """A request for the best sellers of a period, such as last year's season, by the club's own documents."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: Day = Field(alias="from", examples=["2025-09-01"])
    last: Day = Field(alias="to", examples=["2025-11-30"], description="The last day; a year at most.")
    category: Code | None = Field(default=None, description="Only goods of this category and those below it.")
    brand: Code | None = None
    by: By = Field(default="amount", description="By the amount paid or by the units sold, returns deducted.")
    top: int = Field(default=50, ge=1, le=MOST_LISTED)
    currency: str | None = Field(
        default=None,
        pattern=CURRENCY,
        description="The currency of the documents that count; without it, the club's own.",
        examples=["RUB"],
    )

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("range", "The last day is before the first.")
        if (self.last - self.first).days >= MOST_DAYS:
            raise PydanticCustomError("range", "A year at most.")
        return self
