"""The MBG/NBD model of purchases. Pure.

A living company orders at random with a rate of its own, Gamma(r, alpha) among companies; after each order, the first included, it leaves
for good with a probability of its own, Beta(a, b) among companies (E. Batislam, M. Denizel, A. Filiztekin, "Empirical validation and
comparison of models for customer base analysis", 2007). Time runs in days, weighted by season where a season table is known.

Weakest point: orders at random within a season; a company that orders on the first of each month looks less regular than it is.
"""

from functools import cache
from math import cos, exp, expm1, lgamma, log, log1p, pi
from typing import NamedTuple


class Parameters(NamedTuple):
    """The four parameters; `alpha` in days."""

    r: float
    alpha: float
    a: float
    b: float


class Purchases(NamedTuple):
    """The purchases of a company: orders after the first, time from the first to the last order, time from the first order until now."""

    repeats: int
    last: float
    age: float


# A club without enough orders of its own starts from these, and the fit is drawn to them.
DEFAULTS = Parameters(0.8, 30.0, 0.6, 2.0)


def dead_odds(model: Parameters, seen: Purchases) -> float:
    """The odds that the company has left: probability that it left over probability that it did not."""
    exponent = (model.r + seen.repeats) * log((model.alpha + seen.age) / (model.alpha + seen.last))
    return model.a / (model.b + seen.repeats) * exp(min(exponent, 700.0))


def alive(model: Parameters, seen: Purchases) -> float:
    """The probability that the company has not left. Never a score: a rare buyer is alive and silent."""
    return 1 / (1 + dead_odds(model, seen))


def silence(model: Parameters, seen: Purchases, horizon: float) -> float:
    """The probability of no order within `horizon` from now."""
    odds = dead_odds(model, seen)
    waits = exp(-(model.r + seen.repeats) * log1p(horizon / (model.alpha + seen.age)))
    return (odds + waits) / (1 + odds)


def expected_orders(model: Parameters, seen: Purchases, horizon: float) -> float:
    """The expected number of orders within `horizon` from now.

    P(alive) times the mean of [1 - (1 + p·z)^-n] / p over p ~ Beta(a, b + repeats + 1), where n = r + repeats and
    z = horizon / (alpha + age). The mean is a Gauss-Legendre sum of 24 points over p^a, so that the density has no pole; error about 1e-5.
    """
    if horizon <= 0:
        return 0.0
    n, z = model.r + seen.repeats, horizon / (model.alpha + seen.age)
    power, fall = 1 / model.a, model.b + seen.repeats
    weights = total = 0.0
    for place, weight in _legendre(24):
        p = max(place**power, 1e-12)
        weight *= (1 - p) ** fall
        weights += weight
        total += weight * -expm1(-n * log1p(p * z)) / p
    return alive(model, seen) * total / weights


@cache
def _legendre(points: int) -> list[tuple[float, float]]:
    """Places and weights of the Gauss-Legendre rule on 0..1, by Newton's method on the Legendre polynomial."""
    rule = []
    for number in range(points):
        x = cos(pi * (number + 0.75) / (points + 0.5))
        for _ in range(10):
            before, value = 1.0, x
            for degree in range(2, points + 1):
                before, value = value, ((2 * degree - 1) * x * value - (degree - 1) * before) / degree
            slope = points * (x * value - before) / (x * x - 1)
            x -= value / slope
        rule.append(((1 - x) / 2, 1 / ((1 - x * x) * slope * slope)))
    return rule


def log_likelihood(model: Parameters, seen: list[Purchases]) -> float:
    """The log-likelihood of all these purchases."""
    r, alpha, a, b = model
    log_alpha, base = r * log(alpha) - lgamma(r), lgamma(a + b) - lgamma(a) - lgamma(b)
    by_repeats: dict[int, tuple[float, float]] = {}
    total = 0.0
    for x, last, age in seen:
        found = by_repeats.get(x)
        if found is None:
            together = lgamma(a + b + x + 1)
            lived = lgamma(r + x) + log_alpha + base + lgamma(a) + lgamma(b + x + 1) - together
            found = by_repeats[x] = lived, log(a / (b + x))
        lived, left = found
        n = r + x
        waited = log(alpha + age)
        total += lived - n * waited + log1p(exp(min(left + n * (waited - log(alpha + last)), 700.0)))
    return total
