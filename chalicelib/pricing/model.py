"""Fields that terms, promotions and offers share: percents, sums, and selections of goods."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Protocol, Self, get_args

from pydantic import AfterValidator, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from chalicelib.platform import Written
from chalicelib.platform.money import Amount
from chalicelib.pricing.rules import Selection, plain

MOST_NAMED = 500  # articles, categories or brands of one selection
Code = Annotated[str, Field(min_length=1, max_length=100)]
DiscountPercent = Annotated[
    Decimal,
    Field(gt=0, lt=100, max_digits=4, decimal_places=2, examples=["10"]),
    PlainSerializer(plain, return_type=str, when_used="json"),
]
Price = Annotated[
    Amount, Field(gt=0, max_digits=14, decimal_places=2, examples=["1234.50"])
]  # of a unit: nothing is given away
Positive = Annotated[Amount, Field(ge=0, max_digits=14, decimal_places=2, examples=["1234.50"])]


def _unique(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise PydanticCustomError("repeated", "Name each of them once.")
    return names


Names = Annotated[list[Code], AfterValidator(_unique), Field(max_length=MOST_NAMED)]
Status = Literal["normal", "overstock", "modernised"]


class Priced(Protocol):
    """The base price of a product."""

    @property
    def base_price(self) -> Decimal: ...

    @property
    def currency(self) -> str: ...


class SelectionForm(Written):
    """A selection of goods: those named by article, category or brand, or all goods if none is named.

    `statuses` and `own_brand` narrow it. A category includes its subcategories.
    """

    skus: Names = Field(default=[])
    categories: Names = Field(default=[])
    brands: Names = Field(default=[])
    statuses: list[Status] = Field(default=[], max_length=3)
    own_brand: bool = False

    @classmethod
    def of(cls, goods: Selection) -> Self:
        return cls(
            skus=sorted(goods.skus),
            categories=sorted(goods.categories),
            brands=sorted(goods.brands),
            statuses=[status for status in get_args(Status) if status in goods.statuses],
            own_brand=goods.own_brand,
        )

    def base_prices(self, products: Mapping[str, Priced], currency: str) -> list[Decimal]:
        """The base prices of its goods; empty where it reaches beyond named articles, or one of them is unknown or sold in another currency."""
        found = [products[sku] for sku in self.skus if sku in products]
        complete = len(found) == len(self.skus) and not self.categories and not self.brands
        alike = all(product.currency == currency for product in found)
        return [product.base_price for product in found] if complete and alike else []

    def selection(self) -> Selection:
        return Selection(
            skus=frozenset(self.skus),
            categories=frozenset(self.categories),
            brands=frozenset(self.brands),
            statuses=frozenset(self.statuses),
            own_brand=self.own_brand,
        )


def in_order(first: date, last: date | None) -> None:
    if last is not None and last < first:
        raise PydanticCustomError("range", "The last day is before the first.")
