"""The form of an offer, which is also how it is stored."""

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import ConfigDict, Field, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Day, Written
from chalicelib.pricing.model import DiscountPercent, Price, SelectionForm
from chalicelib.pricing.rules import Offer


class OfferForm(Written):
    """An offer to one company, for one order: a percent off the base price, a price of its own, or free delivery."""

    model_config = ConfigDict(serialize_by_alias=True)

    goods: SelectionForm = SelectionForm()
    percent: DiscountPercent | None = Field(default=None, description="Off the base price.", examples=["15"])
    price: Price | None = Field(
        default=None, description="Of one unit in the company's currency, instead of a percent.", examples=[None]
    )
    floor: Price | None = Field(
        default=None,
        validate_default=True,
        description="The lowest unit price that the percent may make, other discounts included.",
        examples=["850.00"],
    )
    free_delivery: bool = Field(
        default=False, description="An order with any of the goods is brought free, instead of a percent."
    )
    first: Day | None = Field(default=None, alias="from", description="The first day; today if absent.")
    last: Day = Field(alias="to", description="The last day on which an order may use it.", examples=["2027-02-28"])
    requested: bool = Field(default=False, description="The company asked for it itself: a hold-out is no bar then.")
    note: str = Field(default="", max_length=500, description="The reason for the offer, for the staff.")

    @field_validator("floor")
    @classmethod
    def _beside_a_percent(cls, floor: Decimal | None, others: ValidationInfo) -> Decimal | None:
        if "percent" in others.data and (others.data["percent"] is None) != (floor is None):
            raise PydanticCustomError("floor", "Give `floor`, the lowest price, with a percent and only with one.")
        return floor

    @model_validator(mode="after")
    def _holds(self) -> Self:
        if [self.percent is not None, self.price is not None, self.free_delivery].count(True) != 1:
            raise PydanticCustomError("percent_or_price", "Give a percent, a price or free delivery.")
        if self.first is not None and self.last < self.first:
            raise PydanticCustomError("range", "The last day is before the first.")
        return self

    def offer(self, offer_id: str) -> Offer:
        """The offer of a stored form, which has a first day."""
        return Offer(
            offer_id=offer_id,
            goods=self.goods.selection(),
            first=self.first or date.min,
            last=self.last,
            percent=self.percent,
            price=self.price,
            floor=self.floor or Decimal(0),
            free_delivery=self.free_delivery,
        )
