"""The service of a distributor in a month: a fold of the orders that were placed with it in the month. Pure.

    an order        is answered by the distributor's first acceptance, change or rejection; it is late when none came by the deadline
    an acceptance   of fewer units than ordered of some line is a cut; so is a change that takes units away
    a shipment      counts from the acceptance, or the confirmation of a change, to the first part

What the company cancelled before an answer asks for none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from chalicelib.orders import Order, OrderStep

_ANSWERS = (OrderStep.ACCEPTED, OrderStep.CHANGED, OrderStep.REJECTED)
_AGREED = (OrderStep.ACCEPTED, OrderStep.CONFIRMED)


class ServedOrder(NamedTuple):
    """The service of an order. Hours are None where that has not happened; `in_time` is None while the deadline is not over."""

    answer_hours: Decimal | None
    in_time: bool | None
    rejected: bool
    cut: bool
    ship_hours: Decimal | None


@dataclass(frozen=True, slots=True)
class DistributorMonth:
    """The service of a distributor by the month of placing. `due`: orders that were answered, or whose deadline is over; `in_time`: of these.

    `answer_hours`, `ship_hours`: medians; None of none. `as_of`: the moment of the count.
    """

    month: str
    distributor_id: str
    name: str
    orders: int
    due: int
    in_time: int
    answered: int
    rejected: int
    cut: int
    shipped: int
    answer_hours: Decimal | None = None
    ship_hours: Decimal | None = None
    as_of: str = ""


def served(order: Order, deadline: str, now: str, moment: Callable[[str], datetime]) -> ServedOrder | None:
    """`deadline`, `now`: stored moments. None for an order that the company took back before it was answered."""
    answer = next((each for each in order.history if each.step in _ANSWERS), None)
    if answer is None and any(each.step is OrderStep.CANCELLED for each in order.history):
        return None
    agreed = next((each for each in order.history if each.step in _AGREED), None)
    placed = moment(order.placed_at)
    shipped = moment(order.shipments[0].at) if order.shipments else None
    in_time = answer.at <= deadline if answer else False if deadline < now else None
    return ServedOrder(
        answer_hours=hours(placed, moment(answer.at)) if answer else None,
        in_time=in_time,
        rejected=any(each.step is OrderStep.REJECTED for each in order.history),
        cut=answer is not None and any(_is_cut(line.quantity, line.accepted, line.proposed) for line in order.lines),
        ship_hours=hours(moment(agreed.at), shipped) if agreed and shipped else None,
    )


def _is_cut(ordered: int, accepted: int | None, proposed: int | None) -> bool:
    agreed = accepted if accepted is not None else proposed
    return agreed is not None and agreed < ordered


def hours(first: datetime, last: datetime) -> Decimal:
    return (Decimal((last - first).total_seconds()) / 3600).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def fold(month: str, distributor_id: str, name: str, orders: Sequence[ServedOrder], as_of: str) -> DistributorMonth:
    """The service of all orders of a month."""
    answered = [each for each in orders if each.answer_hours is not None]
    return DistributorMonth(
        month=month,
        distributor_id=distributor_id,
        name=name,
        orders=len(orders),
        due=sum(each.in_time is not None for each in orders),
        in_time=sum(each.in_time is True for each in orders),
        answered=len(answered),
        rejected=sum(each.rejected for each in orders),
        cut=sum(each.cut for each in orders),
        shipped=sum(each.ship_hours is not None for each in orders),
        answer_hours=median(each.answer_hours for each in orders),
        ship_hours=median(each.ship_hours for each in orders),
        as_of=as_of,
    )


def median(hours: Iterable[Decimal | None]) -> Decimal | None:
    """The lower of the two in the middle of an even number; None of none."""
    known = sorted(each for each in hours if each is not None)
    return known[(len(known) - 1) // 2] if known else None
