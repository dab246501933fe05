"""The effect of a promotion: sales of its goods while it ran, beside what they would have been. Pure.

    during       the days of the promotion up to yesterday; of a season, the days in its months
    before       the eight weeks before its first day, scaled to as many days
    year before  the same dates a year earlier
    hold-out     the companies that get no letters of campaigns, against all others: each company's sales during, adjusted by its sales before

The hold-out is drawn at random, so its difference is the effect of being told, with an interval; earlier periods differ by season and growth,
too. It is told where both arms are large enough, and then it is the basis.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import NamedTuple

from chalicelib.campaigns import Outcome, money_effect
from chalicelib.pricing import Goods, Promotion
from chalicelib.tiers import year_before

BEFORE = timedelta(days=56)
DAY = timedelta(days=1)
ZERO = Decimal(0)
_CENT = Decimal("0.01")


class Span(NamedTuple):
    """Days from `first` to `last`."""

    first: date
    last: date


class Sold(NamedTuple):
    """A company's purchases of the goods, less returns, in each period."""

    during: Decimal = ZERO
    before: Decimal = ZERO
    year_before: Decimal = ZERO

    def plus(self, other: "Sold") -> "Sold":
        return Sold(*(one + two for one, two in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Measured:
    """A promotion that is measured up to a day. `promotion` names its subcategories."""

    promotion: Promotion
    until: date

    @property
    def during(self) -> Span:
        return Span(self.promotion.first, min(self.promotion.last, self.until))

    @property
    def before(self) -> Span:
        return Span(self.promotion.first - BEFORE, self.promotion.first - DAY)

    @property
    def year_before(self) -> Span:
        return Span(year_before(self.during.first), year_before(self.during.last))

    @property
    def days(self) -> int:
        first, last = self.during
        every = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return sum(self._in_season(day) for day in every)

    def sold(self, goods: Goods, day: date, amount: Decimal) -> Sold:
        """The amount in each period that the day is in; nothing for other goods."""
        if not self.promotion.goods.closeness(goods):
            return Sold()
        return Sold(
            amount if self._in_season(day) and _within(day, self.during) else ZERO,
            amount if _within(day, self.before) else ZERO,
            amount if self._in_season(day) and _within(day, self.year_before) else ZERO,
        )

    def _in_season(self, day: date) -> bool:
        return not self.promotion.months or day.month in self.promotion.months


def _within(day: date, span: Span) -> bool:
    return span.first <= day <= span.last


def spans(measured: Iterable[Measured]) -> list[Span]:
    """The days that all these promotions need, each day once, the earliest first."""
    joined: list[Span] = []
    for span in sorted(span for each in measured for span in (each.before, each.during, each.year_before)):
        if joined and span.first <= joined[-1].last + DAY:
            joined[-1] = Span(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return joined


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionEffect:
    """The effect of a promotion, in `currency`. `expected`: from the weeks before. `told`, `held_out`: companies of each arm.

    `difference`, `low`, `high`: purchases of a company that is told less those of one that is held out, with 95 %; None for too few.
    """

    promotion_id: str
    name: str
    name_ru: str
    first: date
    last: date
    until: date
    days: int
    currency: str
    as_of: str
    net: Decimal
    expected: Decimal
    year_before: Decimal
    told: int
    held_out: int
    difference: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


def effect(measured: Measured, arms: Mapping[bool, list[Sold]], currency: str, as_of: str) -> PromotionEffect:
    """`arms`: each company's purchases, True for the held-out ones."""
    told, held = arms.get(False, []), arms.get(True, [])
    total = sum_of([*told, *held])
    arms_of = [[Outcome(each.during, each.before) for each in arm] for arm in (told, held)]
    found = money_effect(arms_of[0], arms_of[1], Random(measured.promotion.promotion_id))  # noqa: S311 - no secret
    scaled = total.before * measured.days / BEFORE.days
    return PromotionEffect(
        promotion_id=measured.promotion.promotion_id,
        name=measured.promotion.name,
        name_ru=measured.promotion.name_ru,
        first=measured.promotion.first,
        last=measured.promotion.last,
        until=measured.during.last,
        days=measured.days,
        currency=currency,
        as_of=as_of,
        net=total.during,
        expected=scaled.quantize(_CENT, rounding=ROUND_HALF_UP),
        year_before=total.year_before,
        told=len(told),
        held_out=len(held),
        difference=found.difference if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
    )


def sum_of(several: Iterable[Sold]) -> Sold:
    total = Sold()
    for each in several:
        total = total.plus(each)
    return total
