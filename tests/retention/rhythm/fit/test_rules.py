from math import log
from random import Random

import pytest

from chalicelib.retention.rhythm.fit.rules import climb, fit
from chalicelib.retention.rhythm.model import DEFAULTS, Parameters, Purchases, log_likelihood
from tests.support.public_data import cdnow

WEEK = 7


def test_the_fit_of_cdnow_reaches_the_published_likelihood() -> None:
    weeks = [Purchases(int(each["frequency"]), float(each["recency"]), float(each["T"])) for each in cdnow()]
    assert len(weeks) == 2357
    found = fit([Purchases(each.repeats, each.last * WEEK, each.age * WEEK) for each in weeks])
    assert log_likelihood(found._replace(alpha=found.alpha / WEEK), weeks) == pytest.approx(-9582.1, abs=0.2)
    assert found == pytest.approx((0.525, 6.183 * WEEK, 0.891, 1.614), rel=0.02)


def test_a_club_without_companies_keeps_the_defaults() -> None:
    assert fit([]) == DEFAULTS


def test_a_large_club_goes_its_own_way_and_a_small_one_stays_near() -> None:
    own = Parameters(2.0, 20.0, 0.5, 4.0)
    companies = simulated(own, 600, Random(7))
    near, far = fit(companies[:10]), fit(companies)
    assert log_likelihood(far, companies) >= log_likelihood(own, companies) - 0.1
    assert all(abs(log(value / start)) < 1.5 for value, start in zip(near, DEFAULTS, strict=True))
    assert log_likelihood(far, companies) > log_likelihood(near, companies)


def test_the_climb_finds_the_top() -> None:
    top = climb(lambda point: -((point[0] - 3) ** 2) - 10 * (point[1] + 1) ** 2, [0.0, 0.0])
    assert top == pytest.approx([3, -1], abs=0.02)


def simulated(model: Parameters, number: int, random: Random) -> list[Purchases]:
    found = []
    for _ in range(number):
        rate, leaves = random.gammavariate(model.r, 1 / model.alpha), random.betavariate(model.a, model.b)
        time, last, repeats = 0.0, 0.0, 0
        while random.random() > leaves:
            time += random.expovariate(rate)
            if time > 300:
                break
            last, repeats = time, repeats + 1
        found.append(Purchases(repeats, last, 300.0))
    return found
