from datetime import date
from decimal import Decimal
from typing import Any, Self

from pydantic import Field

from chalicelib.orders.order.model import Available, Cancellation, CancellationState, Return, ReturnState
from chalicelib.orders.order.rules import HistoryEntry, Line, Order, OrderState, OrderStep, Shipment, Side
from chalicelib.platform import clock
from chalicelib.platform.http.forms import Shown
from chalicelib.platform.http.problems import Fault
from chalicelib.platform.money import Money
from chalicelib.pricing import PriceRuleView

# --- what is shown ----------------------------------------------------------------------------------------------------


class CancellationView(Shown):
    """The company asks that what is not shipped does not come. `lapsed`: it was shipped before an answer."""

    state: CancellationState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="The distributor's answer.")

    @classmethod
    def of(cls, cancellation: Cancellation) -> Self:
        return cls(
            state=cancellation.state,
            asked_at=cancellation.asked_at,
            reason=cancellation.reason,
            answered_at=cancellation.answered_at or None,
            note=cancellation.note,
        )


class ReturnedLineView(Shown):
    document: str = Field(description="The shipment that the goods came with.")
    sku: str
    quantity: int = Field(description="As asked for.")
    accepted: int | None = Field(description="As taken back; null until then.")
    amount: Money = Field(description="Of what was taken back; before that, of what was asked for.")


class ReturnView(Shown):
    """Goods of the order that go back. Those that were taken back are no purchase volume any more."""

    return_id: str
    state: ReturnState
    asked_at: str
    reason: str
    answered_at: str | None
    note: str = Field(description="Why the distributor did not take them back.")
    document: str | None = Field(description="The distributor's document of what it took back.")
    day: date | None = Field(description="Its business date.")
    lines: list[ReturnedLineView]
    total: Money

    @classmethod
    def of(cls, returned: Return, currency: str) -> Self:
        return cls(
            return_id=returned.return_id,
            state=returned.state,
            asked_at=returned.asked_at,
            reason=returned.reason,
            answered_at=returned.answered_at or None,
            note=returned.note,
            document=returned.document or None,
            day=returned.day,
            lines=[
                ReturnedLineView(
                    document=line.document,
                    sku=line.sku,
                    quantity=line.quantity,
                    accepted=line.accepted,
                    amount=Money(amount=line.amount, currency=currency),
                )
                for line in returned.lines
            ],
            total=Money(amount=returned.total, currency=currency),
        )


class LineStockView(Shown):
    """What there is of a line's goods, where they are delivered from."""

    available: int = Field(description="Whole units; less what other orders reserve, where stock is binding.")
    at: str | None = Field(description="When it was counted; null where it never was.")
    binding: bool = Field(
        description="Whether an order reserves it. Else it is a hint, and no order is refused for it."
    )

    @classmethod
    def of(cls, available: Available, *, binding: bool) -> Self:
        at = clock.stamp(available.at) if available.at else None
        return cls(available=available.units, at=at, binding=binding)


def stock_warnings(place: int, quantity: int, available: Available | None) -> list[Fault]:
    """What is to be said of a line of which there is less than is asked for."""
    if available is None or quantity <= available.units:
        return []
    counted = f", as of {clock.stamp(available.at)}" if available.at else ""
    detail = f"There are {available.units} of it{counted}."
    return [Fault(pointer=f"/lines/{place}/quantity", code="out_of_stock", detail=detail)]


# --- what is shown ----------------------------------------------------------------------------------------------------


class OrderCompanyView(Shown):
    company_id: str
    name: str
    inn: str


class OrderDistributorView(Shown):
    distributor_id: str
    name: str


class OrderLineView(Shown):
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
    rule: PriceRuleView
    rejected: list[PriceRuleView]
    vat_percent: str
    amount: Money = Field(description="Of what was accepted less what was dropped; before that, of what was ordered.")
    stock: LineStockView | None = Field(
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
            rule=PriceRuleView.of(line.chosen, language),
            rejected=[PriceRuleView.of(ruling, language) for ruling in line.rejected],
            vat_percent=f"{line.vat_percent.normalize():f}",
            amount=Money(amount=line.amount, currency=currency),
            stock=LineStockView.of(line.available, binding=False) if line.available else None,
            warnings=stock_warnings(place, line.quantity, line.available),
        )


class ShippedLineView(Shown):
    sku: str
    quantity: int
    amount: Money


class ShipmentView(Shown):
    document: str
    day: date = Field(description="Business date: the day on which it becomes purchase volume.")
    at: str
    lines: list[ShippedLineView]
    total: Money
    due_on: date | None = Field(description="When a shipment on credit falls due; null for any other.")

    @classmethod
    def of(cls, shipment: Shipment, currency: str) -> Self:
        return cls(
            document=shipment.document,
            day=shipment.day,
            at=shipment.at,
            lines=[
                ShippedLineView(
                    sku=line.sku, quantity=line.quantity, amount=Money(amount=line.amount, currency=currency)
                )
                for line in shipment.lines
            ],
            total=Money(amount=shipment.total, currency=currency),
            due_on=shipment.on_credit.due_on if shipment.on_credit else None,
        )


class HistoryEntryView(Shown):
    """A step: when, into which state, on whose side, and what was said (the reason, the document's number)."""

    at: str
    step: OrderStep
    state: OrderState
    by: Side = Field(description="`staff`: somebody of the club, for the company.")
    note: str

    @classmethod
    def of(cls, entry: HistoryEntry) -> Self:
        return cls(at=entry.at, step=entry.step, state=entry.state, by=entry.by.side, note=entry.note)


class PlacedByView(Shown):
    side: Side = Field(description="`staff`: somebody of the club ordered for the company.")
    member_id: str


class OrderSummaryView(Shown):
    """An order in a list."""

    order_id: str
    number: str = Field(description="Short, for people; the id is what is unique.", examples=["261120-7K3QX"])
    state: OrderState
    placed_at: str
    placed_by: PlacedByView
    company: OrderCompanyView
    distributor: OrderDistributorView
    line_count: int
    total: Money
    cancellation_waits: bool = Field(description="Whether the distributor has to answer a request for cancellation.")
    returns_waiting: int = Field(description="Returns that the distributor has to answer.")

    @classmethod
    def of(cls, order: Order) -> Self:
        return cls(**summary_of(order))


class OrderPage(Shown):
    items: list[OrderSummaryView]
    next_cursor: str | None


def money_or_none(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)


def summary_of(order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "number": order.number,
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
