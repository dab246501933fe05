"""Documents that come of rows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from chalicelib.exchange.documents.rules import DocumentDrafts, repeated_rows
from chalicelib.exchange.imports import rules as sales_files_rules
from chalicelib.exchange.reading.rules import CellFault, SaleRow
from chalicelib.sales.rules import Original
from tests.exchange.reading.test_rows import cells, reader, row

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


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        ([2, 9], True),
        ([2, 3], False),
    ],
    ids=["apart, as where a file holds its table twice", "next to each other, as of two of the same goods"],
)
def test_a_document_whose_rows_all_come_again_is_left_out(lines: list[int], left_out: bool) -> None:
    found = list(drafts([row(line) for line in lines]).bad())
    assert [draft.code for draft in found] == ["document_twice"] * left_out


def test_a_document_that_stands_apart_by_warehouses_is_one() -> None:
    goods = ["L-1", "L-2"]
    parts = [row(line + at, sku=sku)._replace(warehouse=f"{line}") for line in (2, 9) for at, sku in enumerate(goods)]
    [whole] = drafts(parts).good()
    assert (len(whole.rows), repeated_rows(whole)) == (4, [])
    again = [each._replace(row=each.row + 20) for each in parts]
    assert [draft.code for draft in drafts([*parts, *again]).bad()] == ["document_twice"]


def test_documents_whose_goods_are_not_told_are_no_copies_of_themselves() -> None:
    sums = [row(line)._replace(quantity=Decimal(1), amount=Decimal(line)) for line in (2, 3, 9, 10)]
    assert not list(drafts(sums).bad())


def test_rows_next_to_each_other_are_a_copy_where_they_are_of_three_kinds() -> None:
    three = [row(2 + at, sku=f"L-{at % 3}") for at in range(6)]
    assert [draft.code for draft in drafts(three).bad()] == ["document_twice"]
    assert not list(drafts([*three, row(8, sku="L-3")]).bad())
    two = [row(2 + at, sku=f"L-{at % 2}") for at in range(4)]
    assert not list(drafts(two).bad())


def test_rows_that_name_their_goods_again_elsewhere_are_another_state_of_the_document() -> None:
    goods = ["L-1", "L-2"]
    first, again = ([row(line + at, sku=sku) for at, sku in enumerate(goods)] for line in (2, 9))
    again[0] = again[0]._replace(quantity=Decimal(7))
    assert [draft.code for draft in drafts([*first, *again]).bad()] == ["document_twice"]
    beside = [each._replace(row=4 + at) for at, each in enumerate(again)]
    assert not list(drafts([*first, *beside]).bad())
    [alone] = drafts([first[0], again[0]]).good()
    assert repeated_rows(alone) == [9]


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
        ([{"quantity": "0", "amount": "-5"}], "2026-returns"),
        ([{"quantity": "2", "amount": "-5"}], "2026-returns"),
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
        ({"original": "x" * 251}, ("original", "too_long")),
    ],
)
def test_a_wrong_original_is_a_wrong_row(given: dict[str, str], fault: tuple[str, str]) -> None:
    found, _ = reader().read(2, cells(quantity="-1", **given))
    assert [(each.field, each.code) for each in found if isinstance(each, CellFault)] == [fault]


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
