from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.companies import AddressView
from chalicelib.orders.order.model import Available, CancellationState, DeliveryMethod, ReturnState
from chalicelib.orders.order.rules import HistoryEntry, Line, Order, OrderState, OrderStep, Shipment, Side
from chalicelib.platform import Fault, ListPage, Money, NameOf, UnitPrice, View, clock
from chalicelib.pricing import PriceRuleView


class CancellationView(View):
    """The company's request to cancel the rest of an accepted order. `lapsed`: all was shipped before the answer."""

    state: CancellationState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="The distributor's answer.")


class ReturnedLineView(View):
    document: str = Field(description="Document of the shipment.")
    sku: str
    quantity: int = Field(description="The requested quantity.")
    accepted: int | None = Field(description="The accepted quantity; null before the answer.")
    amount: Money = Field(description="Of the accepted quantity; before the answer, of the requested one.")


class ReturnView(View):
    """Goods of the order that go back. Accepted returns are no purchase volume."""

    return_id: str
    state: ReturnState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="Reason of a rejection.")
    document: str | None = Field(description="The distributor's return document.")
    day: date | None = Field(description="Its business date.")
    lines: list[ReturnedLineView]
    total: Money


class OrderDeliveryView(View):
    """The delivery that the company wishes for."""

    method: DeliveryMethod = Field(
        description="`carrier`: brought to the address. `pickup`: fetched at the distributor's warehouse."
    )
    address: AddressView | None = Field(description="The address as it was when the order was placed; null: a pick-up.")
    wished_on: date | None = Field(description="Wished day; null: as soon as possible.")
    partial_shipment: bool = Field(description="Whether the goods may come in parts.")
    free: bool = Field(description="Whether the club's offer to the company makes it free.")


class LineStockView(View):
    """Stock of a line's goods at the warehouses of the deliverer."""

    available: int = Field(description="Whole units. With binding stock, less the units that other orders reserve.")
    at: str | None = Field(description="Time of the stock count; null if there was none.")
    binding: bool = Field(
        description="Whether an order reserves the stock. If not, stock is a hint: no order is refused for it."
    )

    @classmethod
    def of(cls, available: Available, *, binding: bool) -> Self:
        at = clock.stamp(available.at) if available.at else None
        return cls(available=available.units, at=at, binding=binding)


def stock_warnings(place: int, quantity: int, available: Available | None) -> list[Fault]:
    """Faults of a line with less stock than requested."""
    if available is None or quantity <= available.units:
        return []
    detail = f"There are {available.units} of it."
    if available.at:
        detail = f"There are {available.units} of it, as of {clock.stamp(available.at)}."
    return [Fault(pointer=f"/lines/{place}/quantity", code="out_of_stock", detail=detail)]


class OrderCompanyView(View):
    """The company that buys."""

    company_id: str
    name: str
    inn: str


class OrderDistributorView(View):
    """The distributor that delivers."""

    distributor_id: str
    name: str


