"""No file lies: the same rows and the same control total in CSV, workbook and PDF, at any number of rows, and no text becomes a formula."""

import csv
import io
import json
import re
import tracemalloc
import zlib
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from chalicelib.platform.files import pages
from chalicelib.platform.files.tables import Cell, Column, Format, Table, write, written

COLUMNS = [Column("День", 12), Column("Документ", 20), Column("Сумма", 15, numeric=True)]


def table(rows: list[list[Cell]]) -> Table:
    total = sum((row[2] for row in rows if isinstance(row[2], Decimal)), Decimal(0))
    notes: list[tuple[str, Cell]] = [("Строк", len(rows)), ("Контрольная сумма", total)]
    return Table("Акт сверки", notes, COLUMNS, rows, [[None, "Итого", total]], sender="Клуб № 1", language="ru")


def rows_of(number: int) -> list[list[Cell]]:
    return [
        [date(2026, 1, 1) + timedelta(days=each % 365), f"УТ-{each:06}", Decimal(each * 7 % 100_000) / 100 - 5]
        for each in range(number)
    ]


def in_csv(content: bytes) -> list[list[str]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return rows[1 : rows.index([])]


def told_in_csv(content: bytes) -> list[list[str]]:
    """The title and the notes, below the rows."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return rows[rows.index([]) + 1 :]


def in_workbook(content: bytes) -> list[list[object]]:
    rows: list[list[object]] = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()  # type: ignore[assignment]
    heading = next(number for number, row in enumerate(rows) if row[:2] == ["День", "Документ"])
    return rows[heading + 1 :]


def told_in_workbook(content: bytes) -> list[list[object]]:
    """The notes, above the rows."""
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [[label, cents(value)] for label, value, *_ in rows[1 : rows.index(["", "", ""])]]


def in_pdf(content: bytes) -> list[list[str]]:
    """The texts of each page in the order in which they were drawn."""
    font = json.loads((Path(pages.__file__).parent / "font" / "sans.json").read_text(encoding="utf-8"))
    meaning = {number: each for each, (number, _) in font["glyphs"].items()}
    found = []
    for packed in re.findall(rb"stream\n(.*?)\nendstream", content, re.DOTALL):
        try:
            stream = zlib.decompress(packed)
        except zlib.error:
            continue
        if texts := re.findall(rb"<([0-9a-f]*)> Tj", stream):
            found.append(
                ["".join(meaning[int(text[at : at + 4], 16)] for at in range(0, len(text), 4)) for text in texts]
            )
    return found


def amount(text: str) -> Decimal:
    return Decimal(text.replace("\N{NO-BREAK SPACE}", "").replace(",", "."))


def cents(cell: object) -> Decimal:
    return Decimal(str(cell)).quantize(Decimal("0.01"))


def check(number: int) -> None:
    rows = rows_of(number)
    total = sum((row[2] for row in rows if isinstance(row[2], Decimal)), Decimal(0))
    content = written(table(rows), "csv")
    listed = in_csv(content)
    assert told_in_csv(content) == [
        ["Акт сверки"],
        ["Строк", str(number)],
        ["Контрольная сумма", f"{total}".replace(".", ",")],
    ]
    assert (len(listed) - 1, amount(listed[-1][2])) == (number, total)
    assert sum(amount(row[2]) for row in listed[:-1]) == total
    content = written(table(rows), "xlsx")
    cells = in_workbook(content)
    assert told_in_workbook(content) == [["Строк", number], ["Контрольная сумма", total]]
    assert (len(cells) - 1, cents(cells[-1][2])) == (number, total)
    assert sum((cents(row[2]) for row in cells[:-1]), Decimal(0)) == total
    drawn = in_pdf(written(table(rows), "pdf"))
    texts = [text for page in drawn for text in page]
    told = dict(text.split(": ") for text in drawn[0][1:3])
    assert {label: amount(value) for label, value in told.items()} == {"Строк": number, "Контрольная сумма": total}
    assert [text for text in texts if text.startswith("УТ-")] == [row[1] for row in rows]
    assert amount(texts[texts.index("Итого") + 1]) == total
    assert f"стр. {len(drawn)} из {len(drawn)}" in drawn[-1]


@pytest.mark.parametrize("number", [0, 1, 49, 50, 51, 2001])
def test_every_format_has_all_rows_and_the_control_total(number: int) -> None:
    check(number)


@pytest.mark.slow
@pytest.mark.parametrize("number", [10_001, 100_000])
def test_every_format_has_all_of_many_rows_and_the_control_total(number: int) -> None:
    check(number)


def test_numbers_and_dates_of_a_workbook_are_numbers_and_dates_and_a_formula_is_text() -> None:
    rows: list[list[Cell]] = [[date(2026, 5, 4), "=cmd|' /C calc'!A0", Decimal("-5.00")]]
    first, _ = in_workbook(written(table(rows), "xlsx"))
    assert first == [date(2026, 5, 4), "=cmd|' /C calc'!A0", -5.0]
    row, _ = in_csv(written(table(rows), "csv"))
    assert row == ["2026-05-04", "'=cmd|' /C calc'!A0", "-5,00"]


def test_a_csv_has_the_decimal_mark_of_its_language() -> None:
    rows: list[list[Cell]] = [[date(2026, 5, 4), "УТ-1", Decimal("12.50")]]
    assert in_csv(written(table(rows), "csv"))[0] == ["2026-05-04", "УТ-1", "12,50"]
    assert in_csv(written(table(rows)._replace(language="en"), "csv"))[0] == ["2026-05-04", "УТ-1", "12.50"]


def test_a_long_text_takes_several_lines_and_a_character_that_the_font_lacks_a_square() -> None:
    text = "ОЧЕНЬ-ДЛИННЫЙ-НОМЕР-" * 6 + "漢"
    (drawn,) = in_pdf(written(table([[date(2026, 5, 4), text, Decimal(1)]]), "pdf"))
    assert text.replace("漢", "□") in "".join(drawn)


@given(st.text(max_size=200), st.floats(40, 200))
def test_wrapped_lines_fit_and_hold_the_whole_text(text: str, width: float) -> None:
    lines = pages.wrapped(text, width)
    assert "".join(lines).replace(" ", "") == pages.known(text).replace(" ", "")
    assert all(pages.width_of(line, pages.SIZE) <= width for line in lines)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(kind: Format, tmp_path: Path) -> None:
    def peak(number: int) -> int:
        rows = ([date(2026, 1, 1), f"УТ-{each:06}", Decimal(each) / 100] for each in range(number))
        shown = table([])._replace(notes=[("Строк", number)], rows=rows, sums=[])
        tracemalloc.start()
        with (tmp_path / f"{number}.{kind}").open("wb") as file:
            write(shown, kind, file)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)  # what is imported and compiled once
    assert peak(100_000) < peak(10_000) + 1_000_000


def test_rows_beyond_a_sheet_go_on_on_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.platform.files.tables.MOST_SHEET_ROWS", 14)
    rows = rows_of(25)
    book = load_workbook(io.BytesIO(written(table(rows), "xlsx")))
    found: list[object] = []
    for place in range(len(book.sheet_names)):
        cells = book.get_sheet_by_index(place).to_python()
        heading = next(number for number, row in enumerate(cells) if row[:2] == ["День", "Документ"])
        found += [row[1] for row in cells[heading + 1 :]]
    assert len(book.sheet_names) == 3
    assert found == [*(row[1] for row in rows), "Итого"]
