"""What becomes of goods that an order was promised on top. Pure: a function of the order, of the payments, and of the day.

    promised ──▶ granted ──ship──▶ shipped
        ▲ └────────┴─▶ withdrawn ─┐
        └───────────▲─────────────┘

Units count that are shipped, did not come back, and whose shipment was paid in time. There is still hope for units that are to be shipped,
and for those that are shipped and whose payment is not late: it may be told for some days after the last one (`grace_days`), so that it
does not matter whether the books are kept in the evening or in the morning.

    granted     once all that there is hope for is there
    withdrawn   once what is there, and what there is hope for, bring nothing
    promised    until then

Nothing but `shipped` is for good: whoever learns of a payment in time only after the goods were withdrawn grants them after all, and a
return, or a payment that turns out to be none, takes them back as long as they are not shipped. What was shipped stays with the company,
whatever comes back after that: staff settles it by hand.
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
"""When each shipment was paid in full, by its document."""


class FreeGoodsState(StrEnum):
    PROMISED = "promised"
    GRANTED = "granted"
    SHIPPED = "shipped"
    WITHDRAWN = "withdrawn"


class WithdrawalReason(StrEnum):
    """Why goods were withdrawn."""

    REJECTED = "rejected"
    CANCELLED = "cancelled"
    TOO_FEW = "too_few"  # accepted with less, or returned
    NOT_PAID = "not_paid"


class NotGranted(Exception):
    """The goods cannot be shipped as they are."""

    def __init__(self, state: FreeGoodsState) -> None:
        super().__init__(state)
        self.state = state


class Unpaid(NamedTuple):
    """A shipment for which there is still hope: its document, and the last day to pay it."""

    document: str
    units: int
    last_day: date


class Verdict(NamedTuple):
    """What the facts say on a day: so many times the goods. `unpaid`: what is still to be paid, first due first."""

    state: FreeGoodsState
    times: int
    why: WithdrawalReason | None = None
    unpaid: tuple[Unpaid, ...] = ()
    lapses_on: date | None = None  # the first day on which the passing of time alone changes it


@dataclass(frozen=True, slots=True)
class OrderFreeGoods:
    """The life of a promise. `reminded`: up to which last day to pay letters were written; `due_on`: when to look at it again."""

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
        """Units of the goods."""
        return self.count * self.promise.terms.free.quantity


def promised(order: Order) -> list[OrderFreeGoods]:
    """The gifts of a new order."""
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
    """A gift as a look at the facts leaves it, and the shipments that a letter shall remind of."""

    goods: OrderFreeGoods
    remind: tuple[Unpaid, ...] = ()


def assess(goods: OrderFreeGoods, order: Order, paid_on: PaidOn, day: date, config: FreeGoodsDeadlines) -> Assessment:
    """The gift as it is on this day. With nothing to tell it is the same gift."""
    if goods.state is FreeGoodsState.SHIPPED:
        return Assessment(goods)
    verdict = verdict_of(goods.promise, order, paid_on, day, config)
    ahead = config.reminder_days * DAY
    untold = [each for each in verdict.unpaid if goods.reminded is None or each.last_day > goods.reminded]
    remind = tuple(each for each in untold if each.last_day - ahead <= day <= each.last_day)
    reminded = max([each.last_day for each in remind], default=goods.reminded)
    later = [each.last_day - ahead for each in untold if each.last_day - ahead > day]
    due_on = min([*later, *([verdict.lapses_on] if verdict.lapses_on else [])], default=None)
    return Assessment(
        replace(goods, state=verdict.state, count=verdict.times, why=verdict.why, reminded=reminded, due_on=due_on),
        remind,
    )


def ship(goods: OrderFreeGoods, document: str, day: date) -> OrderFreeGoods:
    """The distributor has handed it over. Raises `NotGranted` unless it is granted."""
    if goods.state is not FreeGoodsState.GRANTED:
        raise NotGranted(goods.state)
    return replace(goods, state=FreeGoodsState.SHIPPED, document=document, shipped_on=day, due_on=None)


def verdict_of(
    promise: FreeGoodsPromise, order: Order, paid_on: PaidOn, day: date, config: FreeGoodsDeadlines
) -> Verdict:
    grace = config.grace_days * DAY
    everything, there, unpaid = 0, 0, []
    for shipment, units in _shipped(promise, order):
        everything += units
        last_day, paid = promise.last_day(shipment.day), paid_on.get(shipment.document)
        if paid is not None and paid <= last_day:
            there += units
        elif paid is None and day <= last_day + grace:
            unpaid.append(Unpaid(shipment.document, units, last_day))
    ends = [each.last_day for each in unpaid]
    hoped_for = sum(each.units for each in unpaid)
    to_come = sum(order.lines[place].left for place in promise.lines) if order.state in _DELIVERED_FROM else 0
    pay_by = promise.terms.pay_by
    if to_come and pay_by is None:
        hoped_for += to_come
    elif to_come and pay_by is not None and day <= pay_by + grace:
        hoped_for += to_come
        ends.append(pay_by)

    def brings(units: int) -> int:
        # What the distributor delivers beyond the order was not promised.
        return min(free_goods_times(promise.terms, units), promise.count)

    possible = brings(there + hoped_for)
    if not possible:
        return Verdict(FreeGoodsState.WITHDRAWN, 0, _why(order, too_few=not brings(everything + to_come)))
    if brings(there) == possible:
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


def _why(order: Order, *, too_few: bool) -> WithdrawalReason:
    if order.state is OrderState.REJECTED:
        return WithdrawalReason.REJECTED
    if order.state is OrderState.CANCELLED:
        return WithdrawalReason.CANCELLED
    return WithdrawalReason.TOO_FEW if too_few else WithdrawalReason.NOT_PAID
