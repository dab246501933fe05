from datetime import date
from decimal import Decimal

from pydantic import ConfigDict, Field

from chalicelib.platform import ListPage, Money, View, WorkView, narrowed
from chalicelib.pricing.best_sellers.model import By


class BestSellerView(View):
    sku: str
    name: str = Field(description="In the reader's language.")
    amount: Money
    units: Decimal = Field(examples=["1200"])


class BestSellersView(WorkView):
    """A list of best sellers. A draft of a promotion can name it by its id."""

    model_config = ConfigDict(serialize_by_alias=True)

    list_id: str
    first: date = Field(validation_alias="from", serialization_alias="from")
    last: date = Field(validation_alias="to", serialization_alias="to")
    category: str | None
    brand: str | None
    by: By
    top: int
    currency: str
    items: list[BestSellerView] | None = Field(description="The articles, best first; null until the list is done.")


BestSellerListsQuery = narrowed(BestSellersView, same=("state", "category", "brand", "created_by"), day=("created_at",))


class BestSellersPage(ListPage[BestSellersView]):
    """Newest first."""
