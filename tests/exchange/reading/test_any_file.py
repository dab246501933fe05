"""Any documents, written in any way, come back as they were; and with one defect as they were, or with the defect named."""

import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.exchange.tables.model import Unreadable
from tests.exchange.reading import shapes, writers
from tests.exchange.reading.shapes import Shape
from tests.exchange.reading.steps import Read, read_file
from tests.exchange.reading.writers import Dialect, Document

# Notes that name a row or the file as worth a look.
NAMING = {
    "stray_quote",
    "too_few_cells",
    "carried",
    "arithmetic",
    "no_total",
    "services",
    "unsigned_returns",
    "skipped_texts",
}
FEW, MANY = 60, 2000


def facts(read: Read) -> Any:
    sums = {number.removesuffix("-return"): total for number, total in read.documents.items()}
    return sums, read.quantity, len(read.customers)


def expected(several: list[Document]) -> Any:
    sums = {number_of(document): document.amount for document in several}
    quantity = sum((document.quantity for document in several), Decimal(0))
    return sums, quantity, len({document.customer for document in several})


def number_of(document: Document) -> str:
    return f"УТ-{int(document.number.removeprefix('УТ-'))}"


def check_text(several: list[Document], dialect: Dialect) -> None:
    read = read_file(writers.as_text(several, dialect).encode(dialect.encoding))
    assert facts(read) == expected(several)
    assert not read.faults
    assert read.found.own_total is not None


@settings(max_examples=FEW, deadline=None)
@given(writers.documents(), writers.dialects())
def test_documents_written_as_text_come_back(several: list[Document], dialect: Dialect) -> None:
    check_text(several, dialect)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@given(writers.documents(), writers.dialects())
def test_two_thousand_texts_come_back(several: list[Document], dialect: Dialect) -> None:
    check_text(several, dialect)


@settings(max_examples=FEW, deadline=None)
@given(writers.documents(), st.sampled_from(["utf-8", "cp1251"]))
def test_documents_on_a_web_page_and_in_a_grouped_report_come_back(several: list[Document], encoding: str) -> None:
    for content in (writers.as_page(several, encoding), writers.as_report_text(several).encode(encoding, "replace")):
        read = read_file(content)
        assert facts(read) == expected(several)
        assert read.found.own_total is not None


@settings(max_examples=5, deadline=None)
@given(writers.documents())
def test_documents_in_a_workbook_come_back(several: list[Document]) -> None:
    check_workbooks(several)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=200, deadline=None)
@given(writers.documents())
def test_two_hundred_workbooks_come_back(several: list[Document]) -> None:
    check_workbooks(several)


def check_workbooks(several: list[Document]) -> None:
    for content in (writers.as_xlsx(several), writers.as_ods(several)):
        read = read_file(content)
        assert facts(read) == expected(several)
        assert read.found.own_total is not None


# --- shapes -----------------------------------------------------------------------------------------------------------


def check_shape(several: list[Document], shape: Shape) -> None:
    read = read_file(shapes.as_table(several, shape))
    ordered = shapes.in_order(several, shape)
    counted = [document for at, document in enumerate(ordered) if not shapes.is_cancelled(shape, at)]
    assert not read.faults
    assert {number.removesuffix("-return"): total for number, total in read.documents.items()} == {
        number_of(document): shapes.sum_of(document, shape.sums) for document in counted
    }
    assert len(read.customers) == len({document.customer for document in counted})


@settings(max_examples=2 * FEW, deadline=None)
@given(writers.documents(), shapes.shapes())
def test_sums_and_returns_in_every_shape_come_back(several: list[Document], shape: Shape) -> None:
    check_shape(several, shape)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@given(writers.documents(), shapes.shapes())
def test_two_thousand_shapes_come_back(several: list[Document], shape: Shape) -> None:
    check_shape(several, shape)


# --- one defect -------------------------------------------------------------------------------------------------------


