"""Numbers as accountants write them."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.columns.model import CellError, TypedNumber
from chalicelib.exchange.columns.numbers import is_nothing, number, shape, typed_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234\u202f567,8", "1234567.8"),
        ("1.234.567,80", "1234567.80"),
        ("-1", "-1"),
        ("\u22121,5", "-1.5"),
        ("+7", "7"),
        (",5", "0.5"),
        ("2,000", "2"),
        ("0", "0"),
        ("007", "7"),
        ("1 234,56 руб.", "1234.56"),
        ("(5,00)", "-5"),
        ("5,00-", "-5"),
        ("1'234,56", "1234.56"),
        ("10 шт", "10"),
        ("₺1.234,50", "1234.50"),
        ("1 234,50 zł", "1234.50"),
        ("1 234,50 тенге", "1234.50"),
        ("0,250 кг", "0.25"),
        ("12.345", "12345"),
        ("0,30000000000000004", "0.3"),
        ("33,333333333333336", "33.3333333333333"),
    ],
)
def test_numbers_as_1c_writes_them(text: str, value: str) -> None:
    assert number(text, "comma") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,234.56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1 234.5", "1234.5"),
        ("12.0", "12"),
        (".5", "0.5"),
        ("1,234", "1234"),
    ],
)
def test_numbers_with_a_decimal_point(text: str, value: str) -> None:
    assert number(text, "point") == Decimal(value)


@pytest.mark.parametrize("mark", ["comma", "point"])
@pytest.mark.parametrize(
    "text",
    [
        "12,3a",
        "12 34",
        "1,2,3",
        "1e5",
        "--1",
        "-",
        ",",
        ".",
        "1..2",
        "½",
        "1,50,00",
        "15.-5",
        "1 234,5 6",
        "#Н/Д",
        "1. ",
        "5 тыс. руб.",
        "()",
    ],
)
def test_what_is_no_number(text: str, mark: Any) -> None:
    with pytest.raises(CellError, match="number"):
        number(text, mark)


@pytest.mark.parametrize("text", ["1 000 000 000 000", "9999999999999,9"])
def test_numbers_beyond_any_sale(text: str) -> None:
    with pytest.raises(CellError, match="number_too_large"):
        number(text, "comma")


@given(
    st.decimals(min_value=-(10**11), max_value=10**11, places=3),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    st.sampled_from([("comma", ","), ("point", ".")]),
)
def test_a_number_written_with_groups_is_read_as_it_was(value: Decimal, group: str, mark: tuple[Any, str]) -> None:
    text = f"{value:,f}".replace(",", "_").replace(".", mark[1]).replace("_", group)
    assert number(text, mark[0]) == value


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_wrong(text: str) -> None:
    for mark in ("comma", "point"):
        with suppress(CellError):
            assert number(text, mark).is_finite()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mark"), [("999.50", "comma"), ("1 234,5", "point"), ("0,250", "point"), ("1,234,567", "comma")]
)
def test_a_number_with_the_other_mark_is_told_apart(text: str, mark: Any) -> None:
    with pytest.raises(CellError, match="number_mark"):
        number(text, mark)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1 234,56", "comma"),
        ("1.234,50", "comma"),
        ("1.234.567", "comma"),
        ("0,250", "comma"),
        ("1,234.56", "point"),
        ("1,234,567", "point"),
        ("999.50", "point"),
        ("12.345", "point?"),
        ("2,000", "comma?"),
        ("12", "plain"),
        ("1 234", "plain"),
        ("лампа", "wrong"),
    ],
)
def test_a_number_shows_its_decimal_mark_or_may_show_it(text: str, found: str) -> None:
    assert shape(text) == found


def test_a_dash_is_no_value() -> None:
    assert all(map(is_nothing, ("-", "—", "–")))
    assert not is_nothing("0")


@pytest.mark.parametrize(("cell", "value"), [("0.30000000000000004", "0.3"), ("12345.6", "12345.6"), ("7", "7")])
def test_a_number_of_a_workbook_has_fifteen_digits(cell: str, value: str) -> None:
    assert typed_number(TypedNumber(cell)) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,50,000.00", "150000"),
        ("12,34,567", "1234567"),
        ("1'500.-", "1500"),
        ("15.--", "15"),
        ("15.—", "15"),
        ("١٢٫٥", "12.5"),
        ("۱۲", "12"),
        ("１２", "12"),
    ],
)
def test_numbers_as_other_countries_write_them(text: str, value: str) -> None:
    assert number(text, "point") == Decimal(value)
