"""The states of an order's free goods. Pure: a function of the order, its payments, and the day.

    promised ──▶ granted ──ship──▶ shipped
        ▲ └────────┴─▶ withdrawn ─┐
        └───────────▲─────────────┘

Units count that are shipped, not returned, and paid in time with their shipment. Units are possible that are still to be shipped, or that
are shipped and not overdue. A payment may be recorded for `grace_days` after the last day of payment, so that bookkeeping in the evening or
in the morning makes no difference.

    granted     the counting units bring as many goods as the counting and the possible ones together
    withdrawn   the counting and the possible units bring no goods
    promised    otherwise

Only `shipped` is final. A timely payment that is recorded after the withdrawal grants the goods after all; a return or a corrected payment
takes granted goods back until they are shipped. Shipped goods stay with the company: staff settle later returns by hand.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from chalicelib.orders.free_goods.config import FreeGoodsDeadlines
from chalicelib.orders.order.rules import Order, OrderState, Shipment
from chalicelib.pricing import FreeGoodsPromise, free_goods_times

DAY = timedelta(days=1)
_DELIVERED_FROM = frozenset({OrderState.PLACED, OrderState.CHANGED, OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED})

PaidOn = Mapping[str, date | None]
"""Day of full payment of each shipment, by document."""


class FreeGoodsState(StrEnum):
    PROMISED = "promised"
    GRANTED = "granted"
    SHIPPED = "shipped"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    TOO_FEW = "too_few"  # accepted with less, or returned
    NOT_PAID = "not_paid"


class NotGranted(Exception):
    """The goods cannot be shipped in this state."""

    def __init__(self, state: FreeGoodsState) -> None:
        super().__init__(state)
        self.state = state


class Unpaid(NamedTuple):
    """An unpaid shipment that can still be paid in time."""

    document: str
    units: int
    last_day: date


class Verdict(NamedTuple):
    """The state on a day, and how many times the goods are granted. `unpaid`: shipments to pay, by last day of payment."""

    state: FreeGoodsState
    times: int
    why: WithdrawalReason | None = None
    unpaid: tuple[Unpaid, ...] = ()
    lapses_on: date | None = None  # the first day on which time alone changes the state


@dataclass(frozen=True, slots=True)
class OrderFreeGoods:
    """A promise and its state. `reminded`: last day of payment of the latest reminder; `due_on`: day of the next assessment."""

    promise: FreeGoodsPromise
    company_id: str
    order_id: str
    number: str
    distributor_id: str
    placed_at: str
    state: FreeGoodsState = FreeGoodsState.PROMISED
    count: int = 0
    why: WithdrawalReason | None = None
    reminded: date | None = None
    due_on: date | None = None
    document: str = ""
    shipped_on: date | None = None
    version: int = 1

    @property
    def quantity(self) -> int:
        """In units of the goods."""
        return self.count * self.promise.terms.free.quantity


def promised(order: Order) -> list[OrderFreeGoods]:
    """The free goods of a new order."""
    return [
        OrderFreeGoods(
            promise=promise,
            company_id=order.company_id,
            order_id=order.order_id,
            number=order.number,
            distributor_id=order.distributor_id,
            placed_at=order.placed_at,
            count=promise.count,
            due_on=promise.terms.pay_by,
        )
        for promise in order.promises
    ]


class Assessment(NamedTuple):
    """The goods after an assessment, and the shipments to remind of."""

    goods: OrderFreeGoods
    remind: tuple[Unpaid, ...] = ()


def assess(goods: OrderFreeGoods, order: Order, paid_on: PaidOn, day: date, config: FreeGoodsDeadlines) -> Assessment:
    """The goods in their state of this day; equal to the given ones if nothing changed."""
    if goods.state is FreeGoodsState.SHIPPED:
        return Assessment(goods)
    verdict = verdict_of(goods.promise, order, paid_on, day, config)
    ahead = config.reminder_days * DAY
    not_reminded = [each for each in verdict.unpaid if goods.reminded is None or each.last_day > goods.reminded]
    remind = tuple(each for each in not_reminded if each.last_day - ahead <= day <= each.last_day)
    reminded = max([each.last_day for each in remind], default=goods.reminded)
    later = [each.last_day - ahead for each in not_reminded if each.last_day - ahead > day]
    due_on = min([*later, *([verdict.lapses_on] if verdict.lapses_on else [])], default=None)
    return Assessment(
        replace(goods, state=verdict.state, count=verdict.times, why=verdict.why, reminded=reminded, due_on=due_on),
        remind,
    )


def ship(goods: OrderFreeGoods, document: str, day: date) -> OrderFreeGoods:
    """The goods as shipped. Raises `NotGranted` unless they are granted."""
    if goods.state is not FreeGoodsState.GRANTED:
        raise NotGranted(goods.state)
    return replace(goods, state=FreeGoodsState.SHIPPED, document=document, shipped_on=day, due_on=None)


def verdict_of(
    promise: FreeGoodsPromise, order: Order, paid_on: PaidOn, day: date, config: FreeGoodsDeadlines
) -> Verdict:
    grace = config.grace_days * DAY
    shipped, counting, unpaid = 0, 0, []
    for shipment, units in _shipped(promise, order):
        shipped += units
        last_day, paid = promise.last_day(shipment.day), paid_on.get(shipment.document)
        if paid is not None and paid <= last_day:
            counting += units
        elif paid is None and day <= last_day + grace:
            unpaid.append(Unpaid(shipment.document, units, last_day))
    ends = [each.last_day for each in unpaid]
    possible_units = sum(each.units for each in unpaid)
    to_come = sum(order.lines[place].left for place in promise.lines) if order.state in _DELIVERED_FROM else 0
    pay_by = promise.terms.pay_by
    if to_come and pay_by is None:
        possible_units += to_come
    elif to_come and pay_by is not None and day <= pay_by + grace:
        possible_units += to_come
        ends.append(pay_by)

    def brings(units: int) -> int:
        # Units that the distributor delivers beyond the order were not promised.
        return min(free_goods_times(promise.terms, units), promise.count)

    possible = brings(counting + possible_units)
    if not possible:
        return Verdict(FreeGoodsState.WITHDRAWN, 0, _withdrawal_reason(order, too_few=not brings(shipped + to_come)))
    if brings(counting) == possible:
        return Verdict(FreeGoodsState.GRANTED, possible)
    first_due = tuple(sorted(unpaid, key=lambda each: (each.last_day, each.document)))
    return Verdict(FreeGoodsState.PROMISED, possible, None, first_due, min(ends) + grace + DAY if ends else None)


def _shipped(promise: FreeGoodsPromise, order: Order) -> Iterator[tuple[Shipment, int]]:
    """Shipments with units that count, less what came back of them."""
    skus = {order.lines[place].sku for place in promise.lines}
    back: Counter[str] = Counter()
    for line in order.came_back:
        if line.sku in skus:
            back[line.document] += line.counted
    for shipment in order.shipments:
        units = sum(line.quantity for line in shipment.lines if line.sku in skus) - back[shipment.document]
        if units:
            yield shipment, units


def _withdrawal_reason(order: Order, *, too_few: bool) -> WithdrawalReason:
    if order.state is OrderState.REJECTED:
        return WithdrawalReason.REJECTED
    if order.state is OrderState.CANCELLED:
        return WithdrawalReason.CANCELLED
    return WithdrawalReason.TOO_FEW if too_few else WithdrawalReason.NOT_PAID
