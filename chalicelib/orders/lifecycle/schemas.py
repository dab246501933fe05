"""Forms of an order's steps; views of an order and of a company's credit."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.catalog import Sku
from chalicelib.orders.free_goods.rules import OrderFreeGoods
from chalicelib.orders.free_goods.schemas import OrderFreeGoodsView
from chalicelib.orders.lifecycle.rules import MOST_RETURNED_LINES, ReturnedUnits
from chalicelib.orders.order.rules import MOST_UNITS, Order, OrderState, RequestedLine
from chalicelib.orders.order.schemas import (
    CancellationView,
    HistoryEntryView,
    OrderDeliveryView,
    OrderLineView,
    OrderSummaryView,
    ReturnView,
    ShipmentView,
    money_or_none,
    summary_of,
)
from chalicelib.orders.quoting.schemas import MOST_LINES, LineForm
from chalicelib.platform import Fault, Form, ListQuery, Money, PeriodQuery, View, narrowed
from chalicelib.platform.fields import ONE_LINE_OR_NONE, Day, Document, Identifier

# --- forms ------------------------------------------------------------------------------------------------------------


class RequestCancellationForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The distributor reads it.")


class CancellationResponseForm(Form):
    note: str = Field(default="", max_length=500, description="The partner reads it.")


class ReturnLineForm(Form):
    document: Document = Field(description="Document of the shipment.")
    sku: Sku
    quantity: int = Field(ge=1, le=MOST_UNITS)

    def part(self) -> ReturnedUnits:
        return ReturnedUnits(self.document, self.sku, self.quantity)


class ReturnForm(Form):
    """Goods to return, by shipment."""

    lines: list[ReturnLineForm] = Field(min_length=1, max_length=MOST_RETURNED_LINES)
    reason: str = Field(min_length=1, max_length=500, description="The distributor reads it.")


class TakenLineForm(ReturnLineForm):
    """The quantity that came back, where it differs from the requested one; 0 if none did."""

    quantity: int = Field(ge=0, le=MOST_UNITS)


class AcceptReturnForm(Form):
    """Lines that are not named came back in the requested quantity."""

    document: Document = Field(
        description="Number of the return document; unique among the distributor's returns of a year."
    )
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
    lines: list[TakenLineForm] = Field(default=[], max_length=MOST_RETURNED_LINES)


class RejectReturnForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The partner reads it.")


class CancelForm(Form):
    note: str = Field(default="", max_length=500)


class ConfirmForm(Form):
    note: str = Field(default="", max_length=500, description="The distributor reads it.")


class DeclineForm(Form):
    note: str = Field(default="", max_length=500, description="The distributor reads it.")


class AcceptLineForm(Form):
    """The quantity to deliver instead of the ordered one; 0 drops the line."""

    sku: Sku
    quantity: int = Field(ge=0, le=MOST_UNITS)

    def asked(self) -> RequestedLine:
        return RequestedLine(self.sku, self.quantity)


class AcceptForm(Form):
    """Lines that are not named are accepted as ordered."""

    lines: list[AcceptLineForm] = Field(default=[], max_length=MOST_LINES)
    note: str = Field(default="", max_length=500)


class AcceptOrdersForm(Form):
    """Orders to accept as they are."""

    order_ids: list[Identifier] = Field(min_length=1, max_length=50)


class AcceptedOrderView(View):
    """The result of one order. `unchanged`: it was accepted before."""

    order_id: str
    result: Literal["accepted", "unchanged", "failed"]
    errors: list[Fault]


class AcceptedOrdersView(View):
    """The orders with their results, in the order of the request."""

    items: list[AcceptedOrderView]


class RejectForm(Form):
    reason: str = Field(min_length=1, max_length=500, description="The partner reads it.")


Carrier = Annotated[
    str,
    Field(
        max_length=100,
        pattern=ONE_LINE_OR_NONE,
        description="Company that carries the goods.",
        examples=["Delovye Linii"],
    ),
]
TrackingNumber = Annotated[
    str,
    Field(
        max_length=64,
        pattern=ONE_LINE_OR_NONE,
        description="Number to follow the shipment at the carrier.",
        examples=["26-00541234567"],
    ),
]


class ShipForm(Form):
    """A part of the order; without `lines` the rest of it."""

    document: Document = Field(
        description="Number of the shipping document; unique among the distributor's documents of a year."
    )
    day: Day | None = Field(default=None, description="Business date of the document; today if not given.")
    lines: list[LineForm] | None = Field(default=None, min_length=1, max_length=MOST_LINES)
    carrier: Carrier = ""
    tracking_number: TrackingNumber = ""


class TrackForm(Form):
    """A value that is not given stays as it is; null or an empty text takes it away."""

    document: Document = Field(description="Document of the shipment.")
    carrier: Carrier | None = None
    tracking_number: TrackingNumber | None = None


class OrdersByDayQuery(ListQuery, PeriodQuery):
    """By the day of placing. With a filter a page may hold fewer orders than `limit`; read on while there is a `next_cursor`."""

    state: OrderState | None = Field(default=None, description="Only orders in this state.")


OrderQuery = narrowed(OrderSummaryView, words=("number", "buyer_order_number"), amount="total", base=OrdersByDayQuery)


class OrderView(OrderSummaryView):
    """An order with its lines, shipments, requests and history."""

    comment: str
    delivery: OrderDeliveryView | None = Field(description="Null if the company named no wishes.")
    proposed_total: Money | None = Field(description="Total of a `changed` order if the company confirms it.")
    reserves: bool = Field(
        description="Whether the order reserves its goods: true where the distributor's stock is binding."
    )
    lines: list[OrderLineView] = Field(description="As they stand now.")
    shipments: list[ShipmentView]
    cancellation: CancellationView | None = Field(description="The latest request for cancellation.")
    returns: list[ReturnView] = Field(description="The oldest first.")
    goods_on_top: list[OrderFreeGoodsView] = Field(description="Free goods that it brings.")
    history: list[HistoryEntryView]

    @classmethod
    def of_order(cls, order: Order, language: str, free_goods: Sequence[OrderFreeGoods]) -> Self:
        returned = Counter[str]()
        for line in order.came_back:
            returned[line.sku] += line.counted
        return cls(
            **summary_of(order),
            comment=order.comment,
            delivery=OrderDeliveryView.from_record(order.delivery) if order.delivery else None,
            proposed_total=money_or_none(order.proposed_total, order.currency),
            reserves=order.reserves,
            lines=[
                OrderLineView.of(place, line, returned[line.sku], order.currency, language)
                for place, line in enumerate(order.lines)
            ],
            shipments=[ShipmentView.of(shipment, order.currency) for shipment in order.shipments],
            cancellation=CancellationView.from_record(order.cancellation) if order.cancellation else None,
            returns=[ReturnView.from_record(each, order.currency) for each in order.returns],
            goods_on_top=[OrderFreeGoodsView.of(goods) for goods in free_goods],
            history=[HistoryEntryView.of(entry) for entry in order.history],
        )


class DebtView(View):
    """An unpaid shipment on credit."""

    document: str
    amount: Money
    due_on: date | None
    overdue: bool


class CreditView(View):
    """The company's open orders and debts against its credit limit."""

    limit: Money | None = Field(description="The agreed limit; null if there is none.")
    used: Money = Field(description="Amount of goods on order and not shipped yet, and of unpaid shipments on credit.")
    left: Money | None = Field(description="Highest total of the next order; null without a limit.")
    debts: list[DebtView] = Field(description="By due date, earliest first.")
