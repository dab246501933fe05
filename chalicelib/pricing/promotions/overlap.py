"""Overlap of promotions on the same goods over a year, after which buyers take the low price for the usual one. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.pricing.rules import Goods, Promotion

LEAST_MONTHS = 3  # a shorter promotion needs a confirmation, since partners plan purchases by the quarter
YEAR = 365


@dataclass(frozen=True, slots=True)
class Overlap:
    """Articles that earlier promotions covered for more than half of the year before, and these promotions."""

    skus: tuple[str, ...]
    promotions: tuple[Promotion, ...]


def is_short(first: date, last: date) -> bool:
    """Whether it is shorter than three whole months."""
    month = first.month + LEAST_MONTHS
    year, month = first.year + (month - 1) // 12, (month - 1) % 12 + 1
    whole = _day_of(year, month, first.day)
    return last + timedelta(days=1) < whole


def _day_of(year: int, month: int, day: int) -> date:
    """The day of the month, or the first of the next where the month is shorter."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)


def find_overlap(planned: Promotion, goods: Iterable[Goods], earlier: Sequence[Promotion]) -> Overlap | None:
    """The planned promotion's goods that were on promotion on more than half of the days of the year before its first day.

    Promotions that make no prices do not count.
    """
    if not planned.makes_prices:
        return None
    first = planned.first - timedelta(days=YEAR)
    earlier = [each for each in earlier if each.makes_prices]
    days_of = {each.promotion_id: _days(each, first, planned.first) for each in earlier}
    skus: list[str] = []
    named: set[str] = set()
    for each in goods:
        if not planned.goods.closeness(each):
            continue
        covering = [other for other in earlier if days_of[other.promotion_id] and other.goods.closeness(each)]
        covered = set().union(*(days_of[other.promotion_id] for other in covering))
        if len(covered) * 2 > YEAR:
            skus.append(each.sku)
            named.update(other.promotion_id for other in covering)
    if not skus:
        return None
    return Overlap(tuple(skus), tuple(other for other in earlier if other.promotion_id in named))


def _days(promotion: Promotion, first: date, end: date) -> frozenset[int]:
    """The ordinals of the days from `first` to the eve of `end` on which it ran."""
    begin, last = max(promotion.first, first), min(promotion.last, end - timedelta(days=1))
    every = range(begin.toordinal(), last.toordinal() + 1)
    if not promotion.months:
        return frozenset(every)
    return frozenset(day for day in every if date.fromordinal(day).month in promotion.months)
