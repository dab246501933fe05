"""The correction of a probability by what the model does not see, learned from the club's own past. Pure.

MBG/NBD sees days alone. A logistic regression adds to the logit of its probability a weighted sum of traits: the mean order value, the
articles of the last order, how popular the company's articles are in the club, the irregularity of the gaps and a few more. It is trained on earlier days of the same history whose outcome
is known. Ridge regression (S. le Cessie, J. van Houwelingen, "Ridge estimators in logistic regression", 1992) draws each weight to
nothing: a club of 30 companies keeps the model's own figures.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import exp, log, log1p, sqrt
from typing import NamedTuple

from chalicelib.retention.rhythm.orders.rules import OrderDay

RIDGE = 100.0  # of each weight, over standard deviations of its trait
RIDGE_LEVEL = 1.0  # of the constant
PERIODS = 4.0  # that show half of the level
MOST_ROWS = 20_000  # to learn from: a fit in a small function has its end
HALF_LIFE = 60.0  # days, of the recent turnover

Row = list[float]


class Correction(NamedTuple):
    """`level` and the weight of each trait's distance from `centres`, in `scales`."""

    level: float
    weights: tuple[float, ...]
    centres: tuple[float, ...]
    scales: tuple[float, ...]

    def apply(self, probability: float, seen: Row) -> float:
        """The corrected probability of a company with these traits."""
        # Not strict: a trait that is newer than what the club learned has no weight yet.
        known = zip(self.weights, [logit(probability), *seen], self.centres, self.scales, strict=False)
        return sigmoid(
            logit(probability)
            + self.level
            + sum(weight * (value - centre) / scale for weight, value, centre, scale in known)
        )


class PastDay(NamedTuple):
    """An earlier day of a company: what the model said then, its traits, and whether the silence came."""

    probability: float
    traits: Row
    silent: bool


def traits(orders: Sequence[OrderDay], today: int) -> Row:
    """The traits of a company: silence, age, order value, articles, irregularity, longest gap passed, recent turnover, popularity of the articles."""
    silent, number = today - orders[-1].day, len(orders)
    gaps = [later.day - earlier.day for earlier, later in pairwise(orders)]
    amounts = [max(order.amount, 1.0) for order in orders]
    recent = sum(
        amount * 0.5 ** ((today - order.day) / HALF_LIFE) for order, amount in zip(orders, amounts, strict=True)
    )
    mean = sum(gaps) / len(gaps) if gaps else 0.0
    spread = sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) / mean if len(gaps) > 1 else 1.0
    return [
        log1p(silent),
        log1p(today - orders[0].day),
        log(sum(amounts) / number),
        log(max(orders[-1].articles, 1)),
        spread,
        float(bool(gaps) and silent > max(gaps)),
        log(recent + 10.0),
        sum(order.popularity for order in orders) / number,
    ]


def logit(probability: float) -> float:
    held = min(max(probability, 1e-6), 1 - 1e-6)
    return log(held / (1 - held))


def sigmoid(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0


def learn(cases: Sequence[PastDay], periods: float) -> Correction | None:
    """The correction that these cases teach, by Newton's method; None without any. Of too many, every k-th one is taken.

    `periods`: horizons that lie one after the other in the time of the cases. All cases of a period share its season, so the level is known only as
    well as there are periods: one shows a fifth of it, four a half.
    """
    taken = cases[:: -(-len(cases) // MOST_ROWS)] if cases else []
    if not taken:
        return None
    offsets = [logit(case.probability) for case in taken]
    columns = list(zip(*([offset, *case.traits] for offset, case in zip(offsets, taken, strict=True)), strict=True))
    centres = [sum(column) / len(taken) for column in columns]
    scales = [
        sqrt(sum((value - centre) ** 2 for value in column) / len(taken)) or 1.0
        for column, centre in zip(columns, centres, strict=True)
    ]
    rows = [
        [1.0, *((value - centre) / scale for value, centre, scale in zip(row, centres, scales, strict=True))]
        for row in zip(*columns, strict=True)
    ]
    weights = _newton(rows, offsets, [case.silent for case in taken])
    return Correction(weights[0] * periods / (periods + PERIODS), tuple(weights[1:]), tuple(centres), tuple(scales))


def _newton(rows: list[Row], offsets: list[float], outcomes: list[bool]) -> Row:
    size = len(rows[0])
    ridge = [RIDGE_LEVEL, *[RIDGE] * (size - 1)]
    weights = [0.0] * size
    for _ in range(12):
        slope = [-penalty * weight for penalty, weight in zip(ridge, weights, strict=True)]
        bend = [[ridge[here] * (here == there) for there in range(size)] for here in range(size)]
        for row, offset, outcome in zip(rows, offsets, outcomes, strict=True):
            p = sigmoid(offset + sum(map(float.__mul__, weights, row)))
            missed, spread = outcome - p, p * (1 - p)
            for here, value in enumerate(row):
                slope[here] += missed * value
                scaled, line = spread * value, bend[here]
                for there in range(here + 1):
                    line[there] += scaled * row[there]
        step = _solve(bend, slope)
        weights = [weight + each for weight, each in zip(weights, step, strict=True)]
        if max(map(abs, step)) < 1e-6:
            break
    return weights


def _solve(lower: list[Row], right: Row) -> Row:
    """The solution of a symmetric positive system, given its lower half (Cholesky)."""
    size = len(right)
    root = [[0.0] * size for _ in range(size)]
    for here in range(size):
        for there in range(here + 1):
            rest = lower[here][there] - sum(root[here][k] * root[there][k] for k in range(there))
            root[here][there] = sqrt(rest) if here == there else rest / root[there][there]
    half: Row = []
    for here in range(size):
        half.append((right[here] - sum(root[here][k] * half[k] for k in range(here))) / root[here][here])
    found = [0.0] * size
    for here in reversed(range(size)):
        found[here] = (half[here] - sum(root[k][here] * found[k] for k in range(here + 1, size))) / root[here][here]
    return found
