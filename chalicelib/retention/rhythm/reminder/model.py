"""The gap between two orders of a company that goes on buying. Pure.

Gaps follow a gamma distribution of shape 2 with a rate of the company's own, Gamma(r, alpha) among companies (P. Fader, B. Hardie,
"Incorporating regularity into customer base analysis", as the CNBD). With few gaps a company is close to all the others.
"""

from collections.abc import Iterable, Sequence
from math import exp, lgamma, log
from typing import NamedTuple

from chalicelib.retention.rhythm.fit.rules import climb, distance

SHAPE = 2
SMOOTHING = 0.3  # of the newest gap in the expected one
WINDOW = 0.2, 0.8  # shares of the gaps that end before the window begins, and before it ends
MOST = 2000.0  # days: no reminder looks further


class GapParameters(NamedTuple):
    r: float
    alpha: float


DEFAULTS = GapParameters(2.0, 40.0)  # a mean gap of two months and more


class Gaps(NamedTuple):
    """The number of a company's gaps and their sum."""

    number: int
    total: float


def passes(model: GapParameters, seen: Gaps, length: float) -> float:
    """The probability that a gap is longer than `length`."""
    n, whole = model.r + SHAPE * seen.number, model.alpha + seen.total
    return exp(n * log(whole / (whole + length))) * (1 + n * length / (whole + length))


def quantile(model: GapParameters, seen: Gaps, share: float, silent: float = 0.0) -> float:
    """The length that the given share of gaps does not reach, among gaps longer than `silent`."""
    rest = (1 - share) * passes(model, seen, silent)
    low, high = silent, silent + MOST
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if passes(model, seen, middle) > rest else (low, middle)
    return high


def expected_gap(gaps: Iterable[float]) -> float | None:
    """The exponentially weighted mean of the gaps, the newest last; None without any."""
    found: float | None = None
    for gap in gaps:
        found = gap if found is None else SMOOTHING * gap + (1 - SMOOTHING) * found
    return found


def fit_gaps(seen: Sequence[Gaps], prior: GapParameters = DEFAULTS) -> GapParameters:
    """The most probable parameters under the prior of `fit`."""
    gaps = [each for each in seen if each.number]

    def height(point: list[float]) -> float:
        r, alpha = exp(point[0]), exp(point[1])
        start = r * log(alpha) - lgamma(r)
        return sum(
            start + lgamma(r + SHAPE * number) - (r + SHAPE * number) * log(alpha + total) for number, total in gaps
        ) - distance(point, prior)

    return GapParameters(*(exp(value) for value in climb(height, [log(value) for value in prior])))
