"""Headings of a sales file."""

import pytest

from chalicelib.exchange.columns.fields import FIELDS, STAND_INS, headings_of
from chalicelib.exchange.columns.headings import field_of, read_heading

HEADING = [
    "Дата",
    "Номер",
    "Контрагент",
    "ИНН",
    "КПП",
    "Номенклатура",
    "Артикул",
    "Ед. изм.",
    "Количество",
    "Цена",
    "Сумма",
]


def test_columns_are_found_by_1cs_own_headings() -> None:
    heading = read_heading(HEADING, {})
    assert not heading.missing
    assert {field: HEADING[place] for field, place in heading.columns.items()} == {
        "document": "Номер",
        "business_date": "Дата",
        "customer_name": "Контрагент",
        "inn": "ИНН",
        "kpp": "КПП",
        "sku": "Артикул",
        "name": "Номенклатура",
        "quantity": "Количество",
        "unit_price": "Цена",
        "amount": "Сумма",
    }


def test_columns_are_found_by_plain_english_headings_in_any_writing() -> None:
    heading = read_heading(["Invoice", " DATE ", "customer_id", "SKU", "Name", "Qty", "Price", "is_cancel"], {})
    assert not heading.missing
    assert heading.columns["return_flag"] == 7


def test_a_named_heading_goes_before_the_usual_ones_and_an_empty_one_is_not_read() -> None:
    heading = read_heading([*HEADING, "Всего с НДС"], {"amount": "всего с ндс", "inn": ""})
    assert heading.columns["amount"] == len(HEADING)
    assert "inn" not in heading.columns


def test_a_missing_column_is_named_once() -> None:
    found = read_heading([name for name in HEADING if name != "Номер"], {})
    assert found.missing == [("document",)]
    named = read_heading(HEADING, {"document": "№ ведомости"})
    assert named.missing == [("document",)]


def test_a_heading_that_was_named_must_be_there_even_if_the_field_is_not_needed() -> None:
    assert read_heading(HEADING, {"kpp": "КПП плательщика"}).missing == [("kpp",)]


def test_one_of_several_columns_is_enough() -> None:
    names = ["Номер", "Дата", "ИНН", "Товар", "Количество", "Сумма"]
    assert not read_heading(names, {}).missing
    assert read_heading(names[:-1], {}).missing == [("unit_price", "amount", "net_amount")]


def test_a_missing_column_is_told_by_the_callers_word_or_by_the_usual_ones() -> None:
    assert headings_of(("unit_price", "amount"), {"amount": "Итог"}) == ["Цена с НДС / unit price", "Итог"]


def test_what_stands_in_for_a_field_is_a_field() -> None:
    assert all(set(group) <= set(FIELDS) for group in STAND_INS)


@pytest.mark.parametrize(("heading", "wanted"), [("Сумма по полю Количество", "quantity"), ("Sum of Amount", "amount")])
def test_a_pivot_table_names_its_sums_by_their_columns(heading: str, wanted: str) -> None:
    assert field_of(heading) == wanted
