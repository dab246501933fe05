"""Proof by a random hold-out: who is held out, what a wave can notice, and what it showed. Pure.

Every unit (an INN, or a company without one) is held out or called by a hash of its name and the programme's, so nobody chooses and the same
unit always falls the same way. A result is looked at on planned looks only: each look has the critical value of P. O'Brien and T. Fleming
("A multiple testing procedure for clinical trials", 1979), so that all looks together raise a false alarm as often as a single one.

Weakest point: the looks are taken to be equally far apart in what is known by them; a first wave half as large makes its look a little bold.
"""

from collections.abc import Sequence
from hashlib import sha256
from math import erfc, fsum, sqrt
from random import Random
from statistics import NormalDist, fmean
from typing import NamedTuple

CONFIDENCE = 0.95
SINGLE_LOOK = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)  # critical value of what is looked at once
POWER = 0.8
MOST_LOOKS = 5
SUSPECT = 0.001  # a ratio of the arms that is rarer than this has a cause

# Of the last of so many looks, for 5 % over all of them (C. Jennison, B. Turnbull, "Group Sequential Methods", 1999, table 2.3).
_LAST_LOOK = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040}
_DRAWS = 399  # of hold-outs from the same companies


class Arm(NamedTuple):
    """Companies of an arm, and those of them that did it."""

    companies: int
    successes: int

    @property
    def share(self) -> float:
        return self.successes / self.companies


class Effect(NamedTuple):
    """A difference between the called and the held out, with its interval."""

    difference: float
    low: float
    high: float

    @property
    def is_shown(self) -> bool:
        """True when the interval leaves zero out."""
        return self.low > 0 or self.high < 0


class AdjustedEffect(NamedTuple):
    """A difference of means, adjusted by a covariate that explains the share `explained` of the variance."""

    effect: Effect
    explained: float


def is_held_out(programme: str, unit: str, percent: int) -> bool:
    """True for `percent` of 100 units of a programme, the same ones for ever; a larger percentage keeps those of a smaller one."""
    drawn = int.from_bytes(sha256(f"{programme}\n{unit}".encode()).digest()[:8], "big")
    return drawn * 100 < percent << 64


def smallest_effect(companies: int, held_out: float, base: float) -> float:
    """The smallest difference of shares that is noticed with a power of 80 %, in the normal approximation; infinite without an arm."""
    called, held = companies * (1 - held_out), companies * held_out
    if not called or not held:
        return float("inf")
    return (SINGLE_LOOK + NormalDist().inv_cdf(POWER)) * sqrt(base * (1 - base) * (1 / called + 1 / held))


def ratio_chance(called: int, held: int, held_out: float) -> float:
    """The chance of arms at least as far from their planned ratio: the chi-square test of one degree of freedom."""
    companies = called + held
    if not companies:
        return 1.0
    distance = (held - companies * held_out) ** 2 / (companies * held_out * (1 - held_out))
    return erfc(sqrt(distance / 2))


def critical_value(look: int, looks: int) -> float:
    """In standard deviations, of the `look`-th of so many planned looks, from 1. Raises ValueError for what is not planned."""
    if not 1 <= look <= looks <= MOST_LOOKS:
        raise ValueError(f"look {look} of {looks}: a programme has 1 to {MOST_LOOKS} looks")
    return _LAST_LOOK[looks] * sqrt(looks / look)


def effect(called: Arm, held: Arm, critical: float) -> Effect:
    """The difference of two shares with the hybrid score interval (R. Newcombe, "Interval estimation for the difference between independent
    proportions", 1998, method 10). Both arms have companies.
    """
    difference = called.share - held.share
    called_low, called_high = share_bounds(called, critical)
    held_low, held_high = share_bounds(held, critical)
    return Effect(
        difference,
        difference - sqrt((called.share - called_low) ** 2 + (held_high - held.share) ** 2),
        difference + sqrt((called_high - called.share) ** 2 + (held.share - held_low) ** 2),
    )


def share_bounds(arm: Arm, critical: float) -> tuple[float, float]:
    """The score interval of a share (E. Wilson, "Probable inference, the law of succession, and statistical inference", 1927)."""
    square, n = critical * critical, arm.companies
    centre = (arm.successes + square / 2) / (n + square)
    half = critical / (n + square) * sqrt(arm.successes * (1 - arm.share) + square / 4)
    return centre - half, centre + half


def adjusted_effect(
    called: Sequence[tuple[float, float]], held: Sequence[tuple[float, float]], critical: float, random: Random
) -> AdjustedEffect:
    """The difference of mean outcomes, given (outcome, covariate known before) of each company; both arms have two companies or more.

    Few companies buy most, and far fewer are held out than called, so that the error of the means is not that of Student. Its distribution is
    that of all ways to draw the same companies (A. Janssen, "Studentized permutation tests for non-i.i.d. hypotheses", 1997), from a sample of
    them. The bounds are those of 95 %, for a larger critical value farther out in its ratio. The same seed gives the same bounds.
    """
    one, other, explained = without_covariate(called, held)
    means = fmean(one), fmean(other)
    own = [value - means[1] for value in other]
    values = sorted([*(value - means[0] for value in one), *own])  # in any order the companies were read
    total, squares = fsum(values), fsum(value * value for value in values)

    def difference_and_error(drawn: Sequence[float]) -> tuple[float, float]:
        """Of the others above those drawn as held out."""
        sums, parts = fsum(drawn), fsum(value * value for value in drawn)
        sides = ((total - sums, squares - parts, len(one)), (sums, parts, len(other)))
        variance = fsum((part - of * of / number) / (number - 1) / number for of, part, number in sides)
        return (total - sums) / len(one) - sums / len(other), sqrt(max(variance, 0.0))

    draws = [difference_and_error(random.sample(values, len(other))) for _ in range(_DRAWS)]
    distances = sorted(difference / error if error else 0.0 for difference, error in draws)
    rank = (_DRAWS + 1) // 40  # 2.5 % on each side
    _, error = difference_and_error(own)
    reach = error * critical / SINGLE_LOOK
    difference = means[0] - means[1]
    found = Effect(difference, difference - distances[-rank] * reach, difference - distances[rank - 1] * reach)
    return AdjustedEffect(found, explained)


def without_covariate(
    called: Sequence[tuple[float, float]], held: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float], float]:
    """The outcomes of both arms without what their covariate explains, and the share of the variance that it does.

    The covariate is taken off with its slope over both arms (A. Deng et al., "Improving the sensitivity of online controlled experiments by
    utilizing pre-experiment data", 2013).
    """
    everybody = [*called, *held]
    centre = fmean(before for _, before in everybody)
    mean = fmean(after for after, _ in everybody)
    spread = sum((before - centre) ** 2 for _, before in everybody)
    total = sum((after - mean) ** 2 for after, _ in everybody)
    together = sum((after - mean) * (before - centre) for after, before in everybody)
    slope = together / spread if spread else 0.0
    values = [after - slope * (before - centre) for after, before in everybody]
    return values[: len(called)], values[len(called) :], slope * together / total if total else 0.0
