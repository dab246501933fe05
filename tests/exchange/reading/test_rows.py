"""Meanings of rows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn

from chalicelib.exchange.answers.reasons import REASONS
from chalicelib.exchange.columns.fields import FIELDS as ALL_FIELDS
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.reading.rows import AmountSource, Conventions, RowReader, Terms
from chalicelib.exchange.reading.rules import CellFault, Customer, SaleRow, original_of_return
from chalicelib.sales.rules import Original

MOSCOW = ZoneInfo("Europe/Moscow")
FIELDS = [field for field in ALL_FIELDS if field not in ("net_amount", "vat", "discount", "kind", "status")]
BY_PRICE = Conventions(source="price")


def reader(*, fields: Sequence[FieldName] = FIELDS, conventions: Conventions = BY_PRICE, **more: Any) -> RowReader:
    terms = Terms(
        currency="RUB",
        currencies=frozenset({"RUB", "GBP"}),
        latest=date(2026, 12, 20),
        zone=MOSCOW,
        inn_is_valid=stdnum_inn.is_valid,
    )
    return RowReader(fields, {}, terms, conventions, MOSCOW, **more)


def cells(**given: str) -> list[str]:
    usual = {
        "document": "УТ-1",
        "business_date": "12.01.2026",
        "customer": "К-7",
        "customer_name": "ООО «Луч»",
        "sku": "L-1",
        "name": "Лампа",
        "quantity": "2",
        "unit_price": "1 234,56",
    }
    return [{**usual, **given}.get(field, "") for field in FIELDS]


def row(number: int = 2, **given: str) -> SaleRow:
    source: AmountSource = "amount" if given.get("amount") else "price"
    read, _ = reader(conventions=Conventions(source=source)).read(number, cells(**given))
    assert isinstance(read, SaleRow), read
    return read


def faults(too_many: bool = False, by: RowReader | None = None, **given: str) -> list[tuple[str, str, str]]:
    source: AmountSource = "amount" if given.get("amount") else "price"
    read, _ = (by or reader(conventions=Conventions(source=source))).read(2, cells(**given), too_many)
    assert not isinstance(read, SaleRow), read
    return [(fault.field, fault.value, fault.code) for fault in read]


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_read_with_all_it_says() -> None:
    read = row(
        7, document=" ут-1 ", business_date="12.01.2026 14:05:33", amount="2 000,00", inn="7707083893", kpp="773601001"
    )
    assert read == SaleRow(
        row=7,
        number="УТ-1",
        shown="УТ-1",
        kind=None,
        returned=False,
        business_date=date(2026, 1, 12),
        customer=Customer("К-7", "ООО «Луч»", "7707083893", "773601001"),
        currency="RUB",
        sku="L-1",
        name="Лампа",
        quantity=Decimal(2),
        unit_price=Decimal("1234.56"),
        amount=Decimal(2000),
    )


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"quantity": "12,3a"}, ("quantity", "12,3a", "number")),
        ({"quantity": ""}, ("quantity", "", "missing")),
        ({"unit_price": "10%"}, ("unit_price", "10%", "number")),
        ({"unit_price": ""}, ("unit_price", "", "missing")),
        ({"business_date": "32.01.2026"}, ("business_date", "32.01.2026", "date")),
        ({"business_date": "12.01.2062"}, ("business_date", "12.01.2062", "date_out_of_range")),
        ({"business_date": "12.01.1962"}, ("business_date", "12.01.1962", "date_out_of_range")),
        ({"business_date": "  "}, ("business_date", "", "missing")),
        ({"document": ""}, ("document", "", "missing")),
        ({"customer": "", "customer_name": ""}, ("customer", "", "missing")),
        ({"sku": "", "name": ""}, ("sku", "", "missing")),
        ({"customer": "#Н/Д"}, ("customer", "#Н/Д", "spoilt")),
        ({"customer": "0"}, ("customer", "0", "spoilt")),
        ({"document": "1,00E+11"}, ("document", "1,00E+11", "spoilt")),
        ({"kpp": "77360"}, ("kpp", "77360", "kpp")),
        ({"currency": "USD"}, ("currency", "USD", "currency")),
        ({"return_flag": "может быть"}, ("return_flag", "может быть", "flag")),
        ({"quantity": "-2", "amount": "5"}, ("amount", "5", "sign_differs")),
        ({"name": "я" * 301}, ("name", "я" * 301, "too_long")),
        ({"inn": "7" * 101}, ("inn", "7" * 101, "too_long")),
        ({"document": "𝟏" * 101}, ("document", "𝟏" * 101, "too_long")),
    ],
)
def test_a_wrong_cell_is_named_with_its_value(given: dict[str, str], wrong: tuple[str, str, str]) -> None:
    assert faults(**given) == [wrong]


def test_every_wrong_cell_of_a_row_is_named() -> None:
    assert [field for field, _, _ in faults(quantity="x", unit_price="y", business_date="z")] == [
        "business_date",
        "quantity",
        "unit_price",
    ]


def test_a_row_with_more_cells_than_the_heading_is_wrong() -> None:
    assert faults(too_many=True) == [("", "", "too_many_cells")]


def test_a_missing_customer_is_told_by_a_column_that_the_file_has() -> None:
    fields = [field for field in FIELDS if field not in ("customer", "inn")]
    given = [cell for field, cell in zip(FIELDS, cells(customer_name=""), strict=True) if field in fields]
    read, _ = reader(fields=fields).read(2, given)
    assert [(fault.field, fault.code) for fault in read if isinstance(fault, CellFault)] == [
        ("customer_name", "missing")
    ]


def test_a_wrong_inn_is_left_out_where_the_customer_has_a_name() -> None:
    by = reader()
    read, _ = by.read(2, cells(inn="7707083894"))
    assert isinstance(read, SaleRow)
    assert (read.customer.inn, by.ignored_inns) == (None, 1)
    assert faults(inn="7707083894", customer="", customer_name="") == [("inn", "7707083894", "inn")]


@pytest.mark.parametrize(
    ("quantity", "amount", "flag"),
    [("2", "300", "да"), ("-2", "-300", "да"), ("-2", "-300", "нет"), ("-2", "-300", "")],
)
def test_a_return_takes_away_whether_it_has_a_minus_or_a_mark(quantity: str, amount: str, flag: str) -> None:
    read = row(quantity=quantity, amount=amount, return_flag=flag)
    assert (read.quantity, read.amount, read.returned) == (-2, -300, flag == "да")


@pytest.mark.parametrize(
    ("given", "ref"),
    [
        ({}, "К-7"),
        ({"inn": "7707083893"}, "К-7"),
        ({"customer": "", "inn": "7707083893", "kpp": "773601001"}, "inn:7707083893/773601001"),
        ({"customer": "", "inn": "7707083893"}, "inn:7707083893"),
        ({"customer": "", "inn": "500100732259", "kpp": "773601001"}, "inn:500100732259"),
        ({"customer": ""}, "name:луч, ооо"),
        ({"customer": "", "customer_name": 'ООО  "Луч"'}, "name:луч, ооо"),
    ],
)
def test_a_customer_is_named_by_code_or_inn_or_name(given: dict[str, str], ref: str) -> None:
    assert row(**given).customer.ref == ref


def test_a_leading_zero_that_a_spreadsheet_took_away_comes_back() -> None:
    with_zero = next(text for n in range(100) if stdnum_inn.is_valid(text := f"01010000{n:02}"))
    assert row(inn=with_zero.removeprefix("0")).customer.inn == with_zero
    assert row(kpp="10101001").customer.kpp == "010101001"


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(cells()), min_size=len(FIELDS), max_size=len(FIELDS)), st.booleans()
)
def test_any_cells_are_a_row_or_faults_with_known_codes(several: list[str], too_many: bool) -> None:
    read, _ = reader().read(2, several, too_many)
    if not isinstance(read, SaleRow):
        assert read
        assert all(isinstance(fault, CellFault) and fault.code in REASONS for fault in read)


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(english and russian for english, russian in REASONS.values())


# --- the sale that a return takes back --------------------------------------------------------------------------------

JANUARY = date(2026, 1, 12)


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
