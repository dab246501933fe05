"""The forms of personal terms, which are also how they are stored."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.platform import Day, Written
from chalicelib.pricing.model import DiscountPercent, Positive, Price, SelectionForm, in_order
from chalicelib.pricing.rules import Contract, Discount

MOST_AGREED = 500  # prices and discounts of one contract


class AgreedPriceForm(Written):
    sku: Sku
    price: Price = Field(description="The price of one unit, VAT included, in the company's currency.")


class AgreedDiscountForm(Written):
    """A discount on goods. Of several for the same goods the closest counts: article, category, brand, everything."""

    goods: SelectionForm = SelectionForm()
    percent: DiscountPercent


class ContractForm(Written):
    """The terms of a company under one contract."""

    model_config = ConfigDict(serialize_by_alias=True)

    number: str = Field(min_length=1, max_length=64, examples=["K-2026/17"])
    first: Day = Field(alias="from", description="The first day.")
    last: Day | None = Field(default=None, alias="to", description="The last day; without it, the contract has no end.")
    prices: list[AgreedPriceForm] = Field(default=[], max_length=MOST_AGREED)
    discounts: list[AgreedDiscountForm] = Field(default=[], max_length=MOST_AGREED)
    minimum_order: Positive | None = Field(default=None, description="The smallest order, instead of the club's own.")
    deferral_days: int | None = Field(
        default=None, ge=0, le=365, description="The number of days to pay after a shipment."
    )
    credit_limit: Positive | None = Field(default=None, description="The largest debt at any time.")

    @model_validator(mode="after")
    def _holds(self) -> Self:
        in_order(self.first, self.last)
        if len({each.sku for each in self.prices}) < len(self.prices):
            raise PydanticCustomError("repeated", "Each article has one price in a contract.")
        return self

    def contract(self) -> Contract:
        return Contract(
            number=self.number,
            first=self.first,
            last=self.last,
            prices={each.sku: each.price for each in self.prices},
            discounts=tuple(Discount(each.goods.selection(), each.percent) for each in self.discounts),
            minimum_order=self.minimum_order,
            deferral_days=self.deferral_days,
            credit_limit=self.credit_limit,
        )
