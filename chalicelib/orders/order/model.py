"""The delivery of an order; requests for cancellation and for returns of an accepted order; the stock of an article."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.catalog import StockFigure
from chalicelib.companies import Address
from chalicelib.platform import line_sum


class DeliveryMethod(StrEnum):
    CARRIER = "carrier"  # brought to an address
    PICKUP = "pickup"  # fetched at the distributor's warehouse


class Delivery(NamedTuple):
    """The delivery that the company wishes for. It binds nobody.

    `address`: copied when the order was placed; None for a pick-up. `wished_on`: None for as soon as possible. `partial_shipment`: whether
    the goods may come in parts. `offer_id`: the offer by which it is free; empty without one.
    """

    method: DeliveryMethod
    address: Address | None = None
    wished_on: date | None = None
    partial_shipment: bool = True
    offer_id: str = ""

    @property
    def free(self) -> bool:
        return bool(self.offer_id)


class CancellationState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"  # all was shipped before the answer


class Cancellation(NamedTuple):
    """A request to cancel the rest of an accepted order. `note`: the distributor's answer."""

    asked_at: str
    reason: str
    state: CancellationState = CancellationState.WAITING
    answered_at: str = ""
    note: str = ""


class ReturnState(StrEnum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class ReturnedLine(NamedTuple):
    """Units of a shipped line that go back, at the price of the shipment.

    `accepted`: None before the answer. `before`: the units of the order's line up to those that go back: of earlier shipments, and of this
    one those that were taken back before.
    """

    document: str
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    accepted: int | None = None
    before: int = 0

    @property
    def counted(self) -> int:
        """The accepted units; before the answer, the requested ones."""
        return self.quantity if self.accepted is None else self.accepted

    @property
    def amount(self) -> Decimal:
        return line_sum(self.unit_price, self.counted, self.before)


class Return(NamedTuple):
    """Goods of an order that go back. `document`, `day`: those of the distributor's return document; `note`: reason of a rejection."""

    return_id: str
    asked_at: str
    reason: str
    lines: tuple[ReturnedLine, ...]
    state: ReturnState = ReturnState.REQUESTED
    answered_at: str = ""
    note: str = ""
    document: str = ""
    day: date | None = None

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


class Available(NamedTuple):
    """Units of stock, and the moment of their count; None if they were never counted."""

    units: int
    at: datetime | None


def available_of(figures: Iterable[StockFigure]) -> Available:
    """Whole units of all figures together, as of the oldest count, at which all of them hold.

    Empty warehouses do not count for the moment, since nothing can have left them. If all are empty, it is the newest count.
    """
    every = list(figures)
    if not every:
        return Available(0, None)
    filled = [each.at for each in every if each.quantity > 0]
    return Available(
        int(sum((each.quantity for each in every), Decimal(0))),
        min(filled) if filled else max(each.at for each in every),
    )
