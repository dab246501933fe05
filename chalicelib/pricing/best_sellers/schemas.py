"""Views of lists of best sellers."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import View
from chalicelib.platform.money import Money
from chalicelib.pricing.best_sellers.model import By


class BestSellersProgressView(View):
    companies_done: int
    companies_found: int = Field(description="Companies found so far; all of them once `parts_total` is known.")
    parts_done: int
    parts_total: int | None = Field(description="Null while companies are still being found.")


class BestSellerView(View):
    sku: str
    name: str = Field(description="In the reader's language.")
    amount: Money
    units: Decimal = Field(examples=["1200"])


class BestSellersView(View):
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
    stalled: bool = Field(description="No progress for an hour: the operators should look.")
    created_at: str
    created_by: str
    finished_at: str | None
    progress: BestSellersProgressView
    items: list[BestSellerView] | None = Field(description="The articles, best first; null until the list is done.")
