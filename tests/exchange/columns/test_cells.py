"""Flags, tax numbers, totals and references."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from stdnum.ru import inn as stdnum_inn

from chalicelib.exchange.columns.cells import (
    Reference,
    TaxNumbers,
    currency,
    is_total,
    original_of_row,
    read_reference,
    sum_told,
    tax_numbers,
    total_of,
)
from chalicelib.exchange.columns.dates import day
from chalicelib.exchange.columns.model import CellError

JANUARY = date(2026, 1, 12)
PRESENTED = "Реализация товаров и услуг УТ-000123 от 12.01.2026 10:00:00"


@pytest.mark.parametrize(
    "name", ["RUB", "rub", "руб.", "р.", "RUR", "643", "810", "₽", "Российский рубль", "российские рубли"]
)
def test_roubles_have_many_names(name: str) -> None:
    assert currency(name) == "RUB"


@pytest.mark.parametrize(
    ("text", "inn", "kpp"),
    [
        ("7707083893", "7707083893", ""),
        ("'7707083893", "7707083893", ""),
        ("7707083893.0", "7707083893", ""),
        ("7 707 083 893", "7707083893", ""),
        ("7707083893/770701001", "7707083893", "770701001"),
        ("7707083893 / -", "7707083893", ""),
    ],
)
def test_an_inn_is_read_as_spreadsheets_leave_it(text: str, inn: str, kpp: str) -> None:
    assert tax_numbers(text, stdnum_inn.is_valid) == TaxNumbers(inn, kpp)


@pytest.mark.parametrize("text", ["7707083894", "7,70708E+09", "#Н/Д", "ИНН", "0"])
def test_what_is_no_inn(text: str) -> None:
    with pytest.raises(CellError, match="inn"):
        tax_numbers(text, stdnum_inn.is_valid)


@pytest.mark.parametrize(
    ("values", "total", "group"),
    [
        (["Итого", "", "11,25"], True, ""),
        (["", "Всего по отчету:", ""], True, ""),
        (["Общий итог", "7"], True, ""),
        (["Итоги", "7"], True, ""),
        (["Промежуточные итоги", "7"], True, ""),
        (["УТ-1 Итог", "7"], True, "УТ-1"),
        (["ООО Ромашка Всего", "7"], True, "ООО Ромашка"),
        (["Итого по УТ-1", "7"], True, "Итого по УТ-1"),
        (["Оборот", "7"], True, ""),
        (["Grand total", "", "7"], True, ""),
        (["", " ", "\t"], False, ""),
        (["Итоговая сверка", "", "7"], False, "Итоговая сверка"),
    ],
)
def test_a_row_of_totals_begins_or_ends_with_a_word_for_it(values: list[str], total: bool, group: str) -> None:
    assert is_total(values) is total
    if any(map(str.strip, values)):
        assert total_of(values) == group


def read(text: str) -> Reference:
    return read_reference(text, lambda cell: day(cell, "dmy", ZoneInfo("Europe/Moscow")))


@pytest.mark.parametrize(
    ("text", "number", "sale_day"),
    [
        ("УТ-000123", "УТ-123", None),
        ("№ 123", "123", None),
        (PRESENTED, "УТ-123", JANUARY),
        ("Расходная накладная №123 от 12.01.26", "123", JANUARY),
        ("Invoice INV-7 from 2026-01-12", "INV-7", JANUARY),
        ("Заказ клиента УТ-000007 от 12.01.2026 9:00:00", "", None),
        ("Договор 15 от 12.01.2026", "", None),
    ],
)
def test_a_cell_names_a_sale_by_its_number_or_as_1c_shows_it(text: str, number: str, sale_day: date | None) -> None:
    found = read(text)
    assert (found.number, found.day) == (number, sale_day)


def test_a_day_in_it_that_is_none_is_wrong() -> None:
    with pytest.raises(CellError, match="date"):
        read("Реализация УТ-1 от 31.02.2026")


def test_a_row_without_either_names_nothing() -> None:
    assert original_of_row(None, None) is None
    assert original_of_row(read("Заказ клиента УТ-7 от 12.01.2026"), None) is None


def test_a_day_of_its_own_column_goes_before_the_one_in_the_cell() -> None:
    assert original_of_row(read(PRESENTED), date(2026, 1, 13)) == ("УТ-123", date(2026, 1, 13))
    assert original_of_row(None, JANUARY) == ("", JANUARY)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("Итого: 250,00", "250,00"),
        ("Итого по отчёту: 1 250,00 руб.", "1 250,00"),
        ("Всего с НДС: 250 руб.", "250"),
        ("Total: 1,250.00", "1,250.00"),
        ("Всего наименований 2, на сумму 250,00 руб.", "250,00"),
        ("Всего: 2", ""),
        ("Итого строк: 250", ""),
        ("Итого НДС: 20,00", ""),
        ("Итого на 12.01.2026", ""),
    ],
)
def test_a_total_may_tell_its_sum_within_its_words(words: str, told: str) -> None:
    assert sum_told([words, "", ""]) == told
