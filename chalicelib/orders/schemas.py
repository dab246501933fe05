"""Orders and distributors as they are asked for and shown."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.members import PersonName
from chalicelib.orders.distributor_model import Distributor
from chalicelib.orders.on_top import Gift
from chalicelib.orders.on_top_schemas import GiftAnswer, OnTopQuote
from chalicelib.orders.request_schemas import CancellationAnswer, ReturnAnswer
from chalicelib.orders.requests import CancellationState, ReturnState
from chalicelib.orders.rules import MOST_UNITS, Asked, Happened, Line, Order, Shipment, Side, State, Step
from chalicelib.orders.stock_schemas import DeliveryStockForm, LineStock, too_little
from chalicelib.platform.fields import Day, Document, Email, Identifier, Region
from chalicelib.platform.http.forms import Form, PageQuery, Shown
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.money import Money
from chalicelib.platform.text import Language
from chalicelib.pricing import PriceAnswer, RuleAnswer

MOST_LINES = 200
# So that all of them can be replaced by others in one transaction.
MOST_REGIONS = 45

# --- what is asked ----------------------------------------------------------------------------------------------------


class LineForm(Form):
    sku: Sku
    quantity: int = Field(ge=1, le=MOST_UNITS)

    def asked(self) -> Asked:
        return Asked(self.sku, self.quantity)


class OrderLineForm(LineForm):
    unit_price: Decimal | None = Field(
        default=None,
        ge=0,
        max_digits=14,
        decimal_places=2,
        description="As it was quoted: where the price is another one by now, nothing is ordered and the new one is told.",
        examples=["114.00"],
    )


Without = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        default=[],
        max_length=20,
        description="Ids of promotions that shall make none of the prices: those of which too little is left, for one.",
    ),
]
WithoutOffers = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(default=[], max_length=20, description="Ids of offers that shall be kept for another order."),
]


class OrderForm(Form):
    """A cart. Without `distributor_id`: the company's own distributor, else the first one of its region."""

    lines: list[OrderLineForm] = Field(min_length=1, max_length=MOST_LINES)
    distributor_id: Identifier | None = None
    comment: str = Field(default="", max_length=1000)
    without_promotions: Without
    without_offers: WithoutOffers


class QuoteForm(Form):
    """A cart to be priced. Nothing is kept: the same cart has the same price until something changes."""

    lines: list[LineForm] = Field(min_length=1, max_length=MOST_LINES)
    explain: bool = Field(default=False, description="Whether each price comes with its rules.")
    without_promotions: Without
    without_offers: WithoutOffers


class CancelForm(Form):
    note: str = Field(default="", max_length=500)


class ConfirmForm(Form):
    note: str = Field(default="", max_length=500, description="The distributor reads it.")


class DeclineForm(Form):
    note: str = Field(default="", max_length=500, description="The distributor reads it.")


class AcceptLineForm(Form):
    """So many of this product instead of what was ordered; 0 drops the line."""

    sku: Sku
    quantity: int = Field(ge=0, le=MOST_UNITS)

    def asked(self) -> Asked:
        return Asked(self.sku, self.quantity)


class AcceptForm(Form):
    """Lines that are not named are accepted as ordered."""

    lines: list[AcceptLineForm] = Field(default=[], max_length=MOST_LINES)
    note: str = Field(default="", max_length=500)


class RejectForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The partner reads it.")


class ShipForm(Form):
    """A part of the order, or without `lines` all that is left."""

    document: Document = Field(description="Number of the shipping document; each is told once.")
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
    lines: list[LineForm] | None = Field(default=None, min_length=1, max_length=MOST_LINES)


class OrderQuery(PageQuery):
    """With `state` a page may hold fewer orders than `limit`; go on while there is a `next_cursor`."""

    state: State | None = Field(default=None, description="Only orders in this state.")


class RegionForm(Form):
    """A region that the distributor serves. Of several, the one with the lowest priority number gets its orders."""

    region: Region
    priority: int = Field(default=100, ge=1, le=9999)


class DistributorForm(Form):
    name: str = Field(min_length=2, max_length=200)
    email: Email = Field(description="Where letters about orders go.")
    language: Language | None = Field(default=None, description="Of those letters; the club's language if not given.")
    regions: list[RegionForm] = Field(default=[], max_length=MOST_REGIONS)
    stock: DeliveryStockForm = DeliveryStockForm()


