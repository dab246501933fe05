"""A table for download as CSV, as a workbook or as a PDF, with the same rows and the same sums in each.

    CSV        semicolons, UTF-8 with its mark; numbers with a point, dates as YYYY-MM-DD
    workbook   numbers as numbers, dates as dates, the heading frozen; written row by row, so memory does not grow with the rows
    PDF        A4 pages with the club's name and "page 2 of 5"; all rows, a long text in several lines

A text that a spreadsheet would take for a formula is neutralised in CSV, and stored as text in a workbook.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, Literal, NamedTuple

from chalicelib.platform.files.csv import harmless, listing
from chalicelib.platform.text import Language

Cell = str | date | Decimal | int | None
Format = Literal["csv", "xlsx", "pdf"]
CONTENT_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


class Column(NamedTuple):
    """`share`: of the page's width in a PDF. Numbers stand at the right."""

    title: str
    share: int
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`notes`: label and value, above the rows. `sums`: the last rows of all formats. `sender`: the club's name, at the foot of a page."""

    title: str
    notes: Sequence[tuple[str, Cell]]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    sums: Sequence[Sequence[Cell]]
    sender: str
    language: Language


def written(table: Table, kind: Format) -> bytes:
    if kind == "csv":
        return _csv(table)
    if kind == "xlsx":
        return _workbook(table)
    from chalicelib.platform.files.pages import pdf

    return pdf(table)


# --- CSV --------------------------------------------------------------------------------------------------------------


def _csv(table: Table) -> bytes:
    def lines() -> Iterator[Sequence[object]]:
        for row in chain(table.rows, table.sums):
            yield [_plain(cell) for cell in row]
        yield []
        yield [harmless(table.title)]
        for label, value in table.notes:
            yield [label, _plain(value)]

    return listing([column.title for column in table.columns], lines())


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else str(cell)


# --- workbook ---------------------------------------------------------------------------------------------------------


def _workbook(table: Table) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    constant = {"constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(content, constant)
    book.set_properties({"title": table.title, "author": table.sender, "created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet(table.title.translate(str.maketrans("", "", "[]:*?/\\'"))[:31])
    strong = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    headings = {False: book.add_format(strong), True: book.add_format({**strong, "align": "right"})}
    text = book.add_format({"text_wrap": True, "valign": "top"})
    formats = {
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format(
            {"num_format": "dd.mm.yyyy" if table.language == "ru" else "yyyy-mm-dd", "align": "left"}
        ),
    }
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, max(14 if place else 20, column.share))

    def write(number: int, row: Sequence[Cell], text: Any = text) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, place, cell, formats[Decimal])
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, formats[date])
            elif isinstance(cell, int):
                sheet.write_number(number, place, cell)
            elif cell:
                sheet.write_string(number, place, cell, text)

    sheet.write_string(0, 0, table.title, book.add_format({"bold": True, "font_size": 14}))
    heading = len(table.notes) + 2
    for number, note in enumerate(table.notes, start=1):
        write(number, note, None)
    for place, column in enumerate(table.columns):
        sheet.write_string(heading, place, column.title, headings[column.numeric])
    sheet.freeze_panes(heading + 1, 0)
    sheet.repeat_rows(heading)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    for number, row in enumerate(chain(table.rows, table.sums), start=heading + 1):
        write(number, row)
    book.close()
    return content.getvalue()
