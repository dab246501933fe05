"""Workbooks in the XML of Excel 2003, which 1C and other programs write: the sheets that are shown.

The file is read in blocks and no entity is declared, so neither its size nor its words can take memory.
"""

from pathlib import Path
from typing import Any, TextIO
from xml.parsers import expat

from chalicelib.exchange.tables.model import (
    MOMENT,
    MOST_CELL,
    MOST_COLUMNS,
    MOST_PAGE_BYTES,
    MOST_WORKBOOK_ROWS,
    Unreadable,
    spooled,
)
from chalicelib.exchange.tables.spool import SpooledTable

_BLOCK = 256 * 1024
_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
_MOST_SHEETS = 100
_DEEPEST = 64  # elements within one another


def read_xml_workbook(path: Path, folder: Path) -> list[SpooledTable]:
    """The sheets with rows. Raises Unreadable."""
    if path.stat().st_size > MOST_PAGE_BYTES:
        raise Unreadable("workbook_too_large", most=MOST_PAGE_BYTES // 2**20)
    sheets = _Sheets(folder)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = sheets.begin
    parser.EndElementHandler = sheets.end
    parser.CharacterDataHandler = sheets.text
    parser.StartDoctypeDeclHandler = _refuse_declarations
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
    except expat.ExpatError:
        raise Unreadable("workbook_broken") from None
    finally:
        sheets.close()
    if sheets.without_value:
        raise Unreadable("formulas_without_values", count=sheets.without_value)
    return [SpooledTable(file, name, "xml", hidden=hidden) for name, file, hidden in sheets.filled]


def _refuse_declarations(name: str, *_: Any) -> None:
    raise Unreadable("entities", part=name[:100])


class _Sheets:
    """Writes the rows of each sheet into a file of its own. A cell stands behind the one before it, unless it names its place."""

    def __init__(self, folder: Path) -> None:
        self.filled: list[tuple[str, Path, int]] = []
        self.without_value = 0
        self._folder = folder
        self._sheets = self._line = self._rows = self._across = self._depth = self._hidden_rows = 0
        self._name = ""
        self._hidden = False
        self._out: TextIO | None = None
        self._row: list[Any] = []
        self._is_hidden = False
        self._type = ""
        self._texts: list[str] | None = None
        self._length = 0
        self._formula = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Unreadable("workbook_broken")
        name = tag.rpartition(" ")[2]
        given = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if name == "Worksheet":
            self._open(given.get("Name", ""))
        elif name == "Visible":
            self._texts, self._length, self._type = [], 0, "visible"
        elif not tag.startswith(f"{_SPACE} "):
            return
        elif name == "Row":
            self._line = _place(given.get("Index"), self._line + 1, MOST_WORKBOOK_ROWS * 10)
            self._row = []
            self._is_hidden = given.get("Hidden") == "1"
        elif name == "Cell":
            place = _place(given.get("Index"), len(self._row) + 1, MOST_COLUMNS + 1)
            self._row += [""] * (place - 1 - len(self._row))
            self._across = min(int(_digits(given.get("MergeAcross"))), MOST_COLUMNS)
            self._formula = "Formula" in given
            self._row.append("")
            self._check_width()
        elif name == "Data":
            self._texts, self._length, self._type = [], 0, given.get("Type", "String")

    def text(self, data: str) -> None:
        if self._texts is not None:
            self._texts.append(data)
            self._length += len(data)
            if self._length > MOST_CELL:
                raise Unreadable("cell_too_long", line=self._line, most=MOST_CELL)

    def end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(" ")[2]
        if name == "Visible" and self._texts is not None:
            self._hidden = "".join(self._texts).strip() in ("SheetHidden", "SheetVeryHidden")
            self._texts = None
        elif name == "Worksheet":
            self.close()
        elif not tag.startswith(f"{_SPACE} "):
            return
        elif name == "Data" and self._texts is not None:
            if self._row:
                self._row[-1] = _cell("".join(self._texts), self._type)
            self._formula = False
            self._texts = None
        elif name == "Cell":
            self.without_value += self._formula
            self._formula = False
            self._row += [""] * self._across
            self._check_width()
        elif name == "Row":
            self._write()

    def close(self) -> None:
        """Closes the sheet that is open, if any."""
        if self._out is not None:
            self._out.close()
            self._out = None
            if self._rows and not self._hidden:
                self.filled.append((self._name, self._file, self._hidden_rows))

    def _open(self, name: str) -> None:
        self._sheets += 1
        if self._sheets > _MOST_SHEETS:
            raise Unreadable("too_many_tables", most=_MOST_SHEETS)
        self._name, self._file = name, self._folder / f"sheet-{self._sheets:03d}"
        self._out = self._file.open("w", encoding="ascii")
        self._line = self._rows = self._hidden_rows = 0
        self._hidden = False

    def _check_width(self) -> None:
        if len(self._row) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", line=self._line, columns=len(self._row), most=MOST_COLUMNS)

    def _write(self) -> None:
        while self._row and self._row[-1] == "":
            self._row.pop()
        if not self._row or self._out is None:
            return
        self._rows += 1
        self._hidden_rows += self._is_hidden
        if self._rows > MOST_WORKBOOK_ROWS:
            raise Unreadable("workbook_rows", most=MOST_WORKBOOK_ROWS)
        self._out.write(spooled(self._line, self._row))


def _cell(text: str, kind: str) -> Any:
    if kind == "Number":
        try:
            value = float(text)
        except ValueError:
            return text
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if kind == "DateTime":
        return f"{MOMENT}{text.partition('.')[0]}"
    if kind == "Boolean":
        return "true" if text.strip() == "1" else "false"
    return text.replace(MOMENT, " ")


def _place(text: str | None, next_one: int, most: int) -> int:
    """The place that a row or a cell names, never before the next one."""
    return max(next_one, min(int(_digits(text)), most))


def _digits(text: str | None) -> str:
    return text if text and text.isdecimal() and len(text) < 10 else "0"
