"""A table for download as CSV, as a workbook or as a PDF, with the same rows and the same sums in each.

    CSV        semicolons, UTF-8 with its mark; numbers with a point, in Russian with a comma; dates as YYYY-MM-DD, times to the minute
    workbook   numbers as numbers, dates as dates, the heading frozen; written row by row, so memory does not grow with the rows
    PDF        A4 pages with the club's name and "page 2 of 5"; all rows, a long text in several lines

A text that a spreadsheet would take for a formula is neutralised in CSV, and stored as text in a workbook.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO, Literal, NamedTuple

from chalicelib.platform.files.csv import harmless, write_listing
from chalicelib.platform.text import Language

MOST_SHEET_ROWS = 1_048_576  # of a workbook's sheet; the rows after them go on on the next one
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


class Table(NamedTuple):
    """`notes`: label and value, above the rows. `sums`: the last rows of all formats. `sender`: the club's name, at the foot of a page."""

    title: str
    notes: Sequence[tuple[str, Cell]]
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]
    sums: Sequence[Sequence[Cell]]
    sender: str
    language: Language


def written(table: Table, kind: Format) -> bytes:
    content = io.BytesIO()
    write(table, kind, content)
    return content.getvalue()


def write(table: Table, kind: Format, file: BinaryIO) -> None:
    """Writes the table to the file as its rows come: CSV and workbook hold none of them."""
    if kind == "csv":
        _write_csv(table, file)
    elif kind == "xlsx":
        _write_workbook(table, file)
    else:
        from chalicelib.platform.files.pages import pdf

        file.write(pdf(table))


# --- CSV --------------------------------------------------------------------------------------------------------------


def _write_csv(table: Table, file: BinaryIO) -> None:
    def lines() -> Iterator[Sequence[object]]:
        for row in chain(table.rows, table.sums):
            yield [_plain(cell, table.language) for cell in row]
        yield []
        yield [harmless(table.title)]
        for label, value in table.notes:
            yield [label, _plain(value, table.language)]

    write_listing(file, [column.title for column in table.columns], lines())


def _plain(cell: Cell, language: Language) -> str:
    """A Russian spreadsheet takes a number with a point for a text, or for a day."""
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", "," if language == "ru" else ".")
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else str(cell)


# --- workbook ---------------------------------------------------------------------------------------------------------


def _write_workbook(table: Table, file: BinaryIO) -> None:
    import xlsxwriter

    constant = {"constant_memory": True, "in_memory": False, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, constant)
    book.set_properties({"title": table.title, "author": table.sender, "created": datetime(2000, 1, 1)})
    strong = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    headings = {False: book.add_format(strong), True: book.add_format({**strong, "align": "right"})}
    title = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    day = "dd.mm.yyyy" if table.language == "ru" else "yyyy-mm-dd"
    formats = {
        Decimal: book.add_format({"num_format": "#,##0.00"}),
        date: book.add_format({"num_format": day, "align": "left"}),
        datetime: book.add_format({"num_format": f"{day} hh:mm", "align": "left"}),
    }
    heading = len(table.notes) + 2

    def new_sheet(name: str) -> Any:
        sheet = book.add_worksheet(name.translate(str.maketrans("", "", "[]:*?/\\'")))
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, max(14 if place else 20, column.share))
        sheet.write_string(0, 0, table.title, title)
        for number, note in enumerate(table.notes, start=1):
            put(sheet, number, note, None)
        for place, column in enumerate(table.columns):
            sheet.write_string(heading, place, column.title, headings[column.numeric])
        sheet.freeze_panes(heading + 1, 0)
        sheet.repeat_rows(heading)
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(sheet: Any, number: int, row: Sequence[Cell], text: Any = text) -> None:
        for place, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, place, cell, formats[Decimal])
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, formats[type(cell)])
            elif isinstance(cell, int):
                sheet.write_number(number, place, cell)
            elif cell:
                sheet.write_string(number, place, cell, text)

    sheet, number, sheets = new_sheet(table.title[:31]), heading + 1, 1
    for row in chain(table.rows, table.sums):
        if number == MOST_SHEET_ROWS:
            sheets += 1
            sheet, number = new_sheet(f"{table.title[:27]} {sheets}"), heading + 1
        put(sheet, number, row)
        number += 1
    book.close()
