from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.reminder.model import (
    DEFAULTS,
    GapParameters,
    Gaps,
    expected_gap,
    fit_gaps,
    passes,
    quantile,
)

companies = st.builds(Gaps, st.integers(0, 100), st.floats(0.0, 3000.0))
shares = st.floats(0.01, 0.95)


@given(companies, shares, st.floats(0.0, 300.0))
def test_a_quantile_is_reached_by_its_share_of_the_gaps_that_are_left(seen: Gaps, share: float, silent: float) -> None:
    length = quantile(DEFAULTS, seen, share, silent)
    if length < silent + 1999:
        assert passes(DEFAULTS, seen, length) == pytest.approx((1 - share) * passes(DEFAULTS, seen, silent), rel=1e-4)


@given(companies, st.floats(0.0, 500.0), st.floats(0.0, 500.0))
def test_fewer_gaps_are_longer(seen: Gaps, length: float, more: float) -> None:
    assert passes(DEFAULTS, seen, 0) == 1
    assert passes(DEFAULTS, seen, length + more) <= passes(DEFAULTS, seen, length) + 1e-12


def test_many_gaps_make_a_narrow_window() -> None:
    few, many = Gaps(1, 30.0), Gaps(60, 1800.0)
    widths = [quantile(DEFAULTS, each, 0.8) - quantile(DEFAULTS, each, 0.2) for each in (few, many)]
    assert widths[0] > widths[1]


def test_the_newest_gap_has_three_tenths_of_the_say() -> None:
    assert expected_gap([]) is None
    assert expected_gap([10]) == 10
    assert expected_gap([10, 20]) == pytest.approx(13)


def test_the_fit_finds_the_gaps_of_a_simulated_club() -> None:
    random, own, seen = Random(3), GapParameters(4.0, 60.0), []
    for _ in range(800):
        rate = random.gammavariate(own.r, 1 / own.alpha)
        seen.append(Gaps(6, sum(random.gammavariate(2, 1 / rate) for _ in range(6))))
    found = fit_gaps(seen)
    assert found.alpha / (found.r - 1) == pytest.approx(own.alpha / (own.r - 1), rel=0.1)
    assert fit_gaps([]) == DEFAULTS
