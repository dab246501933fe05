"""A program of its own that writes the rows of a workbook's sheets into files, so that no workbook can take the memory of its reader.

    python -m chalicelib.exchange.tables.workbook_rows WORKBOOK FOLDER

Prints JSON: the sheets, each with its name and number of rows, or the code of a reason with its facts. A workbook that needs too much
memory or time ends this process and nothing else.
"""

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from chalicelib.exchange.tables.hidden_rows import hidden_rows
from chalicelib.exchange.tables.model import MOMENT, MOST_CELL, MOST_COLUMNS, MOST_WORKBOOK_ROWS, Unreadable, spooled
from chalicelib.exchange.tables.money_formats import Looks, looks_of
from chalicelib.exchange.tables.package_parts import blocks

MOST_MEMORY = 1536 * 1024 * 1024  # of addresses; about half of it is memory
MOST_SECONDS = 300
_BLOCK = 1024 * 1024
_CELL = b"<c "
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[ />])")
_NO_VALUE = re.compile(
    rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?: [^>]*)?/>)\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v></)"
)
_ZERO = re.compile(rb"(?:</(?:\w+:)?f>|<(?:\w+:)?f(?: [^>]*)?/>)\s*<(?:\w+:)?v>0</")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


def main(workbook: Path, folder: Path) -> dict[str, Any]:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        looks = _check_cells(workbook)
        sheets = list(_sheets(workbook, folder, looks))
        return {"sheets": [facts | looks.get(facts["name"], Looks())._asdict() for facts in sheets]}
    except Unreadable as reason:
        return {"code": reason.code, "facts": reason.facts}


def _sheets(workbook: Path, folder: Path, looks: dict[str, Looks]) -> Iterator[dict[str, Any]]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(str(workbook))
        several = [facts for facts in book.sheets_metadata if facts.typ == calamine.SheetTypeEnum.WorkSheet]
        if not looks:
            hidden = hidden_rows(workbook, [facts.name for facts in several])
            looks |= {name: Looks(hidden=count) for name, count in hidden.items()}
        for number, facts in enumerate(several):
            if facts.visible != calamine.SheetVisibleEnum.Visible:
                continue
            sheet = book.get_sheet_by_name(facts.name)
            path = folder / f"sheet-{number:03d}"
            yield {"name": facts.name, "path": str(path), "rows": _write(sheet, path)}
    except calamine.PasswordError:
        raise Unreadable("not_a_table", kind="protected") from None
    except (calamine.CalamineError, OSError):
        raise Unreadable("workbook_broken") from None


def _write(sheet: Any, path: Path) -> int:
    """The rows of a sheet, without empty ones, and without the empty cells at their end."""
    rows = 0
    # The library leaves out empty columns on the left, and not empty rows above.
    before: list[Any] = [""] * (sheet.start[1] if sheet.start else 0)
    with path.open("w", encoding="ascii") as out:
        for line, cells in enumerate(sheet.iter_rows(), 1):
            while cells and (cells[-1] is None or cells[-1] == ""):
                cells.pop()
            if not cells:
                continue
            rows += 1
            cells = before + cells
            if rows > MOST_WORKBOOK_ROWS:
                raise Unreadable("workbook_rows", most=MOST_WORKBOOK_ROWS)
            if len(cells) > MOST_COLUMNS:
                raise Unreadable("too_many_columns", line=line, columns=len(cells), most=MOST_COLUMNS)
            out.write(spooled(line, [_cell(cell, line) for cell in cells]))
    return rows


def _cell(cell: Any, line: int) -> Any:
    if isinstance(cell, str):
        if len(cell) > MOST_CELL:
            raise Unreadable("cell_too_long", line=line, most=MOST_CELL)
        return cell.replace(MOMENT, " ")
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell
    if isinstance(cell, datetime | date):
        return f"{MOMENT}{cell.isoformat()}"
    return cell if isinstance(cell, int) else "" if cell is None else str(cell)


def _check_cells(workbook: Path) -> dict[str, Looks]:
    """The looks of each sheet. Raises Unreadable."""
    if not zipfile.is_zipfile(workbook):
        return {}
    with zipfile.ZipFile(workbook) as archive:
        _check_formulas(archive)
        return looks_of(archive)


def _check_formulas(archive: zipfile.ZipFile) -> None:
    """Refuses formulas whose values were never worked out: some programs write none, some write 0 and ask to work them out later."""
    formulas = empty = zero = 0
    for name in filter(_SHEET.fullmatch, archive.namelist()):
        for block in blocks(archive, name, _CELL):
            formulas += len(_FORMULA.findall(block))
            empty += len(_NO_VALUE.findall(block))
            zero += len(_ZERO.findall(block))
    never = formulas and zero == formulas and b'fullCalcOnLoad="1"' in _workbook_part(archive)
    if empty or never:
        raise Unreadable("formulas_without_values", count=empty or zero)


def _workbook_part(archive: zipfile.ZipFile) -> bytes:
    name = next((name for name in archive.namelist() if name.lower() == "xl/workbook.xml"), "")
    if not name:
        return b""
    with archive.open(name) as part:
        return b"".join(islice(iter(lambda: part.read(_BLOCK), b""), 4))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
