"""Personal terms, as they are written and kept."""

from typing import Self

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.catalog import Sku
from chalicelib.platform.fields import Day
from chalicelib.platform.model import Written
from chalicelib.pricing.model import DiscountPercent, Positive, SelectionForm, in_order
from chalicelib.pricing.rules import Contract, Discount

MOST_AGREED = 500  # prices and discounts of one contract


class AgreedPrice(Written):
    sku: Sku
    price: Positive = Field(description="Of one unit, VAT included, in the company's currency.")


class AgreedDiscount(Written):
    """Of several that name the same goods, the one that names them most closely counts: article, category, brand, everything."""

    goods: SelectionForm = SelectionForm()
    percent: DiscountPercent


class ContractForm(Written):
    """What was agreed with a company under one contract."""

    model_config = ConfigDict(serialize_by_alias=True)

    number: str = Field(min_length=1, max_length=64, examples=["K-2026/17"])
    first: Day = Field(alias="from", description="The first day on which it holds.")
    last: Day | None = Field(default=None, alias="to", description="The last day; open without it.")
    prices: list[AgreedPrice] = Field(default=[], max_length=MOST_AGREED)
    discounts: list[AgreedDiscount] = Field(default=[], max_length=MOST_AGREED)
    minimum_order: Positive | None = Field(default=None, description="Instead of the club's own.")
    deferral_days: int | None = Field(default=None, ge=0, le=365, description="Days to pay after a shipment.")
    credit_limit: Positive | None = Field(default=None, description="Of what may be owed at any time.")

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
