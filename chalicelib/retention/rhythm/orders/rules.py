"""Order days of a company from the lines of its documents. Pure.

Documents of one day are one order. A returned line lowers the latest earlier order that holds the article; an order of which 90 % or more
came back was cancelled, and is no order. Days are proleptic ordinals. Amounts are floats: they feed estimates, nothing is booked from them.

Weakest point: without articles a return meets an order of equal amount, or else the latest one, which may be another than it belongs to.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import chain
from math import log
from typing import NamedTuple

CANCELLED = 0.9  # returned share from which an order counts as cancelled
POPULAR = 120  # days whose orders make an article popular

Popularity = Callable[[str], float]


class Line(NamedTuple):
    """A line of a document: negative amounts are returned goods. `sku` is empty where the file has none."""

    day: int
    sku: str
    amount: float


class OrderDay(NamedTuple):
    """The orders of one day together: amount less returns, the number of articles, and their mean popularity; 0 where articles are not known.

    The amount is 0 on a day with orders in another currency than the company's only: they count for the rhythm, and for no sum.
    """

    day: int
    amount: float
    articles: int
    popularity: float = 0.0


class _Bought:
    __slots__ = ("amount", "returned", "skus")

    def __init__(self) -> None:
        self.amount = self.returned = 0.0
        self.skus: dict[str, float] = {}  # what is left of each article


def popularity(companies: Iterable[Iterable[Line]], today: int) -> Popularity:
    """Of an article: the logarithm of the share of the club's order days of the last `POPULAR` days that hold it. `companies`: the lines of each."""
    holding: Counter[str] = Counter()
    orders = 0
    for lines in companies:
        bought = {(line.day, line.sku) for line in lines if line.amount > 0 and today - POPULAR < line.day <= today}
        holding.update(sku for _, sku in bought)
        orders += len({day for day, _ in bought})
    return lambda sku: log((holding[sku] + 1) / (orders + 1))


def order_days(lines: Iterable[Line], popularity: Popularity = lambda _: 0.0) -> list[OrderDay]:
    """The order days of one company, earliest first, without cancelled orders. Lines may come in any order."""
    bought: dict[int, _Bought] = defaultdict(_Bought)
    days_of: dict[str, list[int]] = defaultdict(list)
    returned = []
    for line in lines:
        if line.amount > 0:
            order = bought[line.day]
            if line.sku not in order.skus:
                days_of[line.sku].append(line.day)
            order.amount += line.amount
            order.skus[line.sku] = order.skus.get(line.sku, 0.0) + line.amount
        elif line.amount < 0:
            returned.append(line)
    for line in sorted(returned):
        left = -line.amount
        earlier = sorted((day for day in days_of[line.sku] if day <= line.day), reverse=True)
        for day in sorted(earlier, key=lambda day: abs(bought[day].skus[line.sku] - left) > 0.005):
            taken = min(left, bought[day].skus[line.sku])
            bought[day].skus[line.sku] -= taken
            bought[day].returned += taken
            left -= taken
            if left <= 0:
                break
    return [
        OrderDay(
            day, order.amount - order.returned, len(order.skus), sum(map(popularity, order.skus)) / len(order.skus)
        )
        for day, order in sorted(bought.items())
        if order.returned < CANCELLED * order.amount
    ]


def days_of_totals(
    net: Mapping[date, Decimal], returned: Mapping[tuple[date, date], Decimal], today: date
) -> list[OrderDay]:
    """The order days of a company from its day totals, as of today; articles are not known there.

    `net`: purchases less returns by day. `returned`: returns by the day of their sale and the later day of their effect, part of `net`.
    """
    late: dict[date, Decimal] = defaultdict(Decimal)
    known: dict[date, Decimal] = defaultdict(Decimal)
    for (day, effect), amount in returned.items():
        late[day] -= amount
        if effect <= today:
            known[day] -= amount
    found = []
    for day in sorted(day for day in net if day <= today):
        bought, back = net[day] + late[day], known[day]
        if bought > 0 and float(back) < CANCELLED * float(bought):
            found.append(OrderDay(day.toordinal(), float(bought - back), 1))
    return found


def with_other_days(own: list[OrderDay], others: Iterable[list[OrderDay]]) -> list[OrderDay]:
    """The order days in the company's currency, and those in others beside them, without an amount."""
    days = {order.day for order in chain.from_iterable(others)} - {order.day for order in own}
    return sorted([*own, *(OrderDay(day, 0.0, 1) for day in days)])
