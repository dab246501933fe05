"""What a company asks of its distributor after the order was accepted: to drop the rest of it, or to take goods back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from chalicelib.catalog import StockFigure


class CancellationState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"  # all was shipped before it was answered


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The company asks for an order not to be delivered any more, though it is accepted. `note` is the answer's."""

    asked_at: str
    reason: str
    state: CancellationState = CancellationState.WAITING
    answered_at: str = ""
    note: str = ""


class ReturnState(StrEnum):
    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """So much of a line of a shipment that goes back, at the price at which it came."""

    document: str
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    accepted: int | None = None

    @property
    def counted(self) -> int:
        """As taken back, before that as asked for."""
        return self.quantity if self.accepted is None else self.accepted

    @property
    def amount(self) -> Decimal:
        return self.unit_price * self.counted


@dataclass(frozen=True, slots=True)
class Return:
    """Goods of an order that go back. `document`, `day`: the distributor's, of what it took back. `note`: why it did not."""

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
    """So many units, as of a moment; without one nothing was ever counted."""

    units: int
    at: datetime | None


def counted(figures: Iterable[StockFigure]) -> Available:
    """Whole units of all figures together, as of when they all hold: the oldest.

    An empty warehouse does not hold the others back: nothing can have left it since. Where all are empty, the newest.
    """
    every = list(figures)
    if not every:
        return Available(0, None)
    filled = [each.at for each in every if each.quantity > 0]
    return Available(
        int(sum((each.quantity for each in every), Decimal(0))),
        min(filled) if filled else max(each.at for each in every),
    )
