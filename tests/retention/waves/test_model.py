"""A wave's days, arms and plan."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.waves.model import (
    LEAST_APART,
    OUTCOME_DAYS,
    Forecast,
    Wave,
    WaveState,
    assignment,
    forecast,
    is_coarse,
    look_days,
    plan_in_words,
)

FIRST = date(2026, 12, 1)


def wave(companies: int = 400, **changes: object) -> Wave:
    last = FIRST + timedelta(days=27)
    facts = {
        "wave_id": "wav_1",
        "name": "Winter",
        "first": FIRST,
        "last": last,
        "held_out_percent": 25,
        "looks": look_days(FIRST, last, 3),
        "forecast": forecast(companies, 0.4, 25),
        "planned_at": "",
        "planned_by": "mbr_head",
    }
    return Wave(**{**facts, **changes})  # type: ignore[arg-type]


@given(st.integers(14, 366), st.integers(1, 5))
def test_looks_lie_apart_and_the_last_one_sees_every_outcome(intake: int, most: int) -> None:
    last = FIRST + timedelta(days=intake - 1)
    looks = look_days(FIRST, last, most)
    assert 1 <= len(looks) <= most
    assert looks[-1] == last + timedelta(days=OUTCOME_DAYS)
    assert all((later - earlier).days >= LEAST_APART - 1 for earlier, later in pairwise(looks))
    assert looks[0] >= FIRST + timedelta(days=OUTCOME_DAYS)


def test_a_wave_is_planned_then_runs_then_closes() -> None:
    found = wave()
    assert found.state(FIRST - timedelta(days=1)) is WaveState.PLANNED
    assert found.state(FIRST) is found.state(found.looks[-1]) is WaveState.RUNNING
    assert found.state(found.looks[-1] + timedelta(days=1)) is WaveState.CLOSED
    assert wave(cancelled_at="now").state(FIRST) is WaveState.CANCELLED
    assert not wave(cancelled_at="now").takes_in(FIRST)
    assert found.takes_in(found.last) and not found.takes_in(found.last + timedelta(days=1))


@given(st.integers(0, 10_000), st.text(min_size=1), st.text(min_size=1))
def test_companies_of_one_inn_share_an_arm(number: int, one: str, other: str) -> None:
    inn = str(number)
    assert assignment(wave(), one, inn, FIRST).arm == assignment(wave(), other, inn, FIRST).arm


def test_a_company_is_held_out_for_half_a_year_from_its_own_day() -> None:
    made = next(
        found for number in range(100) if (found := assignment(wave(), f"cmp_{number}", None, FIRST)).arm == "held"
    )
    assert made.is_held(FIRST) and made.is_held(FIRST + timedelta(days=179))
    assert not made.is_held(FIRST + timedelta(days=180))
    assert not made._replace(arm="called").is_held(FIRST)


@pytest.mark.parametrize(
    ("companies", "points", "coarse"), [(100, "31.7", True), (400, "15.8", True), (800, "11.2", False)]
)
def test_a_plan_says_what_the_wave_will_notice(companies: int, points: str, coarse: bool) -> None:
    found = wave(companies)
    assert str(found.forecast.smallest_effect) == points
    assert is_coarse(found.forecast) is coarse
    told = plan_in_words(found, "en").replace("\N{NO-BREAK SPACE}", " ")
    assert f"{companies} companies are expected; of each 100 a random 25 are called by nobody." in told
    assert f"only if at least {float(points):.0f} of 100 more come back" in told
    assert ("pool this wave" in told) is coarse
    russian = plan_in_words(found, "ru")
    assert f"{companies}\N{NO-BREAK SPACE}компаний" in russian and ("объединить" in russian) is coarse


def test_a_plan_without_companies_compares_nobody() -> None:
    found = wave(0)
    assert found.forecast == Forecast(0, forecast(1, 0.4, 25).base_percent, None)
    assert "too few companies" in plan_in_words(found, "en")
    assert "слишком мало" in plan_in_words(found, "ru")


@given(companies=st.integers(0, 60), base=st.floats(0.01, 0.99))
def test_a_plan_never_asks_for_more_returns_than_there_are_companies(companies: int, base: float) -> None:
    expected = forecast(companies, base, 25)
    assert expected.smallest_effect is None or expected.base_percent + expected.smallest_effect <= Decimal("100.1")
