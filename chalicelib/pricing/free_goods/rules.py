"""Free goods: the progress of a cart, and the promises of an order. Pure.

A promotion with free goods counts the units of its goods in an order, except those whose price a promotion made. For the first `buy` units,
or for each `buy` units if the promotion repeats, the order gets a promise of free goods. The orders decide about its fulfilment.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from chalicelib.pricing.rules import HUNDRED, FreeGoodsTerms, Goods, Price, Promotion

MOST_PROMISES = 5  # of one order, so that it fits into an item


class PricedLine(NamedTuple):
    """A line of a cart with its price, which has the quantity."""

    goods: Goods
    price: Price


class FreeGoodsProgress(NamedTuple):
    """The progress of a cart towards free goods. `lines` are the indices of the lines that count, `units` their units."""

    promotion: Promotion
    terms: FreeGoodsTerms
    lines: tuple[int, ...]
    units: int

    @property
    def times(self) -> int:
        return free_goods_times(self.terms, self.units)

    @property
    def missing(self) -> int | None:
        """The units missing to the next free goods; None if there are no more."""
        if self.times and not self.terms.repeat:
            return None
        return self.terms.buy - self.units % self.terms.buy


@dataclass(frozen=True, slots=True)
class FreeGoodsPromise:
    """Free goods promised to an order, `count` times those of the terms. `lines` are the indices of the lines that count."""

    gift_id: str
    promotion_id: str
    name: str
    name_ru: str
    terms: FreeGoodsTerms
    lines: tuple[int, ...]
    count: int

    def last_day(self, shipped_on: date) -> date:
        """The last day for a timely payment of a shipment of this day."""
        if self.terms.pay_by is not None:
            return self.terms.pay_by
        return shipped_on + timedelta(days=self.terms.pay_within_days or 0)


def percent_of_all(terms: FreeGoodsTerms, free: Decimal, cheapest: Decimal) -> Decimal:
    """The worth of the free goods as a percent of all that the partner gets for them, by base prices of one unit.

    `free` is the price of the free article, `cheapest` that of the cheapest article to buy: free · n / (free · n + cheapest · buy) · 100.
    """
    given = free * terms.free.quantity
    return given * HUNDRED / (given + cheapest * terms.buy) if given else Decimal(0)


def free_goods_times(terms: FreeGoodsTerms, units: int) -> int:
    """The number of times that these units give the free goods."""
    free_goods_progress = units // terms.buy
    return free_goods_progress if terms.repeat else min(free_goods_progress, 1)


def free_goods_progress(promotions: Iterable[Promotion], cart: Sequence[PricedLine | None]) -> list[FreeGoodsProgress]:
    """The progress with each promotion that has goods in the cart. A line that cannot be ordered is None."""
    found = []
    for promotion in promotions:
        if promotion.free_goods is None:
            continue
        lines = tuple(
            place
            for place, line in enumerate(cart)
            if line and promotion.goods.closeness(line.goods) and not line.price.promotions
        )
        if lines:
            units = sum(line.price.quantity for place in lines if (line := cart[place]))
            found.append(FreeGoodsProgress(promotion, promotion.free_goods, lines, units))
    return found


def promised_free_goods(
    found: Iterable[FreeGoodsProgress], gift_id: Callable[[str], str]
) -> tuple[FreeGoodsPromise, ...]:
    """The promises of an order, at most `MOST_PROMISES` by approval of their promotions. `gift_id` makes the id of a gift."""
    made = [
        FreeGoodsPromise(
            gift_id=gift_id(reach.promotion.promotion_id),
            promotion_id=reach.promotion.promotion_id,
            name=reach.promotion.name,
            name_ru=reach.promotion.name_ru,
            terms=reach.terms,
            lines=reach.lines,
            count=reach.times,
        )
        for reach in found
        if reach.times
    ]
    return tuple(made[:MOST_PROMISES])