class DistributorChange(Form):
    """What is not given stays as it is; `regions` and `stock` are replaced as a whole."""

    name: str | None = Field(default=None, min_length=2, max_length=200)
    email: Email | None = None
    language: Language | None = None
    regions: list[RegionForm] | None = Field(default=None, max_length=MOST_REGIONS)
    stock: DeliveryStockForm | None = None


class DistributorPersonForm(Form):
    """Somebody who works on the distributor's orders. They sign in with their email."""

    name: PersonName
    email: Email
    language: Language | None = None


# --- what is shown ----------------------------------------------------------------------------------------------------


class OrderedBy(Shown):
    company_id: str
    name: str
    inn: str


class DeliveredBy(Shown):
    distributor_id: str
    name: str


class LineAnswer(Shown):
    """A line at the price that held when the order was placed, with the rule that made it and those that did not."""

    sku: str
    name: str
    name_ru: str
    unit: str
    quantity: int = Field(description="As ordered.")
    proposed: int | None = Field(
        description="What the distributor would deliver instead, while it waits for a `confirm`."
    )
    accepted: int | None = Field(description="As accepted; null until then.")
    dropped: int = Field(
        description="What of the accepted will not come, by a cancellation that the distributor approved."
    )
    shipped: int
    returned: int = Field(description="What of the shipped the distributor took back.")
    base_price: Money
    unit_price: Money
    rule: RuleAnswer
    rejected: list[RuleAnswer]
    vat_percent: str
    amount: Money = Field(description="Of what was accepted less what was dropped; before that, of what was ordered.")
    stock: LineStock | None = Field(
        description="What there was as the order was placed; null where nothing was counted, and where the order reserves."
    )
    warnings: list[Fault] = Field(description="Where there was less than was ordered. Nothing is refused for it.")

    @classmethod
    def of(cls, place: int, line: Line, returned: int, currency: str, language: str) -> Self:
        return cls(
            sku=line.sku,
            name=line.name,
            name_ru=line.name_ru,
            unit=line.unit,
            quantity=line.quantity,
            proposed=line.proposed,
            accepted=line.accepted,
            dropped=line.dropped,
            shipped=line.shipped,
            returned=returned,
            base_price=Money(amount=line.base_price, currency=currency),
            unit_price=Money(amount=line.unit_price, currency=currency),
            rule=RuleAnswer.of(line.chosen, language),
            rejected=[RuleAnswer.of(ruling, language) for ruling in line.rejected],
            vat_percent=f"{line.vat_percent.normalize():f}",
            amount=Money(amount=line.amount, currency=currency),
            stock=LineStock.of(line.available, binding=False) if line.available else None,
            warnings=too_little(place, line.quantity, line.available),
        )


class QuoteLine(Shown):
    """A line at today's price; or what is wrong with it."""

    sku: str
    quantity: int
    base_price: Money | None
    unit_price: Money | None
    amount: Money | None
    explanation: PriceAnswer | None = Field(
        description="With `explain`: the rule that made the price and those that did not."
    )
    stock: LineStock | None = Field(description="Null where nothing was counted.")
    warnings: list[Fault] = Field(description="Where there is less than is asked for, as far as is known: a hint.")
    errors: list[Fault] = Field(description="Where the line cannot be ordered like this.")


class QuoteAnswer(Shown):
    """A cart at today's prices. `total` and `minimum_order` speak of the lines that have a price."""

    day: date
    lines: list[QuoteLine]
    total: Money | None = Field(description="Null without a line that has a price.")
    minimum_order: Money | None = Field(description="Null where any order is large enough.")
    goods_on_top: list[OnTopQuote]
    can_be_ordered: bool = Field(description="Whether no line has an error, and the total reaches the minimum.")


class ShippedLineAnswer(Shown):
    sku: str
    quantity: int
    amount: Money


class ShipmentAnswer(Shown):
    document: str
    day: date = Field(description="Business date: the day on which it becomes purchase volume.")
    at: str
    lines: list[ShippedLineAnswer]
    total: Money
    due_on: date | None = Field(description="When a shipment on credit falls due; null for any other.")

    @classmethod
    def of(cls, shipment: Shipment, currency: str) -> Self:
        return cls(
            document=shipment.document,
            day=shipment.day,
            at=shipment.at,
            lines=[
                ShippedLineAnswer(
                    sku=line.sku, quantity=line.quantity, amount=Money(amount=line.amount, currency=currency)
                )
                for line in shipment.lines
            ],
            total=Money(amount=shipment.total, currency=currency),
            due_on=shipment.on_credit.due_on if shipment.on_credit else None,
        )


