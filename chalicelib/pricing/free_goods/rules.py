"""What a cart gets on top, and what an order was promised of it. Pure.

A promotion with goods on top counts the units of its goods in one order whose price no promotion made: the goods come instead of a lower
price. For the first `buy` of them (for each, where the promotion repeats) there are goods to be had; an order keeps them as a promise,
and what becomes of that, `on_top` decides.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.pricing.rules import FreeGoodsTerms, Goods, Price, Promotion

MOST_PROMISES = 5  # of one order, so that it stays below what an item can hold


class PricedLine(NamedTuple):
    """A line of a cart: the goods, and their price, which knows the quantity."""

    goods: Goods
    price: Price


class FreeGoodsProgress(NamedTuple):
    """How far a cart is with a promotion: the lines that count, by their places, and their units."""

    promotion: Promotion
    terms: FreeGoodsTerms
    lines: tuple[int, ...]
    units: int

    @property
    def times(self) -> int:
        return free_goods_times(self.terms, self.units)

    @property
    def missing(self) -> int | None:
        """Units that are missing to the goods, or to the next ones; None where there are no more."""
        if self.times and not self.terms.repeat:
            return None
        return self.terms.buy - self.units % self.terms.buy


@dataclass(frozen=True, slots=True)
class FreeGoodsPromise:
    """Goods that come on top of an order, `count` times those of the terms; `lines`: the places of the lines that count."""

    gift_id: str
    promotion_id: str
    name: str
    name_ru: str
    terms: FreeGoodsTerms
    lines: tuple[int, ...]
    count: int

    def last_day(self, shipped_on: date) -> date:
        """The last day on which a shipment of this day is paid in time."""
        if self.terms.pay_by is not None:
            return self.terms.pay_by
        return shipped_on + timedelta(days=self.terms.pay_within_days or 0)


def free_goods_times(terms: FreeGoodsTerms, units: int) -> int:
    """How often so many units bring the goods."""
    free_goods_progress = units // terms.buy
    return free_goods_progress if terms.repeat else min(free_goods_progress, 1)


def free_goods_progress(promotions: Iterable[Promotion], cart: Sequence[PricedLine | None]) -> list[FreeGoodsProgress]:
    """How far the cart is with each promotion of which it has any goods. None stands for a line that cannot be ordered."""
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
    """What an order of this cart is promised: the first ones, by the promotions' approval. `gift_id` names the gift of a promotion."""
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
