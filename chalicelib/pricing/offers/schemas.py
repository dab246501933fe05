"""Offers as they are written and shown."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money
from chalicelib.pricing.model import SelectionForm
from chalicelib.pricing.offers.model import OfferForm

OfferState = Literal["open", "used", "withdrawn", "expired"]


class OfferAnswer(OfferForm):
    """An offer with what became of it."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    offer_id: str
    company_id: str
    state: OfferState
    issued_at: str
    issued_by: str
    order_id: str | None = Field(description="The order that uses it, or used it.")
    withdrawn_at: str | None
    withdrawn_by: str | None


class OfferPage(Shown):
    """Newest first."""

    items: list[OfferAnswer]
    next_cursor: str | None


class OwnOffer(Shown):
    """An offer as the company sees it."""

    model_config = ConfigDict(serialize_by_alias=True)

    offer_id: str
    goods: SelectionForm
    percent: str | None = Field(description="Off the base price.", examples=["15"])
    price: Money | None = Field(description="Of one unit, instead of a percent.")
    floor: Money | None = Field(description="The unit price below which the percent does not go.")
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="The last day on which an order may use it.")


class OwnOffers(Shown):
    """What ends first comes first."""

    items: list[OwnOffer]
