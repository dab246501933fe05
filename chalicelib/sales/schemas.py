"""Purchases as a company reads them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.fields import Day
from chalicelib.platform.http.forms import PageQuery, Shown
from chalicelib.platform.money import Money
from chalicelib.sales.rules import Kind, plain

Exact = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$", "examples": ["12.5"]}),
]


class PurchasesQuery(PageQuery):
    first: Day | None = Field(default=None, alias="from", description="The first business date, YYYY-MM-DD.")
    last: Day | None = Field(default=None, alias="to", description="The last business date, YYYY-MM-DD.")
    lines: bool = Field(default=False, description="Whether each document comes with its lines.")

    @field_validator("last")
    @classmethod
    def _not_before_first(cls, last: date | None, others: ValidationInfo) -> date | None:
        first = others.data.get("first")
        if first and last and last < first:
            raise PydanticCustomError("range", "This is before the first day.")
        return last


class PurchaseLine(Shown):
    """A line of a document. Quantity and amount are negative in a return."""

    sku: str = Field(description="Article number; empty where the source knows none.")
    name: str
    quantity: Exact
    unit_price: Exact | None = Field(description="As the source has it; may have more than two decimals.")
    amount: Money


class OriginalDocument(Shown):
    """The sale that a return takes back, as the return names it."""

    document: str | None = Field(description="Its number; null where only its day is told.")
    business_date: date | None = Field(
        description="Its day as it was found, or else as the return tells it; null: neither."
    )
    found: bool = Field(description="Whether the club knows this document among those of the company.")


class Purchase(Shown):
    """A document as it is now: the newest revision of what the company bought by it or gave back."""

    source: str = Field(description="The system whose document this is; `orders`: shipped for an order of this club.")
    document: str = Field(description="The number that the document has there.")
    kind: Kind
    business_date: date
    counts_on: date = Field(
        description="The day whose purchases it belongs to: of a return, that of the sale that it names, else its own."
    )
    original: OriginalDocument | None = Field(description="Null for a sale, and for a return that names none.")
    total: Money
    revision: int = Field(description="1, and one more with each correction.")
    recorded_at: str = Field(description="When this revision was recorded.")
    line_count: int
    lines: list[PurchaseLine] | None = Field(description="Null unless asked for with `lines=true`.")


class Purchases(Shown):
    """Latest business date first. A page may hold fewer documents than asked for; the last one has no `next_cursor`."""

    items: list[Purchase]
    next_cursor: str | None
