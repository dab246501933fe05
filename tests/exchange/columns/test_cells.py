"""Cells as accountants write them."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.exchange.columns import rules as columns_rules
from chalicelib.exchange.columns.rules import CellError

# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234,56", "1234.56"),
        ("1\u00a0234,56", "1234.56"),
        ("1\u202f234\u202f567,8", "1234567.8"),
        ("1234.56", "1234.56"),
        ("1.234.567,80", "1234567.80"),
        ("-1", "-1"),
        ("\u22121,5", "-1.5"),
        ("+7", "7"),
        (",5", "0.5"),
        ("2,000", "2"),
        ("0", "0"),
        ("007", "7"),
    ],
)
def test_numbers_as_1c_writes_them(text: str, value: str) -> None:
    assert columns_rules.number(text, "comma") == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,234.56", "1234.56"), ("1 234.5", "1234.5"), ("12.0", "12"), (".5", "0.5"), ("1,234", "1234")],
)
def test_numbers_with_a_decimal_point(text: str, value: str) -> None:
    assert columns_rules.number(text, "point") == Decimal(value)


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
        "١٢",
        "12 руб.",
        "1 234,5 6",
        "#Н/Д",
        "1.",
        "()",
    ],
)
def test_what_is_no_number(text: str, mark: Any) -> None:
    with pytest.raises(CellError, match="number"):
        columns_rules.number(text, mark)


@pytest.mark.parametrize("text", ["1 000 000 000 000", "0,1234567890123"])
def test_numbers_beyond_any_sale(text: str) -> None:
    with pytest.raises(CellError, match="number_too_large"):
        columns_rules.number(text, "comma")


@given(
    st.decimals(min_value=-(10**11), max_value=10**11, places=3),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    st.sampled_from([("comma", ","), ("point", ".")]),
)
def test_a_number_written_with_groups_is_read_as_it_was(value: Decimal, group: str, mark: tuple[Any, str]) -> None:
    text = f"{value:,f}".replace(",", "_").replace(".", mark[1]).replace("_", group)
    assert columns_rules.number(text, mark[0]) == value


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_wrong(text: str) -> None:
    for mark in ("comma", "point"):
        with suppress(CellError):
            assert columns_rules.number(text, mark).is_finite()  # type: ignore[arg-type]


# --- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "12.01.2026",
        "12.01.26",
        "12.1.2026",
        "12.01.2026 14:05:33",
        "12.01.2026 9:00",
        "2026-01-12",
        "2026-01-12T14:05:33",
        "2026-01-12 14:05:33.123",
        "2026-01-12T14:05:33Z",
        "2026-01-12T14:05:33+03:00",
    ],
)
def test_dates_with_and_without_a_time(text: str) -> None:
    assert columns_rules.day(text, ("dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd")) == date(2026, 1, 12)


def test_the_order_of_day_and_month_is_the_callers_word() -> None:
    assert columns_rules.day("01/12/2026", ("dd/mm/yyyy",)) == date(2026, 12, 1)
    assert columns_rules.day("01/12/2026", ("mm/dd/yyyy",)) == date(2026, 1, 12)


@pytest.mark.parametrize(
    "text", ["31.02.2026", "12.01", "январь 2026", "12.13.2026", "46034", "12/01/2026", "12.01.2026x"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(CellError, match="date"):
        columns_rules.day(text, ("dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd"))


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_read_in_every_form(day: date) -> None:
    forms: dict[columns_rules.DateOrder, str] = {
        "dd.mm.yyyy": "%d.%m.%Y",
        "dd.mm.yy": "%d.%m.%y",
        "yyyy-mm-dd": "%Y-%m-%d",
        "dd/mm/yyyy": "%d/%m/%Y",
        "mm/dd/yyyy": "%m/%d/%Y",
    }
    for order, form in forms.items():
        assert columns_rules.day(day.strftime(form), (order,)) == day


# --- what is no row ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "document", "skipped"),
    [
        (["Итого", "", "11,25"], "", True),
        (["", "Всего по отчету:", ""], "", True),
        (["Grand total", "", "7"], "", True),
        (["", " ", "\t"], "", True),
        (["", "Итого", ""], "Итого", True),
        (["Total Energy LLC", "УТ-1", "7"], "УТ-1", False),
        (["Итого", "УТ-1", "7"], "УТ-1", False),
        (["12.01.2026", "", "7"], "", False),
        (["Итоговая сверка", "", "7"], "", False),
    ],
)
def test_rows_of_totals_and_empty_rows_are_skipped(values: list[str], document: str, skipped: bool) -> None:
    assert columns_rules.is_skipped(values, document) is skipped
