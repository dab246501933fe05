from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.bonuses.goods.rules import MOST_LINES, Choice, Entitlement, FrozenPrice, RequestedLine, Shipment
from chalicelib.catalog import Sku
from chalicelib.platform import Form, ListPage, Money, NameOf, PageQuery, View, narrowed
from chalicelib.platform.fields import Day, Document


class EntitlementSummaryView(View):
    """An amount owed in goods, or as a gift. amount = left + reserved + shipped + expired + reversed."""

    entitlement_id: str
    company_id: str
    kind: Literal["goods", "gift"] = Field(description="Goods of a volume bonus, or a gift.")
    state: Literal["waiting", "open", "settled", "expired", "reversed"] = Field(
        description="waiting: before `available_from`; open: something is owed; settled, expired, reversed: nothing is owed any more."
    )
    programme: str = Field(description="Code of the volume programme in which it was earned.")
    first: date = Field(description="First day of the period in which it was earned.")
    last: date
    part: int = Field(description="1 of `parts`, where the bonus is paid in parts.")
    parts: int
    available_from: date
    expires_on: date | None = Field(description="The last day to choose; null for a gift.")
    amount: Money
    left: Money = Field(description="Still to be chosen.")
    reserved: Money = Field(description="Chosen and not shipped yet.")
    shipped: Money = Field(description="Shipped, or handed over.")
    expired: Money
    reversed: Money

    @classmethod
    def of(cls, found: Entitlement, day: date) -> Self:
        return cls.from_record(found, state=found.state(day))


EntitlementsQuery = narrowed(EntitlementSummaryView, same=("kind", "state"), day=("first", "last"))


class EntitlementPage(ListPage[EntitlementSummaryView]):
    pass


class ChoiceLineView(View):
    """An article, at the price of the entitlement's list."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int
    shipped: int
    unit_price: Money
    amount: Money


class GoodsShipmentLineView(View):
    sku: str
    quantity: int


class GoodsShipmentView(View):
    """The shipment of one document."""

    shipment_id: str
    document: str
    day: date
    lines: list[GoodsShipmentLineView]
    amount: Money
    reversed_reason: str | None = Field(description="The reason of its reversal; null if it was not reversed.")

    @classmethod
    def of(cls, shipment: Shipment, currency: str) -> Self:
        lines = [GoodsShipmentLineView(sku=sku, quantity=quantity) for sku, quantity in shipment.parts.items()]
        return cls.from_record(shipment, currency, lines=lines)


class ChoiceEventView(View):
    at: str
    state: str
    note: str


class ChoiceView(View):
    """Goods chosen for an entitlement."""

    choice_id: str
    entitlement_id: str
    company_id: str
    state: Literal["reserved", "partly_shipped", "shipped", "cancelled"]
    at: str
    lines: list[ChoiceLineView]
    total: Money
    waiting: Money = Field(description="Amount that is reserved and not shipped yet.")
    shipments: list[GoodsShipmentView]
    history: list[ChoiceEventView]

    @classmethod
    def of(cls, choice: Choice) -> Self:
        return cls.from_record(choice, shipments=_shipments(choice))


def _shipments(choice: Choice) -> list[GoodsShipmentView]:
    return [GoodsShipmentView.of(shipment, choice.currency) for shipment in choice.shipments]


class ChangedChoiceView(ChoiceView):
    """A choice, and the amount still to be chosen for its entitlement."""

    left: Money

    @classmethod
    def after(cls, choice: Choice, entitlement: Entitlement) -> Self:
        left = Money(amount=entitlement.left, currency=choice.currency)
        return cls.from_record(choice, shipments=_shipments(choice), left=left)


class EntitlementView(EntitlementSummaryView):
    """An entitlement with its choices, oldest first."""

    choices: list[ChoiceView]

    @classmethod
    def with_choices(cls, found: Entitlement, day: date, choices: list[Choice]) -> Self:
        views = [ChoiceView.of(choice) for choice in choices]
        return cls.from_record(found, state=found.state(day), choices=views)


class WaitingGoodsView(View):
    """Goods to be shipped, or a gift to be handed over: one of the two is null."""

    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    choice: ChoiceView | None
    gift: EntitlementSummaryView | None


WaitingGoodsQuery = narrowed(WaitingGoodsView, same=("company_id",))


class FrozenPriceQuery(PageQuery):
    q: str | None = Field(
        default=None, min_length=1, max_length=64, description="The beginning of the article number (sku)."
    )


class FrozenPriceView(View):
    """An article that can be chosen, at its base price of the day on which the period was closed."""

    sku: str
    name: str = Field(description="In English.")
    name_ru: str
    brand: str
    category: str
    unit: str
    pack_multiple: int = Field(description="The quantity is a multiple of this.")
    unit_price: Money = Field(description="VAT included.")

    @classmethod
    def of(cls, priced: FrozenPrice) -> Self:
        return cls.from_record(priced, unit_price=Money(amount=priced.base_price, currency=priced.currency))


class GoodsLineForm(Form):
    sku: Sku
    quantity: int = Field(ge=1, le=1_000_000)

    def requested(self) -> RequestedLine:
        return RequestedLine(self.sku, self.quantity)


class ChoiceForm(Form):
    lines: list[GoodsLineForm] = Field(min_length=1, max_length=MOST_LINES)
    note: str = Field(default="", max_length=500, description="For those who ship.")


class CancelChoiceForm(Form):
    note: str = Field(default="", max_length=500)


class ReasonForm(Form):
    reason: str = Field(min_length=1, max_length=500)


class ShipGoodsForm(Form):
    document: Document = Field(description="Number of the shipping document.")
    day: Day | None = Field(default=None, description="Date of the document; today if omitted.")
    lines: list[GoodsLineForm] | None = Field(
        default=None, min_length=1, max_length=MOST_LINES, description="All that is left if omitted."
    )


class HandOverForm(Form):
    document: Document = Field(description="Number of the document by which the gift was handed over.")
    day: Day | None = Field(default=None, description="The day of the hand-over; today if omitted.")


class ReverseEntitlementForm(ReasonForm):
    amount: Decimal | None = Field(
        default=None, gt=0, max_digits=14, decimal_places=2, description="All that is left if omitted."
    )
