"""Ordering again: an order as it was, and what is usual."""

from datetime import date

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.orders.quoting.schemas import MOST_LINES, QuoteLineView, QuoteView, Without, WithoutOffers
from chalicelib.platform.fields import Identifier
from chalicelib.platform.http.forms import Form, Shown


class ReorderForm(Form):
    """Without `distributor_id`: the company's own distributor, else the first one of its region."""

    leave_out: list[Sku] = Field(default=[], max_length=MOST_LINES, description="Lines that are not wanted this time.")
    distributor_id: Identifier | None = None
    comment: str = Field(default="", max_length=1000)
    without_promotions: Without
    without_offers: WithoutOffers


class UsualOrderForm(ReorderForm):
    seen: str | None = Field(
        default=None,
        max_length=64,
        description="`seen` of the usual order that was shown: where it is another one by now, nothing is ordered.",
        examples=[None],
    )


class UsualLineView(QuoteLineView):
    """An article that the company buys regularly, in its usual quantity."""

    name: str
    name_ru: str
    bought_on_days: int = Field(
        description="On how many days it was bought in the last year, or what the club looks at."
    )
    every_days: int = Field(description="Usual time from one purchase to the next.")
    last_bought: date


class UnavailableLineView(Shown):
    """An article that the company buys regularly, and that cannot be ordered here."""

    sku: str
    name: str
    code: str = Field(examples=["unknown_sku"])
    detail: str
    last_bought: date


class UsualOrderView(QuoteView):
    """What the company usually orders, at today's prices; what it buys most often first."""

    seen: str = Field(description="Tells this usual order from any other one.")
    lines: list[UsualLineView]  # type: ignore[assignment]  # pydantic narrows the field, which a list in Python does not
    not_available: list[UnavailableLineView]
