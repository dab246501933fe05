from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer, WithJsonSchema

from chalicelib.platform import ListPage, ListQuery, Money, PeriodQuery, View, narrowed
from chalicelib.sales.rules import Kind, plain

Exact = Annotated[
    Decimal, PlainSerializer(plain, return_type=str), WithJsonSchema({"type": "string", "pattern": r"^-?\d+(\.\d+)?$"})
]


class PurchasesQuery(ListQuery, PeriodQuery):
    """Purchases by business date."""

    lines: bool = Field(default=False, description="Include the lines of each document.")


class PurchaseLineView(View):
    """A line of a document. Quantity and amount are negative in a return."""

    sku: str = Field(description="Article number; empty if the source has none.")
    name: str
    quantity: Exact
    unit_price: Exact | None = Field(description="As in the source; may have more than two decimals.")
    amount: Money


class OriginalDocumentView(View):
    """The sale of a return, as the return names it."""

    document: str | None = Field(description="Its number; null if the return names only its day.")
    business_date: date | None = Field(
        description="Its date if the sale was found, else the date that the return names, if any."
    )
    found: bool = Field(description="Whether the club has this document of the company.")


class PurchaseView(View):
    """The newest revision of a sale or return."""

    source: str = Field(
        description="The system that the document comes from; `orders`: a shipment of an order of this club."
    )
    document: str = Field(description="The document's number in that system.")
    kind: Kind
    business_date: date
    counts_on: date = Field(
        description="The day on which it counts: for a return, the day of its sale if known; else its own."
    )
    original: OriginalDocumentView | None = Field(description="Null for a sale, and for a return that names no sale.")
    contract: str | None = Field(description="Its number; null if unknown.")
    total: Money
    revision: int = Field(description="1 at first, one more with each correction.")
    recorded_at: str = Field(description="The moment at which this revision was recorded.")
    line_count: int
    voided: bool = Field(description="Its source says it no more: it has no lines and counts for nothing.")
    lines: list[PurchaseLineView] | None = Field(description="Null unless asked for with `lines=true`.")


PurchaseListQuery = narrowed(
    PurchaseView, same=("kind", "voided", "total.currency"), words=("document",), amount="total", base=PurchasesQuery
)


class PurchasePage(ListPage[PurchaseView]):
    """Latest business date first. A page may hold fewer documents than asked for; the last one has no `next_cursor`."""
