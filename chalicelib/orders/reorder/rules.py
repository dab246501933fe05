"""What a company buys regularly, and how much of it. Pure.

An article is bought regularly when it was bought on several days and not for the last time long ago. What came back counts on the day on
which it had been bought, so a day on which all came back is none. What is usual is the middle: the median of what was bought on a day,
and of the days from one purchase to the next. One large order, or one long pause, moves neither.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from chalicelib.orders.order.rules import MOST_UNITS
from chalicelib.sales import DocumentLines

ZERO = Decimal(0)


class Habit(NamedTuple):
    """`quantity`: units of a usual day. `every_days`: from one purchase to the next. `amount`: money, of all days together."""

    sku: str
    name: str
    days: int
    quantity: Decimal
    every_days: int
    last: date
    amount: Decimal


def habits(documents: Iterable[DocumentLines], *, today: date, least_days: int, silent_days: int) -> list[Habit]:
    """What was bought on at least so many days, lately; what was bought most often first. In whatever order the documents come."""
    quantities: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    names: dict[str, tuple[date, str]] = {}
    for document in documents:
        for line in document.lines:
            quantities[line.sku][document.day] += line.quantity
            amounts[line.sku] += line.amount
            names[line.sku] = max(names.get(line.sku, (date.min, "")), (document.day, line.name))
    found = []
    for sku, by_day in quantities.items():
        days = sorted(day for day, quantity in by_day.items() if quantity > ZERO)
        if len(days) < least_days or days[-1] < today - timedelta(days=silent_days):
            continue
        found.append(
            Habit(
                sku=sku,
                name=names[sku][1],
                days=len(days),
                quantity=median(by_day[day] for day in days),
                every_days=_rounded(Decimal(median((later - day).days for day, later in pairwise(days)))),
                last=days[-1],
                amount=amounts[sku],
            )
        )
    return sorted(found, key=lambda habit: (-habit.days, -habit.amount, habit.sku))


def in_packs(quantity: Decimal, pack_multiple: int) -> int:
    """The nearest number of units that makes whole packs, of two the larger one: one pack at least, and what a line can hold at most."""
    packs = _rounded(quantity / pack_multiple)
    return min(max(packs, 1), MOST_UNITS // pack_multiple) * pack_multiple


def _rounded(number: Decimal) -> int:
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))
