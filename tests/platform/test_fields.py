"""Days and moments in forms stay where the calendar and every time zone can be counted."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.platform.fields import Day, Moment

DAYS: TypeAdapter[Day] = TypeAdapter(Day)
MOMENTS: TypeAdapter[Moment] = TypeAdapter(Moment)


@pytest.mark.parametrize("text", ["1970-01-01", "2199-12-31"])
def test_a_day_within_the_bounds(text: str) -> None:
    assert DAYS.validate_json(f'"{text}"').isoformat() == text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0001-01-01", "greater_than_equal"),
        ("1969-12-31", "greater_than_equal"),
        ("2200-01-01", "less_than_equal"),
        ("9999-12-31", "less_than_equal"),
    ],
)
def test_a_day_out_of_bounds_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        DAYS.validate_json(f'"{text}"')
    assert [error["type"] for error in refused.value.errors()] == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0001-01-01T00:00:00+14:00", "greater_than_equal"),
        ("1969-12-31T23:59:59Z", "greater_than_equal"),
        ("2199-12-31T23:59:59-01:00", "less_than_equal"),
        ("9999-12-31T23:59:59-12:00", "less_than_equal"),
    ],
)
def test_a_moment_out_of_bounds_is_refused(text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        MOMENTS.validate_json(f'"{text}"')
    assert [error["type"] for error in refused.value.errors()] == [code]
