"""Working days, and deadlines that are counted in them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Calendar
from chalicelib.platform.config.working_time import deadline, hours_text, is_working_day

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")


def figures(**given: Any) -> Calendar:
    return Calendar.model_validate({"holidays": ["01-01", "11-04", "2026-12-31"], "worked": ["2026-11-28"]} | given)


def at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-11-20", True),  # a Friday
        ("2026-11-21", False),  # a Saturday
        ("2026-11-28", True),  # a Saturday that is worked
        ("2026-11-04", False),  # a holiday of each year, on a Wednesday
        ("2027-11-04", False),
        ("2026-12-31", False),  # moved, in this year only
        ("2027-12-31", True),
    ],
)
def test_a_day_is_worked_by_the_week_its_holidays_and_its_exceptions(day: str, worked: bool) -> None:
    assert is_working_day(date.fromisoformat(day), figures()) is worked


@pytest.mark.parametrize(
    ("moment", "days", "expected"),
    [
        ("2026-11-18T15:30", 1, "2026-11-19T15:30"),  # within the week
        ("2026-11-20T15:30", 1, "2026-11-23T15:30"),  # a Friday
        ("2026-11-27T15:30", 1, "2026-11-28T15:30"),  # a Friday before a worked Saturday
        ("2026-11-27T15:30", 2, "2026-11-30T15:30"),
        ("2026-11-21T15:30", 1, "2026-11-24T09:00"),  # a Saturday counts from Monday morning
        ("2026-11-20T18:00", 1, "2026-11-24T09:00"),  # as they close on Friday: from Monday morning
        ("2026-11-20T08:59", 1, "2026-11-23T09:00"),  # before they open: from that morning
        ("2026-11-20T09:00", 1, "2026-11-23T09:00"),
        ("2026-12-30T17:00", 1, "2027-01-04T17:00"),  # over the end of the year: a day off, a holiday, a weekend
        ("2026-11-21T15:30", 0, "2026-11-23T09:00"),
    ],
)
def test_a_deadline_is_the_same_time_so_many_working_days_later(moment: str, days: int, expected: str) -> None:
    assert deadline(at(moment), days, figures(), MOSCOW) == at(expected)


def test_it_is_read_in_the_clubs_time_zone_whatever_zone_the_moment_is_told_in() -> None:
    told = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # half past six in the evening in Moscow
    assert deadline(told, 1, figures(), MOSCOW) == at("2026-11-24T09:00")


def test_an_hour_more_or_less_at_the_change_of_the_clock_leaves_the_time_of_day() -> None:
    assert deadline(at("2026-03-27T10:00", BERLIN), 1, figures(), BERLIN) == at("2026-03-30T10:00", BERLIN)


def test_without_any_working_day_there_is_no_deadline() -> None:
    every_day = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    with pytest.raises(ValueError, match="no working day"):
        deadline(at("2026-02-01T10:00"), 1, figures(working_days=[1], holidays=every_day), MOSCOW)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC))


@given(MOMENTS, MOMENTS, st.integers(0, 5))
def test_a_deadline_lies_in_working_hours_and_keeps_the_order_of_moments(
    one: datetime, other: datetime, days: int
) -> None:
    own = config()[Calendar]
    first, last = (deadline(moment, days, own, MOSCOW) for moment in sorted([one, other]))
    assert min(one, other) <= first <= last
    assert is_working_day(first.date(), own)
    assert own.opens <= first.time() < own.closes


@given(MOMENTS, st.integers(1, 5))
def test_as_many_working_days_begin_before_it_as_it_is_of(moment: datetime, days: int) -> None:
    own = config()[Calendar]
    start, end = deadline(moment, 0, own, MOSCOW), deadline(moment, days, own, MOSCOW)
    between = [start.date() + timedelta(days=each) for each in range(1, (end.date() - start.date()).days + 1)]
    assert sum(is_working_day(day, own) for day in between) == days


def test_figures_that_are_no_calendar_are_refused() -> None:
    for wrong in ({"opens": time(18), "closes": time(9)}, {"holidays": ["13-01"]}, {"working_days": []}):
        with pytest.raises(ValidationError):
            figures(**wrong)


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([1, 2, 3, 4, 5], ("Mon–Fri 9:00–18:00", "пн–пт 9:00–18:00")),
        ([1, 3, 5], ("Mon, Wed, Fri 9:00–18:00", "пн, ср, пт 9:00–18:00")),
        ([6, 7], ("Sat, Sun 9:00–18:00", "сб, вс 9:00–18:00")),
    ],
)
def test_the_hours_are_told_as_people_write_them(days: list[int], told: tuple[str, str]) -> None:
    calendar = figures(working_days=days)
    assert (hours_text(calendar, "en"), hours_text(calendar, "ru")) == told
