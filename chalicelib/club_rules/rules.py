"""A worked example of a ladder: two purchases and their tiers. Pure."""

from datetime import date, timedelta
from decimal import ROUND_UP, Decimal
from typing import NamedTuple

from chalicelib.bonuses import NO_RATE, AppliedRate, RateBase, earned
from chalicelib.sales import DayTotals
from chalicelib.tiers import Facts, Ladder, LadderStep, always

BETWEEN = timedelta(days=10)


class ExampleDay(NamedTuple):
    """A day of the example: the sum bought, 0 when only the tier changes, and the step from then on."""

    day: date
    bought: Decimal
    step: LadderStep


def example(ladder: Ladder, today: date) -> list[ExampleDay]:
    """A new partner reaches the first step, then the second one, and then stops buying.

    The first purchase is a fifth above the first step; the second one brings the sum as far above the second step.
    """
    first, second, *_ = ladder.steps_on(today)
    bought = {today: _round(first.from_sum * 6 / 5), today + BETWEEN: _round(second.from_sum - first.from_sum)}
    end = today + BETWEEN + timedelta(days=ladder.window_days + ladder.hold_days + 1)
    spells = Facts(DayTotals(bought, {}), (always(ladder),), (), None).timeline(today, end)
    days = sorted({*bought, *(spell.first for spell in spells)})
    steps = {day: next(spell.step for spell in reversed(spells) if spell.first <= day) for day in days}
    return [ExampleDay(day, bought.get(day, Decimal(0)), steps[day]) for day in days]


def bonus(amount: Decimal, percent: Decimal) -> Decimal:
    """The bonus for a purchase of this sum at this rate."""
    return sum((group.bonus for group in earned((RateBase(NO_RATE, amount),), AppliedRate(percent, "all"))), Decimal(0))


def _round(amount: Decimal) -> Decimal:
    """Rounds up to two digits: 61,234.50 to 62,000."""
    return amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1), rounding=ROUND_UP) + Decimal(0)
