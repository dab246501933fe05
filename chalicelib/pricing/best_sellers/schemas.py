"""Lists of best sellers, as they are asked for and shown."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money
from chalicelib.pricing.best_sellers.model import BestSellersRequest, By


class BestSellersForm(BestSellersRequest):
    """What sold best in the club's own documents of a period: last year's season, for one."""


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
