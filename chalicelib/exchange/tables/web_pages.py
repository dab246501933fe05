"""Tables of a web page, as many programs save them under the name of a workbook."""

import re
from html.parser import HTMLParser
from io import TextIOBase
from pathlib import Path
from time import monotonic
from typing import TextIO

from chalicelib.exchange.columns.numbers import exact_number
from chalicelib.exchange.tables.encodings import encodings_of
from chalicelib.exchange.tables.model import MOMENT, MOST_CELL, MOST_COLUMNS, MOST_PAGE_BYTES, Unreadable, spooled
from chalicelib.exchange.tables.spool import SpooledTable

_BLOCK = 256 * 1024
_MOST_TABLES = 20
_MOST_SECONDS = 300
_OFF = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:collapse|hidden)|line-through", re.IGNORECASE)
_CLASS = re.compile(r"\.([\w-]+)[^{}.]*\{([^}]*)\}")
_STRUCK = ("del", "s", "strike")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def read_page(path: Path, folder: Path) -> list[SpooledTable]:
    """The tables with rows. Raises Unreadable."""
    if path.stat().st_size > MOST_PAGE_BYTES:
        raise Unreadable("page_too_large", most=MOST_PAGE_BYTES // 2**20)
    parser = _Tables(folder)
    encoding = _encoding(path)
    try:
        with path.open(encoding=encoding, newline="") as page:
            _feed(parser, page)
        parser.close()
        parser.end_page()
    except UnicodeDecodeError:
        raise Unreadable("encoding_broken", encoding=encoding, line=1) from None
    finally:
        parser.end()
    return [
        SpooledTable(file, f"table {number}", "html", encoding, hidden=hidden, cut_off=number == parser.cut_off)
        for number, file, hidden in parser.filled
    ]


def _feed(parser: "_Tables", page: TextIO) -> None:
    ends = monotonic() + _MOST_SECONDS
    for block in iter(lambda: page.read(_BLOCK), ""):
        parser.feed(block)
        # Of broken markup the parser looks at each sign to the end of what it holds.
        if len(parser.rawdata) > (4 * _BLOCK if parser.cdata_elem else _BLOCK):
            raise Unreadable("cell_too_long", line=parser.line, most=MOST_CELL)
        if monotonic() > ends:
            raise Unreadable("takes_too_long", line=parser.line)


def _encoding(path: Path) -> str:
    """The encoding that the bytes show; the page's own word counts only for letters of one byte."""
    shown = encodings_of(path)[0]
    if shown.startswith("utf"):
        return "utf-8-sig" if shown == "utf-8" else shown
    with path.open("rb") as file:
        named = _CHARSET.search(file.read(4096))
    if named:
        try:
            name = named[1].decode()
            "".encode(name)
        except LookupError:
            return shown
        return shown if name.lower().startswith("utf") else name
    return shown


class _Tables(HTMLParser):
    """Writes the rows of each table into a file of its own. A table within a cell is text of that cell."""

    def __init__(self, folder: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.filled: list[tuple[int, Path, int]] = []
        self._folder = folder
        self._out: TextIOBase | TextIO | None = None
        self._depth = self._tables = self.line = self._rows = self._hidden = 0
        self._row: list[str | float] | None = None
        self._cell: list[str] | None = None
        self._kept = ""  # the number that the program keeps for the cell
        self._length = self._span = 1
        self._down: dict[int, int] = {}  # rows for which a cell above fills the column
        self._deep = 1
        self._silent = 0
        self.cut_off = 0  # the number of the table that the page leaves open
        self._off_classes: set[str] = set()  # of what is hidden or struck out
        self._styles = False  # within a sheet of styles
        self._row_off = self._body_off = self._cell_off = False
        self._struck = 0  # marks of struck-out text that are open
        self._shows = False  # a text of the row is neither hidden nor struck out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
            self._styles = tag == "style"
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self._begin_table()
        elif tag == "tr" and not self._depth:  # behind a table that was closed too early
            self._depth = 1
            self._begin_table()
            self.handle_starttag(tag, attrs)
        elif self._depth != 1:
            return
        elif tag == "tr":
            self._end_row()
            self._row = []
            self.line += 1
            self._row_off, self._shows = self._body_off or self._is_off(dict(attrs)), False
        elif tag == "tbody":
            self._end_row()
            self._body_off = self._is_off(dict(attrs))
        elif tag in _STRUCK:
            self._struck += 1
        elif tag in ("td", "th"):
            self._end_cell()
            if self._row is None:
                self._row = []
                self.line += 1
            self._fill_from_above()
            named = dict(attrs)
            self._cell, self._length, self._struck = [], 0, 0
            self._cell_off = self._is_off(named)
            self._kept = named.get("x:num") or named.get("sdval") or ""
            self._span = _count(named.get("colspan"), MOST_COLUMNS)
            self._deep = _count(named.get("rowspan"), 65_534)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
            self._styles = False
        elif tag in _STRUCK:
            self._struck = max(0, self._struck - 1)
        elif tag == "tbody":
            self._body_off = False
        elif tag == "table":
            if self._depth == 1:
                self.end()
            self._depth = max(0, self._depth - 1)
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
        elif self._depth == 1 and tag == "tr":
            self._end_row()

    def handle_data(self, data: str) -> None:
        if self._styles:
            self._off_classes.update(name for name, style in _CLASS.findall(data) if _OFF.search(style))
        elif self._cell is not None and not self._silent:
            self._cell.append(data)
            self._shows |= not (self._struck or self._cell_off or data.isspace())
            self._length += len(data)
            if self._length > MOST_CELL:
                raise Unreadable("cell_too_long", line=self.line, most=MOST_CELL)

    def _is_off(self, attributes: dict[str, str | None]) -> bool:
        """True for what is hidden or struck out."""
        classes = (attributes.get("class") or "").split()
        off = "hidden" in attributes or bool(_OFF.search(attributes.get("style") or ""))
        return off or not self._off_classes.isdisjoint(classes)

    def end_page(self) -> None:
        self.cut_off = self._tables if self._row is not None else 0

    def end(self) -> None:
        """Closes the table that is open, if any."""
        self._end_row()
        if self._out is not None:
            self._out.close()
            self._out = None
            if self._rows:
                self.filled.append((self._tables, self._file, self._hidden))

    def _begin_table(self) -> None:
        self._tables += 1
        if self._tables > _MOST_TABLES:
            raise Unreadable("too_many_tables", most=_MOST_TABLES)
        self._file = self._folder / f"table-{self._tables:03d}"
        self._out = self._file.open("w", encoding="ascii")
        self.line = self._rows = self._hidden = 0
        self._down = {}
        self._body_off = False

    def _fill_from_above(self) -> None:
        if self._row is None:
            return
        while (place := len(self._row)) in self._down:
            self._row.append("")
            self._down[place] -= 1
            if not self._down[place]:
                del self._down[place]

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        text = " ".join("".join(self._cell).replace(MOMENT, " ").split())
        place = len(self._row)
        exact = exact_number(text, self._kept) if self._kept else None
        self._row += [text if exact is None else exact, *[""] * (self._span - 1)]
        if self._deep > 1:
            self._down |= dict.fromkeys(range(place, place + self._span), self._deep - 1)
        self._cell = None
        if len(self._row) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", line=self.line, columns=len(self._row), most=MOST_COLUMNS)

    def _end_row(self) -> None:
        self._end_cell()
        if self._row is None or self._out is None:
            self._row = None
            return
        self._fill_from_above()
        while self._row and self._row[-1] == "":
            self._row.pop()
        if self._row:
            self._rows += 1
            self._hidden += self._row_off or not self._shows
            self._out.write(spooled(self.line, list(self._row)))
        self._row = None


def _count(text: str | None, most: int) -> int:
    return min(int(text), most) or 1 if text and text.strip().isdecimal() else 1