class HappenedAnswer(Shown):
    """A step: when, into which state, on whose side, and what was said (the reason, the document's number)."""

    at: str
    step: Step
    state: State
    by: Side = Field(description="`staff`: somebody of the club, for the company.")
    note: str

    @classmethod
    def of(cls, happened: Happened) -> Self:
        return cls(at=happened.at, step=happened.step, state=happened.state, by=happened.by.side, note=happened.note)


class PlacedBy(Shown):
    side: Side = Field(description="`staff`: somebody of the club ordered for the company.")
    member_id: str


class OrderSummary(Shown):
    """An order in a list."""

    order_id: str
    number: str = Field(description="Short, for people; the id is what is unique.", examples=["261120-7K3QX"])
    state: State
    placed_at: str
    placed_by: PlacedBy
    company: OrderedBy
    distributor: DeliveredBy
    line_count: int
    total: Money
    cancellation_waits: bool = Field(description="Whether the distributor has to answer a request for cancellation.")
    returns_waiting: int = Field(description="Returns that the distributor has to answer.")

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(**_summary(order))


class OrderPage(Shown):
    items: list[OrderSummary]
    next_cursor: str | None


class OrderAnswer(OrderSummary):
    """An order whole."""

    comment: str
    proposed_total: Money | None = Field(description="What a `changed` order comes to if the company confirms it.")
    reserves: bool = Field(description="Whether its goods are reserved, since the distributor's stock is binding.")
    lines: list[LineAnswer]
    shipments: list[ShipmentAnswer]
    cancellation: CancellationAnswer | None = Field(description="The latest request for cancellation.")
    returns: list[ReturnAnswer]
    goods_on_top: list[GiftAnswer]
    history: list[HappenedAnswer]

    @classmethod
    def told(cls, order: Order, language: str, gifts: Sequence[Gift]) -> Self:
        returned = Counter[str]()
        for line in order.came_back:
            returned[line.sku] += line.counted
        return cls(
            **_summary(order),
            comment=order.comment,
            proposed_total=_money_or_none(order.proposed_total, order.currency),
            reserves=order.reserves,
            lines=[
                LineAnswer.of(place, line, returned[line.sku], order.currency, language)
                for place, line in enumerate(order.lines)
            ],
            shipments=[ShipmentAnswer.of(shipment, order.currency) for shipment in order.shipments],
            cancellation=CancellationAnswer.of(order.cancellation) if order.cancellation else None,
            returns=[ReturnAnswer.of(each, order.currency) for each in order.returns],
            goods_on_top=[GiftAnswer.of(gift) for gift in gifts],
            history=[HappenedAnswer.of(happened) for happened in order.history],
        )


def _money_or_none(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)


def _summary(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
        "state": order.state,
        "placed_at": order.placed_at,
        "placed_by": PlacedBy(side=order.placed_by.side, member_id=order.placed_by.member_id),
        "company": OrderedBy(company_id=order.company_id, name=order.company_name, inn=order.company_inn),
        "distributor": DeliveredBy(distributor_id=order.distributor_id, name=order.distributor_name),
        "line_count": len(order.lines),
        "total": Money(amount=order.total, currency=order.currency),
        "cancellation_waits": order.cancellation is not None and order.cancellation.state is CancellationState.WAITING,
        "returns_waiting": sum(each.state is ReturnState.REQUESTED for each in order.returns),
    }


class DebtAnswer(Shown):
    """A shipment on credit that is not paid."""

    document: str
    amount: Money
    due_on: date | None
    overdue: bool


class CreditAnswer(Shown):
    """What the company has on order and owes, against its limit."""

    limit: Money | None = Field(description="As agreed; null where none is.")
    used: Money = Field(description="On order and not yet shipped, and shipped on credit and not paid.")
    left: Money | None = Field(description="What an order may come to; null without a limit.")
    debts: list[DebtAnswer] = Field(description="First due first.")


class DistributorPage(Shown):
    items: list[Distributor]
    next_cursor: str | None


class DistributorPerson(Shown):
    member_id: str
    name: str
    email: str


class DistributorPeople(Shown):
    items: list[DistributorPerson]
    next_cursor: str | None
