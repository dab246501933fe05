from datetime import date
from typing import Literal

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.orders.quoting.schemas import (
    MOST_LINES,
    BuyerOrderNumber,
    OrderDeliveryForm,
    QuoteLineView,
    QuoteView,
    Without,
    WithoutOffers,
)
from chalicelib.platform import Form, Identifier, View


class ReorderForm(Form):
    """Without `distributor_id`: the company's own distributor, else the first one of its region."""

    leave_out: list[Sku] = Field(default=[], max_length=MOST_LINES, description="Articles to leave out this time.")
    distributor_id: Identifier | None = None
    comment: str = Field(default="", max_length=1000)
    buyer_order_number: BuyerOrderNumber = ""
    delivery: OrderDeliveryForm | None = Field(
        default=None,
        description="If absent, a repeated order keeps the earlier order's delivery, as soon as possible. Null: no wishes.",
        examples=[{"method": "pickup"}],
    )
    without_promotions: Without
    without_offers: WithoutOffers


class UsualOrderForm(ReorderForm):
    seen: str | None = Field(
        default=None,
        max_length=64,
        description="The `seen` of the usual order that was shown. If the usual order changed since, nothing is ordered.",
        examples=[None],
    )


class PutForm(Form):
    """The button of the page."""

    put: Literal["yes"] = Field(description="Always yes: so that nothing that opens the link fills a cart.")


class UsualLineView(QuoteLineView):
    """An article that the company buys regularly, in its usual quantity."""

    name: str
    name_ru: str
    bought_on_days: int = Field(
        description="Number of purchase days in the period that the club looks at, by default a year."
    )
    every_days: int = Field(description="Median of the days from one purchase to the next.")
    last_bought: date


class UnavailableLineView(View):
    """An article that the company buys regularly and cannot order now."""

    sku: str
    name: str
    code: str = Field(examples=["unknown_sku"])
    detail: str
    last_bought: date


class UsualOrderView(QuoteView):
    """The company's usual order at today's prices, the most often bought articles first."""

    seen: str = Field(description="Fingerprint of this usual order.")
    lines: list[UsualLineView]  # type: ignore[assignment]  # pydantic narrows the field, which a list in Python does not
    not_available: list[UnavailableLineView] = Field(description="Usual articles that cannot be ordered.")
