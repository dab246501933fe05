"""A row whose cells cannot be told apart: every document that it may belong to is left out whole, and no other document changes."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchange.reading.steps import Read, read_file

FIRST = "30.01.2026;УТ-367;К;Труба;1;10"
TORN = '20.01.2026;УТ-271;М;"Краска бе"лая; 10 л";4;65'
CARRIED = [";;;Труба;2;20", ";;;Провод;3;30"]


def table(*rows: str, heading: str = "Дата;Номер;Контрагент;Номенклатура;Количество;Сумма") -> str:
    return "\n".join([heading, *rows, ""])


def named(read: Read) -> set[tuple[int, str, str]]:
    return {(fault.row, fault.number, fault.code) for fault in read.faults}


# --- rows that leave their document to the rows above ----------------------------------------------------------------


def test_rows_below_a_torn_first_row_are_not_carried_to_the_document_above() -> None:
    read = read_file(table(FIRST, TORN, *CARRIED, "31.01.2026;УТ-400;К;Труба;1;7", ";;;Лампа;1;5"))
    assert read.documents == {"УТ-367": 10, "УТ-400": 12}
    assert named(read) == {(3, "УТ-271", "quote"), (4, "УТ-271", "row_above"), (5, "УТ-271", "row_above")}


def test_a_torn_row_that_leaves_its_document_to_the_row_above_leaves_that_document_out() -> None:
    read = read_file(table(FIRST, CARRIED[0], ';;;"Краска бе"лая; 10 л";4;65', CARRIED[1], TORN.replace('"', "", 2)))
    assert "УТ-367" not in read.documents
    assert {(4, "", "quote"), (5, "", "row_above")} < named(read)


def test_a_torn_row_that_leaves_its_document_to_the_row_above_and_holds_the_next_number_leaves_out_both() -> None:
    torn = ';;;Кисть;4;"6530.01.2026;УТ-400;К;Труба;1;7'
    read = read_file(table("29.01.2026;УТ-300;К;Труба;1;1", FIRST, CARRIED[0], torn, CARRIED[1]))
    assert read.documents == {"УТ-300": 1}
    assert {(4, "УТ-367", "row_beside"), (5, "УТ-400", "quote"), (6, "УТ-400", "row_above")} <= named(read)


def test_the_only_document_of_a_file_is_left_out_whole_where_its_first_row_has_a_stray_quote() -> None:
    read = read_file(table(FIRST.replace(";10", ';1"0'), CARRIED[0]))
    assert read.documents == {}
    assert "УТ-367" in {number for _, number, _ in named(read)}


# --- rows with cells in wrong columns --------------------------------------------------------------------------------

SHIFTED = "Дата;Цена;Номенклатура;Номер;Количество;Контрагент;Сумма"
LAMP = "29.04.2026;50,00;Лампа;УТ-264;2;ООО М;100,00"
BRUSH = "29.04.2026;900,00;Кисть; белая;УТ-264;1;ООО М;900,00"
OTHERS = ["28.04.2026;10,00;Грунт;УТ-263;1;ООО К;10,00", "30.04.2026;10,00;Грунт;УТ-265;1;ООО К;10,00"]


@pytest.mark.parametrize(
    "rows", [[OTHERS[0], LAMP, BRUSH, OTHERS[1]], [OTHERS[0], BRUSH, LAMP, OTHERS[1]], [BRUSH, *OTHERS, LAMP]]
)
def test_a_document_whose_number_stands_in_another_cell_of_a_long_row_is_left_out_whole(rows: list[str]) -> None:
    read = read_file(table(*rows, heading=SHIFTED))
    assert read.documents == {"УТ-263": 10, "УТ-265": 10}
    assert {number for _, number, _ in named(read)} == {"УТ-264"}


@pytest.mark.parametrize("number", ["", "7"])
def test_the_documents_beside_a_long_row_are_left_out_where_its_number_is_not_known(number: str) -> None:
    torn = BRUSH.replace("УТ-264", number)
    read = read_file(table("27.04.2026;1;Лак;УТ-1;1;ООО К;1", OTHERS[0], torn, OTHERS[1], LAMP, heading=SHIFTED))
    assert read.documents == {"УТ-1": 1, "УТ-264": 100}
    assert {(3, "УТ-263", "row_beside"), (4, "", "too_many_cells"), (5, "УТ-265", "row_beside")} <= named(read)


def test_a_document_whose_number_is_all_digits_is_left_out_with_those_beside_its_long_row() -> None:
    rows = [row.replace("УТ-", "") for row in (BRUSH, *OTHERS, LAMP)]
    read = read_file(table(*rows, heading=SHIFTED).replace(";264;", ";10264;"))
    assert "10264" not in {row.number for row in read.rows if row.number in read.documents}
    assert {"", "263"} <= {number for _, number, _ in named(read)}


def test_a_document_is_left_out_whose_row_lost_a_cell() -> None:
    lost = BRUSH.replace("900,00;Кисть; белая;", "Кисть;")
    rows = [f"{row};" for row in (OTHERS[0], LAMP)]
    read = read_file(table(*rows, lost, f"{OTHERS[1]};", heading=f"{SHIFTED};Примечание"))
    assert read.documents == {"УТ-263": 10, "УТ-265": 10}
    assert (4, "УТ-264", "too_few_cells") in named(read)


def test_a_stray_quote_in_a_number_leaves_its_document_out_whole() -> None:
    read = read_file(table(FIRST, FIRST.replace("УТ-3", 'УТ-"3'), "31.01.2026;УТ-400;К;Труба;1;7"))
    assert read.documents == {"УТ-400": 7}
    assert named(read) == {(3, "УТ-367", "quote")}


def test_a_stray_quote_in_a_row_of_quoted_cells_leaves_its_document_out_whole() -> None:
    rows = [FIRST, FIRST.replace("Труба", 'Ла"мпа'), "31.01.2026;УТ-400;К;Труба;1;7"]
    read = read_file(table(*('"' + row.replace(";", '";"') + '"' for row in rows)))
    assert read.documents == {"УТ-400": 7}


@settings(max_examples=60, deadline=None)
@given(st.permutations(range(7)), st.permutations(range(6)), st.integers(0, 5), st.sampled_from([";", "\t", "|"]))
def test_an_unquoted_delimiter_leaves_no_document_in_part(
    order: list[int], lines: list[int], spoilt: int, delimiter: str
) -> None:
    heading = SHIFTED.split(";")
    rows = []
    for at in lines:
        name = f"Кисть{delimiter} белая" if at == spoilt else "Лампа"
        cells = [f"1{at // 2}.04.2026", "50,00", name, f"УТ-{260 + at // 2}", "2", f"ООО {at // 2}", "100,00"]
        rows.append(delimiter.join(cells[place] for place in order))
    read = read_file("\n".join([delimiter.join(heading[place] for place in order), *rows, ""]))
    assert read.documents == {f"УТ-{260 + at}": Decimal(200) for at in range(3) if at != spoilt // 2}


# --- numbers that nothing proves: a file without prices or without sums ----------------------------------------------

REMARK = "Дата;Номер;Контрагент;Номенклатура;Количество;{};Примечание"


@pytest.mark.parametrize("of_row", ["Сумма", "Цена", "Сумма без НДС"])
@pytest.mark.parametrize("remark", ["срочно", "7"])
def test_a_delimiter_within_a_text_may_have_moved_numbers_where_rows_leave_out_their_last_cells(
    of_row: str, remark: str
) -> None:
    short = [f"12.01.2026;УТ-{at};К;Л;1;100" for at in (1, 2)]
    moved = "12.01.2026;УТ-4;К;Л;5;2;300"
    read = read_file(table(*short, f"12.01.2026;УТ-3;К;Л;1;100;{remark}", moved, heading=REMARK.format(of_row)))
    assert (5, "УТ-4", "cells_moved") in named(read)
    assert "УТ-4" not in read.documents


def test_a_row_that_ends_within_a_number_may_have_been_cut_where_others_are_longer() -> None:
    whole = [f"12.01.2026;УТ-{at};К;Л;1;100;7" for at in range(1, 21)]
    read = read_file(table(*whole, "12.01.2026;УТ-30;К;Л;2;3", heading=REMARK.format("Сумма")))
    assert (22, "УТ-30", "too_few_cells") in named(read)
    assert "УТ-30" not in read.documents


def test_rows_that_leave_out_their_last_cell_are_read() -> None:
    read = read_file(table("12.01.2026;УТ-1;К;Л;1;100;да", "12.01.2026;УТ-2;К;Л;2;30", heading=REMARK.format("Сумма")))
    assert read.documents == {"УТ-1": 100, "УТ-2": 30}


# --- notes -----------------------------------------------------------------------------------------------------------


def test_a_total_that_cannot_be_compared_is_not_said_to_be_missing() -> None:
    told = read_file(table(FIRST, TORN, "Итого;;;;5;75")).notes
    assert told["total_unproven"]["lines"] == [4]
    assert "no_total" not in told
