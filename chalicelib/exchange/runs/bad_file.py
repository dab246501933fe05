"""The rows that were left out, as a file of the kind that was brought, with a column of reasons: mended, it can be brought as it is.

A text keeps its delimiter and its encoding; every other table becomes a workbook. Cells that a row leaves to the rows above are filled in, and
rows of a grouped report or of two joined tables stand side by side, so that each row means the same by itself.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.exchange.answers.reasons import REASONS
from chalicelib.exchange.columns.fields import HEADINGS, titled
from chalicelib.exchange.columns.model import TypedMoment, TypedNumber
from chalicelib.exchange.reading.model import REASON_HEADINGS
from chalicelib.exchange.reading.reader import SalesFile

_TEXT_ENCODINGS = {
    "utf-8": "utf-8-sig",
    "cp1252": "utf-8-sig",
}  # with the mark that Excel looks for, and with Russian letters
_SHEET_CHARACTERS = 31

Reasons = Mapping[int, Sequence[str]]


def write_bad_file(file: SalesFile, reasons: Reasons, folder: Path) -> Path:
    """Writes the rows on these lines, each with the codes of its reasons. Raises Unreadable."""
    rows = _rows(file, reasons)
    if file.place.table.kind == "csv":
        return _write_text(file, rows, folder / "bad-rows.csv")
    return _write_workbook(file, rows, folder / "bad-rows.xlsx")


def _rows(file: SalesFile, reasons: Reasons) -> Iterator[list[str]]:
    width = file.place.width
    names = [" ".join(name.split()) for name in file.place.names]
    levels = file.place.levels
    if levels:
        names[file.place.label] = ""
    if file.profile.heading_row and not levels:
        yield from ([] for _ in range(file.profile.heading_row - 1))
    titles = [
        titled(HEADINGS[level].split("; ")[0]) if level else name
        for level, name in zip(levels, file.place.level_names, strict=True)
    ]
    yield [*names, *titles, *REASON_HEADINGS]
    for row in file.body_rows():
        if codes := reasons.get(row.line):
            texts = (REASONS[code] for code in dict.fromkeys(codes))
            english, russian = zip(*texts, strict=True)
            cells = [*row.cells[:width], *row.cells[width + 1 :]]
            if levels:
                cells[file.place.label] = ""
            yield [*cells, "; ".join(russian), "; ".join(english), *row.beyond]


def _write_text(file: SalesFile, rows: Iterator[list[str]], path: Path) -> Path:
    table = file.place.table
    encoding = _TEXT_ENCODINGS.get(table.encoding, table.encoding)
    with path.open("w", encoding=encoding, errors="replace", newline="") as out:
        csv.writer(out, delimiter=table.delimiter).writerows(rows)
    return path


def _write_workbook(file: SalesFile, rows: Iterator[list[str]], path: Path) -> Path:
    import xlsxwriter  # only here

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "in_memory": False, "tmpdir": str(path.parent)})
    sheet = book.add_worksheet(_sheet_name(file.place.table.name))
    day, moment = (book.add_format({"num_format": shown}) for shown in ("dd.mm.yyyy", "dd.mm.yyyy hh:mm:ss"))
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            _write_cell(sheet, line, column, cell, day, moment)
    book.close()
    return path


def _write_cell(sheet: Any, line: int, column: int, cell: str, day: Any, moment: Any) -> None:
    if not cell:
        return
    if isinstance(cell, TypedMoment) and (at := datetime.fromisoformat(cell)).year >= 1900:
        sheet.write_datetime(line, column, at, moment if at.time() != datetime.min.time() else day)
    elif isinstance(cell, TypedNumber):
        sheet.write_number(line, column, float(cell))
    else:
        sheet.write_string(line, column, cell)


def _sheet_name(name: str) -> str:
    """A sheet keeps its name, so that a profile finds it; other tables have names that no sheet may have."""
    allowed = "".join(letter for letter in name if letter not in "[]:*?/\\").strip("'")
    return allowed[:_SHEET_CHARACTERS] or "Sheet1"