def spoil(text: str, kind: str, chance: random.Random, dialect: Dialect) -> str:
    if kind == "quote":
        at = chance.randrange(len(text))
        return f'{text[:at]}"{text[at:]}'
    if kind == "cut":
        return text[: chance.randrange(len(text) // 2, len(text))]
    lines = text.splitlines(keepends=True)
    first = next(at for at, line in enumerate(lines) if "Номенклатура" in line) + 1
    at = chance.randrange(first, len(lines))
    if kind == "double":
        lines.insert(at, lines[at])
    else:
        cells = lines[at].split(dialect.delimiter)
        place = chance.randrange(len(cells))
        if kind == "blank":
            cells[place] = dialect.line_end if place == len(cells) - 1 else ""
        elif kind == "shift":
            cells.insert(place, "")
        else:
            del cells[place]
        lines[at] = dialect.delimiter.join(cells)
    return "".join(lines)


def check_defect(several: list[Document], dialect: Dialect, kind: str, seed: int) -> None:
    clean = writers.as_text(several, dialect)
    told = read_file(clean.encode(dialect.encoding)).notes
    text = spoil(clean, kind, random.Random(seed), dialect)
    try:
        read = read_file(text.encode(dialect.encoding))
    except Unreadable:
        return
    wrong = {fault.number for fault in read.faults}
    noted = any(read.notes.get(each) != told.get(each) for each in NAMING)
    if kind == "cut" or not wrong:
        assert facts(read) == expected(several) or wrong or noted, (text, facts(read), expected(several))
    sums = {number: total for number, total in facts(read)[0].items() if number not in wrong}
    if kind != "cut":
        assert sums == {number: total for number, total in expected(several)[0].items() if number in sums}, text


def moved_text(delimiter: str, padded: bool, seed: int) -> tuple[str, dict[str, Decimal], int]:
    """A file without a total and without quotes, one text of which holds a delimiter; its sums, and the line of that text.

    The numbers of that row make the amount where they belong, and one column to the right as well. `padded`: rows do not leave out
    their last, empty cell.
    """
    chance = random.Random(seed)
    rows, sums, spoilt = [], {}, chance.randrange(6)
    for at in range(6):
        piece, quantity = chance.randint(1, 9), chance.randint(2, 9)
        price, name = piece * quantity, "Лампа"
        if at == spoilt:
            name = f"Лампа{delimiter}{piece}"
        number = f"УТ-{at // 2}"
        sums[number] = sums.get(number, Decimal(0)) + quantity * price
        cells = ["12.01.2026", number, "ООО К", name, str(quantity), str(price), str(quantity * price)]
        remark = "" if at in (spoilt, 0) else chance.choice(["", "срочно"])
        rows.append(delimiter.join([*cells, remark] if padded or remark else cells))
    heading = delimiter.join(
        ["Дата", "Номер", "Контрагент", "Номенклатура", "Количество", "Цена", "Сумма", "Примечание"]
    )
    return "\n".join([heading, *rows]), sums, spoilt + 2


@settings(max_examples=FEW, deadline=None)
@given(st.sampled_from([";", ",", "\t", "|"]), st.booleans(), st.integers(0, 10**9))
def test_a_delimiter_within_a_text_moves_no_sum_unnamed(delimiter: str, padded: bool, seed: int) -> None:
    text, sums, line = moved_text(delimiter, padded, seed)
    read = read_file(text)
    assert {fault.row for fault in read.faults} == {line}
    assert {fault.code for fault in read.faults} <= {"too_many_cells", "cells_moved"}
    wrong = {fault.number for fault in read.faults}
    assert read.documents == {number: total for number, total in sums.items() if number not in wrong}


KINDS = st.sampled_from(["quote", "cut", "double", "blank", "shift", "lost"])


@settings(max_examples=2 * FEW, deadline=None)
@given(writers.documents(), writers.dialects(), KINDS, st.integers(0, 10**9))
def test_one_defect_changes_no_sum_unnamed(several: list[Document], dialect: Dialect, kind: str, seed: int) -> None:
    check_defect(several, dialect, kind, seed)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@settings(max_examples=MANY, deadline=None)
@given(writers.documents(), writers.dialects(), KINDS, st.integers(0, 10**9))
def test_two_thousand_defects_change_no_sum_unnamed(
    several: list[Document], dialect: Dialect, kind: str, seed: int
) -> None:
    check_defect(several, dialect, kind, seed)
