"""References of a return to its original sale."""

from datetime import date

import pytest

from chalicelib.exchange.columns.rules import (
    CellError,
    Reference,
    day,
    original_of_return,
    original_of_row,
    read_reference,
)
from chalicelib.sales.rules import Original

JANUARY = date(2026, 1, 12)
PRESENTED = "РЕАЛИЗАЦИЯ ТОВАРОВ И УСЛУГ УТ-000123 ОТ 12.01.2026 10:00:00"


def read(text: str) -> Reference:
    return read_reference(text, lambda cell: day(cell, ("dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd")))


@pytest.mark.parametrize(
    ("text", "number", "sale_day"),
    [
        ("УТ-000123", "УТ-000123", None),
        ("№ 123", "123", None),
        ("№123", "123", None),
        (PRESENTED, "УТ-000123", JANUARY),
        ("РЕАЛИЗАЦИЯ (АКТ, НАКЛАДНАЯ) 0000-000123 ОТ 12.01.2026 23:59:59", "0000-000123", JANUARY),
        ("РАСХОДНАЯ НАКЛАДНАЯ № 123 ОТ 12.01.2026 Г.", "123", JANUARY),
        ("РАСХОДНАЯ НАКЛАДНАЯ №123 ОТ 12.01.26", "123", JANUARY),
        ("123 ОТ 12.01.2026", "123", JANUARY),
        ("INVOICE NO. 123 DATED 2026-01-12", "123", JANUARY),
        ("INVOICE INV-7 FROM 2026-01-12", "INV-7", JANUARY),
        ("ЗАКАЗ КЛИЕНТА УТ-000007 ОТ 12.01.2026 9:00:00", "", None),
        ("ЗАЯВКА НА ВОЗВРАТ ТОВАРОВ ОТ КЛИЕНТА УТ-000007 ОТ 12.01.2026", "", None),
        ("ДОГОВОР 15 ОТ 12.01.2026", "", None),
    ],
)
def test_a_cell_names_a_sale_by_its_number_or_as_1c_shows_it(text: str, number: str, sale_day: date | None) -> None:
    found = read(text)
    assert (found.number, found.day) == (number, sale_day)


def test_a_day_in_it_that_is_none_is_wrong() -> None:
    with pytest.raises(CellError, match="date"):
        read("РЕАЛИЗАЦИЯ УТ-1 ОТ 31.02.2026")


def test_a_row_without_either_names_nothing() -> None:
    assert original_of_row(None, None, "В-1") is None
    assert original_of_row(read("ЗАКАЗ КЛИЕНТА УТ-7 ОТ 12.01.2026"), None, "В-1") is None


def test_a_day_of_its_own_column_goes_before_the_one_in_the_cell() -> None:
    assert original_of_row(read(PRESENTED), date(2026, 1, 13), "В-1") == ("УТ-000123", date(2026, 1, 13))
    assert original_of_row(None, JANUARY, "В-1") == ("", JANUARY)


def test_where_the_file_numbers_its_documents_as_1c_shows_them_so_is_the_original() -> None:
    own = "ВОЗВРАТ ТОВАРОВ ОТ КЛИЕНТА УТ-000007 ОТ 20.01.2026 12:00:00"
    assert original_of_row(read(PRESENTED), None, own) == (PRESENTED, JANUARY)


@pytest.mark.parametrize(
    ("number", "sale_day", "named"),
    [
        ("УТ-1", date(2025, 12, 30), Original("УТ-1", ("2025",), date(2025, 12, 30))),
        ("УТ-1", None, Original("УТ-1", ("2026", "2025"), None)),
        ("", JANUARY, Original("", (), JANUARY)),
    ],
    ids=["in the year of its day", "without a day in this year or the one before", "by its day alone"],
)
def test_a_number_is_looked_for(number: str, sale_day: date | None, named: Original) -> None:
    assert original_of_return(number, sale_day, date(2026, 2, 1)) == named
