"""Days and moments in forms stay where the calendar and every time zone can be counted."""

import pytest
from pydantic import TypeAdapter, ValidationError

from chalicelib.platform.fields import Currency, Day, Moment, Name, Title

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


INVISIBLE = ["\u3164\u3164\u3164", "\u115f\u1160", "\uffa0 \uffa0", "\u2800\u2800", "\u200b\u200b", "«—»", "..."]


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_name_that_nobody_sees_is_no_name(text: str) -> None:
    for kind in (Name, Title):
        with pytest.raises(ValidationError):
            TypeAdapter(kind).validate_python(text)


def test_a_name_is_one_line_and_a_title_is_kept_as_it_came() -> None:
    assert TypeAdapter(Name).validate_python("  ООО\u00a0 «Луч»\n") == "ООО «Луч»"
    assert TypeAdapter(Name).validate_python("\ufeffСвето\u00adтех\u200bника") == "Светотехника"
    assert TypeAdapter(Title).validate_python("Лампа\u00ad 5") == "Лампа\u00ad 5"
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python("Лу\u202eч")


@pytest.mark.parametrize("code", ["JPY", "KRW", "VND", "KWD", "CLF"])
def test_sums_are_kept_in_no_currency_that_has_other_parts_than_hundredths(code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Currency).validate_python(code)
    assert [error["type"] for error in refused.value.errors()] == ["currency_unit"]


@pytest.mark.parametrize("code", ["RUB", "KZT", "BYN", "UZS", "AMD", "KGS", "CNY", "EUR", "USD", "AED", "TRY"])
def test_sums_are_kept_in_a_currency_of_hundredths(code: str) -> None:
    assert TypeAdapter(Currency).validate_python(code) == code


@pytest.mark.parametrize("text", ["Booking.com", "ООО «Лампа.ру»", "ИП Иванов И.И.", "Cafe@Home", "ООО «А/Б»"])
def test_a_companys_name_may_hold_a_dot(text: str) -> None:
    assert TypeAdapter(Name).validate_python(text) == text


@pytest.mark.parametrize(
    "text", ["ООО «Луч» http://spam.example", "www.spam.example", "Луч buy@spam.example", "spam.example/buy"]
)
def test_a_companys_name_holds_no_link(text: str) -> None:
    with pytest.raises(ValidationError, match="no link"):
        TypeAdapter(Name).validate_python(text)
