"""Time weighted by season. Pure.

A day weighs as many orders as the club has on this day of the year, over the mean: a silence in a dead season is shorter than one in a
high season. Before a full year of orders is known, each day weighs one; a few orders before all others begin no year.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import accumulate

YEAR = 365
AHEAD = 3 * YEAR  # days after the last order day for which the time is known
MOST_YEARS = 3  # the latest ones, that make the weights
SPREAD = 14  # days on each side of a day whose orders count for it
FEW = 20  # one of so many orders, the earliest ones, begins no history
LEAST = 0.1  # weight: a silence in a month of closed doors still lasts


class SeasonTime:
    """The time from the first day of a club's history, in days of mean weight."""

    def __init__(self, first: int, weights: Sequence[float], last: int) -> None:
        """`weights`: of the days of a year, by `place`; the mean is one."""
        self.first, self.weights, self.last = first, weights, last
        self._sums = [0.0]
        for day in range(first + 1, last + AHEAD + 1):
            self._sums.append(self._sums[-1] + weights[place(day)])

    def at(self, day: int) -> float:
        """The time at this day; a day outside the table weighs one."""
        place = day - self.first
        within = min(max(place, 0), len(self._sums) - 1)
        return self._sums[within] + (place - within)

    def day(self, time: float) -> int:
        """The first day at which this time is reached; within the table."""
        return self.first + min(bisect_left(self._sums, time), len(self._sums) - 1)


def season_time(orders: Mapping[int, int], today: int) -> SeasonTime:
    """Time by the orders of a club: `orders` a day. Once they fill a year before `today`, the weights follow them."""
    first = min(orders, default=today)
    return SeasonTime(min(first, today), weights(orders, begun(orders, today), today), today)


def begun(orders: Mapping[int, int], today: int) -> int:
    """The day up to which one of `FEW` orders was made. Those before it, as of one old document, tell nothing of the seasons of their year."""
    least = sum(orders.values()) / FEW
    days = sorted(orders)
    return next(
        (day for day, made in zip(days, accumulate(map(orders.__getitem__, days)), strict=True) if made >= least), today
    )


def weights(orders: Mapping[int, int], first: int, today: int) -> list[float]:
    """The weights of the days of a year, by `place`: the centred mean of 29 days over the latest full years, at most three."""
    years = min((today - first) // YEAR, MOST_YEARS)
    if years < 1:
        return [1.0] * YEAR
    counts = [0.0] * YEAR
    for day in range(today - years * YEAR + 1, today + 1):
        counts[place(day)] += orders.get(day, 0)
    total = sum(counts)
    if not total:
        return [1.0] * YEAR
    window = 2 * SPREAD + 1
    means = [sum(counts[(here + step) % YEAR] for step in range(-SPREAD, SPREAD + 1)) / window for here in range(YEAR)]
    floored = [max(mean * YEAR / total, LEAST) for mean in means]
    scale = YEAR / sum(floored)
    return [each * scale for each in floored]


def place(day: int) -> int:
    """The number of the day in its year, from 0; the 29th of February shares the place of the 28th."""
    when = date.fromordinal(day)
    number = when.timetuple().tm_yday - 1
    leap = when.year % 4 == 0 and (when.year % 100 != 0 or when.year % 400 == 0)
    return number - 1 if leap and number >= 59 else number
