"""Days as files write them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.columns.dates import FORMS, day, slash_order, typed_day
from chalicelib.exchange.columns.model import CellError, TypedMoment, TypedNumber

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    "text",
    [
        "12.01.2026",
        "12.01.26",
        "12.1.2026",
        "12.01.2026 г.",
        "12.01.2026 14:05:33",
        "12.01.2026 9:00",
        "12/01/2026 5:34:00 PM",
        "2026-01-12",
        "2026/01/12",
        "2026-01-12T14:05:33",
        "2026-01-12 14:05:33.123",
        "2026-01-12T14:05:33Z",
        "2026-01-12T14:05:33+03:00",
        "2026-01-12 17:34:28 +0500",
        "2026-01-12 17:34:28 +00",
        "20260112",
        "12-янв-26",
        "12 января 2026 г.",
        "12 Jan 2026",
        "Jan 12, 2026",
        "Jan-12-26",
        "Monday, January 12, 2026",
        "12. Januar 2026",
        "12 janv. 2026",
        "12 de enero de 2026",
        "12 gennaio 2026",
        "12 stycznia 2026",
        "12 de janeiro de 2026",
        "12 januari 2026",
        "12 січня 2026 р.",
        "«12» января 2026 г.",
        "12/Jan/2026",
        "12. 1. 2026",
    ],
)
def test_dates_with_and_without_a_time(text: str) -> None:
    assert day(text, "dmy", MOSCOW) == date(2026, 1, 12)


@pytest.mark.parametrize("form", FORMS.split(", "))
def test_every_form_that_a_refusal_names_is_read(form: str) -> None:
    if form not in ("Jan 12", "2026"):  # one form with a comma in it
        assert day(form, "dmy", MOSCOW) == date(2026, 1, 12)


@pytest.mark.parametrize("text", ["2026-10-31T21:30:00Z", "2026-10-31T23:30:00-05:00", "2026-10-31 21:30:00 UTC"])
def test_a_moment_with_a_zone_is_a_day_of_the_club(text: str) -> None:
    assert day(text, "dmy", MOSCOW) == date(2026, 11, 1)


def test_the_order_of_day_and_month_is_that_of_the_column() -> None:
    assert day("01/12/2026", "dmy", MOSCOW) == date(2026, 12, 1)
    assert day("01/12/2026", "mdy", MOSCOW) == date(2026, 1, 12)
    assert [slash_order(text) for text in ("13/01/2026", "1/13/2026", "1/2/2026", "1.2.2026")] == [
        "dmy",
        "mdy",
        "either",
        None,
    ]


@pytest.mark.parametrize("text", ["31.02.2026", "12.01", "январь 2026", "12.13.2026", "46034", "12.01.2026x", "2026"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(CellError, match="date"):
        day(text, "dmy", MOSCOW)


def test_the_days_of_a_spreadsheet_are_numbers() -> None:
    assert day("46034", "dmy", MOSCOW, serials=True) == date(2026, 1, 12)
    assert typed_day(TypedNumber("46034.5")) == typed_day(TypedNumber("20260112")) == date(2026, 1, 12)
    assert typed_day(TypedMoment("2026-01-12T23:59:59")) == date(2026, 1, 12)
    with pytest.raises(CellError, match="date"):
        typed_day(TypedNumber("7"))


@given(st.dates(date(2000, 1, 1), date(2069, 12, 31)))
def test_every_day_is_read_in_every_form(on: date) -> None:
    for form in ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d %b %Y"):
        assert day(on.strftime(form), "dmy", MOSCOW) == on
    assert day(on.strftime("%m/%d/%Y"), "mdy", MOSCOW) == on
