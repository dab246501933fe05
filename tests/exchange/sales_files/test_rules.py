"""What rows say, and which documents come of them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru import inn as stdnum_inn

from chalicelib.exchange.columns.fields import FIELDS
from chalicelib.exchange.sales_files import rules as sales_files_rules
from chalicelib.exchange.sales_files.rules import REASONS, CellFault, DocumentDrafts, RowReader, SaleRow
from chalicelib.sales.rules import Original


def reader(**more: Any) -> RowReader:
    chosen: dict[str, Any] = {
        "fields": FIELDS,
        "dates": ("dd.mm.yyyy", "dd.mm.yy", "yyyy-mm-dd"),
        "mark": "comma",
        "currency": "RUB",
        "currencies": {"RUB", "GBP"},
        "latest": date(2026, 12, 20),
        "inn_is_valid": stdnum_inn.is_valid,
        **more,
    }
    return RowReader(**chosen)


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
    read = reader().read(number, cells(**given), too_many=False)
    assert isinstance(read, SaleRow), read
    return read


def faults(too_many: bool = False, by: RowReader | None = None, **given: str) -> list[tuple[str, str, str]]:
    read = (by or reader()).read(2, cells(**given), too_many)
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
        customer=sales_files_rules.Customer("К-7", "ООО «Луч»", "7707083893", "773601001"),
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
        ({"inn": "7707083894"}, ("inn", "7707083894", "inn")),
        ({"inn": "770708389"}, ("inn", "770708389", "inn")),
        ({"inn": "ИНН"}, ("inn", "ИНН", "inn")),
        ({"kpp": "77360"}, ("kpp", "77360", "kpp")),
        ({"currency": "USD"}, ("currency", "USD", "currency")),
        ({"return_flag": "может быть"}, ("return_flag", "может быть", "flag")),
        ({"amount": "-5"}, ("amount", "-5", "sign_differs")),
        ({"name": "я" * 301}, ("name", "я" * 301, "too_long")),
        ({"inn": "7" * 61}, ("inn", "7" * 61, "too_long")),
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
    few = reader(fields=[field for field in FIELDS if field not in ("customer", "inn")])
    assert faults(by=few, customer="", customer_name="") == [("customer_name", "", "missing")]


@pytest.mark.parametrize("currency", ["", "RUB", "rub", "руб.", "RUR", "643", "₽"])
def test_roubles_have_many_names(currency: str) -> None:
    assert row(currency=currency).currency == "RUB"


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
    read = reader().read(2, several, too_many)
    if not isinstance(read, SaleRow):
        assert read
        assert all(isinstance(fault, CellFault) and fault.code in REASONS for fault in read)


# --- documents --------------------------------------------------------------------------------------------------------


def drafts(rows: Sequence[SaleRow], wrong: Sequence[str] = (), most_lines: int = 1000) -> DocumentDrafts:
    made = DocumentDrafts(most_lines)
    for each in rows:
        made.add(each)
    for number in wrong:
        made.spoil(number)
    made.settle()
    return made


def test_rows_of_a_document_come_together_from_wherever_they_are() -> None:
    made = drafts([row(2), row(3, document="УТ-2"), row(4), row(5, document="ут-1")])
    assert [(draft.number, [each.row for each in draft.rows]) for draft in made.good()] == [
        ("УТ-1", [2, 4, 5]),
        ("УТ-2", [3]),
    ]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"business_date": "13.01.2026"}, "date_differs"),
        ({"customer": "К-8"}, "customer_differs"),
        ({"currency": "GBP"}, "currency_differs"),
    ],
)
def test_a_document_whose_rows_disagree_is_left_out(other: dict[str, str], code: str) -> None:
    second = row(3, **other)
    made = drafts([row(2), second])
    assert list(made.good()) == []
    assert made.of(second).code == code


def test_a_document_with_a_wrong_row_is_left_out_whole() -> None:
    made = drafts([row(2), row(3), row(4, document="УТ-2")], wrong=["УТ-1", "УТ-9"])
    assert [draft.number for draft in made.good()] == ["УТ-2"]
    assert made.of(row(2)).code == "document_left_out"
    assert made.left_out() == 2


def test_a_row_without_a_number_spoils_no_document() -> None:
    assert drafts([row(2)], wrong=[""]).left_out() == 0


def test_a_document_may_have_so_many_lines_and_none_more() -> None:
    assert [len(draft.rows) for draft in drafts([row(n) for n in range(3)], most_lines=3).good()] == [3]
    made = drafts([row(n) for n in range(9)], most_lines=3)
    assert made.of(row(8)).code == "too_many_lines"
    assert len(made.of(row(8)).rows) == 3


def test_the_same_number_in_another_year_is_another_document() -> None:
    made = drafts([row(2, business_date="30.12.2025"), row(3, business_date="12.01.2026")])
    assert [draft.series for draft in made.good()] == ["2025", "2026"]


@pytest.mark.parametrize(
    ("several", "series"),
    [
        ([{"quantity": "-1"}], "2026-returns"),
        ([{"quantity": "-1"}, {"quantity": "0", "amount": "-5"}], "2026-returns"),
        ([{"quantity": "1", "return_flag": "да"}], "2026-returns"),
        ([{"quantity": "-1"}, {"quantity": "2"}], "2026"),
        ([{"quantity": "0", "amount": "-5"}], "2026"),
    ],
)
def test_returns_are_numbered_apart_from_sales(several: list[dict[str, str]], series: str) -> None:
    (draft,) = drafts([row(**given) for given in several]).good()
    assert draft.series == series


def test_a_return_that_is_marked_in_some_of_its_rows_is_left_out() -> None:
    marked, unmarked = row(2, quantity="-1", return_flag="да"), row(3, quantity="-1", return_flag="")
    made = drafts([marked, unmarked])
    assert list(made.good()) == []
    assert {made.of(each).code for each in (marked, unmarked)} == {"mark_differs"}


def test_a_sale_and_a_return_may_have_the_same_number() -> None:
    made = drafts([row(2), row(3, quantity="-1", return_flag="да")])
    assert [draft.series for draft in made.good()] == ["2026", "2026-returns"]


# --- what a return takes back -----------------------------------------------------------------------------------------


def test_a_return_names_its_sale_once_in_any_of_its_rows() -> None:
    (draft,) = drafts([row(2, quantity="-1", original="ут-9"), row(3, quantity="-1")]).good()
    assert draft.original == Original("УТ-9", ("2026", "2025"), None)


def test_a_return_may_name_the_day_of_its_sale_alone() -> None:
    (draft,) = drafts([row(2, quantity="-1", original_date="11.01.2026")]).good()
    assert draft.original == Original("", (), date(2026, 1, 11))


def test_what_a_sale_rests_on_is_of_no_interest() -> None:
    (draft,) = drafts([row(2, original="УТ-9"), row(3, original="УТ-8", original_date="13.01.2026")]).good()
    assert draft.original is None


@pytest.mark.parametrize(
    ("several", "code", "wanted"),
    [
        ([{"original": "УТ-9"}, {"original": "УТ-8"}], "original_differs", "original"),
        ([{"original_date": "13.01.2026"}], "original_after_return", "original_date"),
    ],
)
def test_a_return_whose_original_cannot_be_is_left_out(several: list[dict[str, str]], code: str, wanted: str) -> None:
    made = drafts([row(2, quantity="-1", **given) for given in several])
    draft = made.of(row(2, quantity="-1"))
    assert (list(made.good()), draft.code, draft.field) == ([], code, wanted)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"original_date": "вчера"}, ("original_date", "date")),
        ({"original_date": "11.01.1926"}, ("original_date", "date_out_of_range")),
        ({"original": "Реализация УТ-1 от 31.02.2026"}, ("original", "date")),
        ({"original": "x" * 151}, ("original", "too_long")),
    ],
)
def test_a_wrong_original_is_a_wrong_row(given: dict[str, str], fault: tuple[str, str]) -> None:
    (found,) = reader().read(2, cells(quantity="-1", **given), False)
    assert (found.field, found.code) == fault


# --- the import -------------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_an_import_whose_file_never_came_has_expired() -> None:
    assert sales_files_rules.visible_state("waiting_for_upload", NOW, NOW) == "waiting_for_upload"
    assert sales_files_rules.visible_state("waiting_for_upload", NOW, NOW + timedelta(seconds=1)) == "expired"
    assert sales_files_rules.visible_state("writing", NOW, NOW + timedelta(days=1)) == "writing"


def test_an_import_in_which_nothing_moves_has_stalled() -> None:
    later = NOW + timedelta(hours=1, seconds=1)
    assert sales_files_rules.is_stalled("writing", NOW, later)
    assert sales_files_rules.is_stalled("splitting", NOW, later)
    assert not sales_files_rules.is_stalled("writing", NOW, NOW + timedelta(minutes=59))
    assert not sales_files_rules.is_stalled("done", NOW, later)


def test_every_reason_has_words_in_both_languages() -> None:
    assert all(english and russian for english, russian in REASONS.values())
