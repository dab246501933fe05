from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.platform import ListPage, Money, NameOf, View, narrowed
from chalicelib.pricing.model import SelectionForm
from chalicelib.pricing.offers.model import OfferForm

OfferState = Literal["waiting", "open", "used", "withdrawn", "expired"]


class OfferView(OfferForm):
    """An offer with its state."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    offer_id: str
    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    state: OfferState
    issued_at: str
    issued_by: str
    issued_by_name: Annotated[str | None, NameOf("issued_by")] = None
    approved_by: str | None = Field(description="The second person, of an offer above the club's bound.")
    order_id: str | None = Field(description="The order that uses or used it.")
    withdrawn_at: str | None
    withdrawn_by: str | None


OffersQuery = narrowed(OfferView, same=("state", "company_id", "issued_by"), day=("first", "last"))


class OfferPage(ListPage[OfferView]):
    """Newest first."""


class CompanyOfferView(View):
    """An offer as the company sees it."""

    model_config = ConfigDict(serialize_by_alias=True)

    offer_id: str
    goods: SelectionForm
    percent: str | None = Field(description="Off the base price.", examples=["15"])
    price: Money | None = Field(description="The price of one unit, instead of a percent.")
    floor: Money | None = Field(description="The unit price below which the percent does not go.")
    free_delivery: bool
    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to", description="The last day on which an order may use it.")


class CompanyOfferPage(View):
    """Offers by their last day, earliest first."""

    items: list[CompanyOfferView]
