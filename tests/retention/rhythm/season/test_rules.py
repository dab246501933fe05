from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.season.rules import YEAR, place, season_time, weights

TODAY = date(2026, 3, 1).toordinal()


def summer(day: int) -> int:
    """Orders of a club that sells three times as much from May to August."""
    return 30 if 5 <= date.fromordinal(day).month <= 8 else 10


def orders(years: int) -> dict[int, int]:
    return {day: summer(day) for day in range(TODAY - years * YEAR + 1, TODAY + 1)}


def test_before_a_full_year_each_day_weighs_one() -> None:
    first = TODAY - YEAR + 1
    time = season_time({day: 30 if day % 60 > 40 else 1 for day in range(first, TODAY + 1)}, TODAY)
    assert time.at(TODAY) - time.at(first) == TODAY - first
    assert time.at(TODAY + 90) - time.at(TODAY) == 90


def test_a_silence_in_a_dead_season_is_short() -> None:
    time = season_time(orders(2), TODAY)
    july, january = date(2026, 7, 1).toordinal(), date(2027, 1, 10).toordinal()
    assert time.at(july + 30) - time.at(july) == pytest.approx(3 * (time.at(january + 30) - time.at(january)), rel=0.01)


def test_a_year_lasts_a_year() -> None:
    found = weights(orders(2), TODAY - 2 * YEAR, TODAY)
    assert sum(found) == pytest.approx(YEAR)
    assert max(found) / min(found) == pytest.approx(3, rel=0.05)


@given(st.integers(1, 9_000), st.integers(1, 20))
def test_a_few_orders_before_all_others_begin_no_year(earlier: int, number: int) -> None:
    four_months = dict.fromkeys(range(TODAY - 120, TODAY + 1), 10)
    found = season_time({TODAY - 120 - earlier: number, **four_months}, TODAY)
    assert set(found.weights) == {1.0}


def test_a_year_that_is_begun_late_is_weighed_once_it_is_full() -> None:
    for days, flat in ((YEAR - 10, True), (YEAR + 90, False)):
        time = season_time({day: summer(day) for day in range(TODAY - days, TODAY + 1)}, TODAY)
        assert (set(time.weights) == {1.0}) is flat


def test_a_season_without_orders_still_lasts_a_tenth() -> None:
    found = weights(dict.fromkeys(range(TODAY - 100, TODAY), 1), TODAY - YEAR, TODAY)
    assert min(found) > 0.02


def test_the_leap_day_shares_the_place_of_the_day_before() -> None:
    assert place(date(2024, 2, 29).toordinal()) == place(date(2024, 2, 28).toordinal()) == 58
    assert place(date(2024, 12, 31).toordinal()) == place(date(2026, 12, 31).toordinal()) == 364


@given(st.integers(0, 400), st.integers(0, 400))
def test_time_goes_on_and_is_found_again(start: int, days: int) -> None:
    time = season_time(orders(2), TODAY)
    day = TODAY - YEAR + start
    assert time.at(day + days + 1) > time.at(day + days)
    assert time.day(time.at(day + days)) == day + days


def test_days_outside_the_history_weigh_one() -> None:
    time = season_time(orders(2), TODAY)
    assert time.at(TODAY - 2 * YEAR + 1 - 5) == -5
    assert time.at(TODAY + 20_000) - time.at(TODAY + 19_990) == pytest.approx(10)