class OrderLineView(View):
    """A line at the price of the day of the order, with the rule that made the price and the rejected rules."""

    sku: str
    name: str = Field(description="In the language of the answer.")
    name_ru: str
    unit: str
    quantity: int = Field(description="The ordered quantity.")
    proposed: int | None = Field(
        description="The quantity that the distributor proposes; null unless the order waits for a `confirm`."
    )
    proposed_unit_price: UnitPrice | None = Field(
        description="The price of the proposed quantity, where it is lower than `unit_price`; null where the price stays."
    )
    accepted: int | None = Field(description="The accepted quantity; null before the acceptance.")
    dropped: int = Field(description="Units of the accepted quantity that an approved cancellation took away.")
    shipped: int = Field(description="Units shipped so far.")
    returned: int = Field(description="Units that the distributor took back.")
    base_price: Money
    unit_price: UnitPrice
    rule: PriceRuleView
    rejected: list[PriceRuleView] = Field(description="Rules that did not make the price, and why.")
    vat_percent: str
    amount: Money = Field(
        description="Of the accepted quantity less the dropped one; before the acceptance, of the ordered quantity."
    )
    stock: LineStockView | None = Field(
        description="Stock when the order was placed; null without a stock count, and for orders that reserve their goods."
    )
    warnings: list[Fault] = Field(
        description="Given where stock was lower than the ordered quantity. A hint: the order is not refused for it."
    )

    @classmethod
    def of(cls, place: int, line: Line, returned: int, currency: str, language: str) -> Self:
        return cls.from_record(
            line,
            currency,
            returned=returned,
            proposed_unit_price=line.proposed_price
            and UnitPrice(amount=line.proposed_price.unit_price, currency=currency),
            rule=PriceRuleView.of(line.chosen, language),
            rejected=[PriceRuleView.of(ruling, language) for ruling in line.rejected],
            vat_percent=f"{line.vat_percent.normalize():f}",
            stock=LineStockView.of(line.available, binding=False) if line.available else None,
            warnings=stock_warnings(place, line.quantity, line.available),
        )


class ShippedLineView(View):
    sku: str
    quantity: int
    amount: Money


class ShipmentView(View):
    document: str
    day: date = Field(description="Business date: the day on which the shipment counts as purchase volume.")
    at: str
    lines: list[ShippedLineView]
    total: Money
    carrier: str = Field(description="Company that carries the goods; empty if the distributor named none.")
    tracking_number: str = Field(description="Number to follow the shipment at the carrier; may be empty.")
    due_on: date | None = Field(description="Due date of a shipment on credit; null for other shipments.")

    @classmethod
    def of(cls, shipment: Shipment, currency: str) -> Self:
        return cls.from_record(shipment, currency, due_on=shipment.on_credit.due_on if shipment.on_credit else None)


class HistoryEntryView(View):
    """A step of the order: time, resulting state, side that took it, and note (the reason, or the document's number)."""

    at: str
    step: OrderStep
    state: OrderState
    by: Side = Field(description="`staff`: the club, for the company.")
    member_id: str = Field(exclude=True)
    by_name: Annotated[str | None, NameOf("member_id")] = None
    note: str

    @classmethod
    def of(cls, entry: HistoryEntry) -> Self:
        return cls.from_record(entry, by=entry.by.side, member_id=entry.by.member_id)


class PlacedByView(View):
    """The person who placed it, and their side."""

    side: Side = Field(description="`staff`: the club ordered for the company.")
    member_id: str


class OrderSummaryView(View):
    """The head of an order."""

    order_id: str
    number: str = Field(
        description="Short number for people. The id is unique, the number need not be.", examples=["261120-7K3QX"]
    )
    buyer_order_number: str = Field(description="The company's own number of the order; may be empty.")
    state: OrderState
    placed_at: str
    placed_by: PlacedByView
    company: OrderCompanyView
    distributor: OrderDistributorView
    line_count: int
    total: Money
    cancellation_waits: bool = Field(description="Whether a request for cancellation waits for the distributor.")
    returns_waiting: int = Field(description="Number of returns that wait for the distributor.")

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(**summary_of(order))


class OrderPage(ListPage[OrderSummaryView]):
    items: list[OrderSummaryView]


def money_or_none(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)


def summary_of(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
        "buyer_order_number": order.buyer_order_number,
        "state": order.state,
        "placed_at": order.placed_at,
        "placed_by": PlacedByView(side=order.placed_by.side, member_id=order.placed_by.member_id),
        "company": OrderCompanyView(company_id=order.company_id, name=order.company_name, inn=order.company_inn),
        "distributor": OrderDistributorView(distributor_id=order.distributor_id, name=order.distributor_name),
        "line_count": len(order.lines),
        "total": Money(amount=order.total, currency=order.currency),
        "cancellation_waits": order.cancellation is not None and order.cancellation.state is CancellationState.WAITING,
        "returns_waiting": sum(each.state is ReturnState.REQUESTED for each in order.returns),
    }
