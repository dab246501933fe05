"""Tables in text with delimiters: rows from physical lines, so that a stray quotation mark swallows nothing.

A line without quotation marks is a row. A quotation that is not closed on its line goes on only if the lines together are one row of the
right width and none of them is a whole row by itself; else the mark is a sign like any other, or the row is broken and named.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from os import SEEK_END
from pathlib import Path
from typing import Literal

from chalicelib.exchange.tables.model import (
    MOST_CELL,
    MOST_COLUMNS,
    MOST_LINE,
    Delimiter,
    Encoding,
    Kind,
    Row,
    Unreadable,
)

Quoting = Literal["cells", "apostrophes", "lines"]

_SWAP = str.maketrans("'\"", "\"'")
_MOST_JOINED = 100  # lines of one row
_OPEN = "unexpected end of data"  # of csv.Error, in a quotation that is not closed


@dataclass(frozen=True, slots=True)
class TextTable:
    """`quoting`: cells may stand between apostrophes instead of quotation marks, or each line as a whole in quotation marks."""

    path: Path
    name: str
    encoding: Encoding
    delimiter: Delimiter
    kind: Kind = "csv"
    quoting: Quoting = "cells"

    def is_cut_off(self) -> bool:
        """True where the last line has no line end."""
        with self.path.open("rb") as file:
            file.seek(-min(4, self.path.stat().st_size), SEEK_END)
            return not set(b"\r\n") & set(file.read())

    def rows(self, width: int = 0) -> Iterator[Row]:
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.path.open(encoding=encoding, errors="strict") as file:
            lines = _Lines(_reader(partial(file.readline, MOST_LINE), self.quoting))
            delimiter = self.delimiter
            swapped = self.quoting == "apostrophes"
            try:
                while line := lines.take():
                    if '="' in line:
                        line = _formula(delimiter).sub(r"\1", line)
                    if '"' in line:
                        row = _quoted(line, lines, delimiter, width)
                    else:
                        row = tuple.__new__(
                            Row, (lines.number, line.rstrip("\n").split(delimiter), "")
                        )  # in half the time
                    count = len(row.cells)
                    if count < width and not row.fault:
                        row = row._replace(fault="too_few_cells")
                    if count > MOST_COLUMNS:
                        if any(cell.strip() for cell in row.cells[MOST_COLUMNS:]):
                            raise Unreadable("too_many_columns", line=row.line, columns=count, most=MOST_COLUMNS)
                        del row.cells[MOST_COLUMNS:]
                    if len(line) > MOST_CELL and max(map(len, row.cells)) > MOST_CELL:
                        raise Unreadable("cell_too_long", line=row.line, most=MOST_CELL)
                    yield row._replace(cells=[cell.translate(_SWAP) for cell in row.cells]) if swapped else row
            except UnicodeDecodeError:
                raise Unreadable("encoding_broken", encoding=self.encoding, line=lines.number + 1) from None


def _reader(read: Callable[[], str], quoting: Quoting) -> Callable[[], str]:
    if quoting == "apostrophes":
        return lambda: read().translate(_SWAP)
    return (lambda: _unwrapped(read())) if quoting == "lines" else read


def _unwrapped(line: str) -> str:
    text = line.rstrip("\n")
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return line
    return text[1:-1].replace('""', '"') + line[len(text) :]


class _Lines:
    """Lines with their numbers; those taken too early can be given back."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.number = 0
        self._read = read
        self._back: deque[str] = deque()

    def take(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        if line:
            self.number += 1
            if len(line) >= MOST_LINE:
                raise Unreadable("line_too_long", line=self.number, most=MOST_LINE)
        return line

    def give_back(self, several: list[str]) -> None:
        self._back.extendleft(reversed(several))
        self.number -= len(several)


def _quoted(line: str, lines: _Lines, delimiter: str, width: int) -> Row:
    number = lines.number
    bare = line.rstrip("\n").split(delimiter)
    cells, wrong = _parsed([line], delimiter)
    if cells is not None and (not width or len(cells) == width or len(bare) != width):
        return Row(number, cells, "stray_quote" if width and _has_bare_quote(line, delimiter) else "")
    if wrong == _OPEN and (joined := _joined(line, lines, delimiter, width)) is not None:
        return Row(number, joined)
    if not width or len(bare) == width:
        return Row(number, bare, "stray_quote")
    lenient = next(csv.reader([line.rstrip("\n")], delimiter=delimiter))
    if len(lenient) == width and wrong != _OPEN:
        return Row(number, lenient, "stray_quote")
    return Row(number, bare, "quote")


def _has_bare_quote(line: str, delimiter: str) -> bool:
    """True for a quotation mark within a cell that does not begin with one."""
    return '"' in _quoted_cell(delimiter).sub("", line)


@cache
def _quoted_cell(delimiter: str) -> re.Pattern[str]:
    mark = re.escape(delimiter)
    return re.compile(rf'(?:(?<=^)|(?<={mark})) *"(?:[^"]|"")*"(?={mark}|\r?\n?$)')


@cache
def _formula(delimiter: str) -> re.Pattern[str]:
    """A text that a spreadsheet must not take for a number: `="0012"`, quoted or not."""
    mark = re.escape(delimiter)
    return re.compile(rf'(?:(?<=^)|(?<={mark}))"?=""?([^"{mark}]*)""?"?(?={mark}|\r?\n?$)')


def _parsed(several: list[str], delimiter: str) -> tuple[list[str] | None, str]:
    """The cells of lines that are one well-formed row; else None and the fault."""
    try:
        reader = csv.reader(several, delimiter=delimiter, strict=True, skipinitialspace=True)
        cells = next(reader, [])
    except csv.Error as error:
        return None, str(error)
    return (cells, "") if reader.line_num == len(several) else (None, "ends early")


def _joined(line: str, lines: _Lines, delimiter: str, width: int) -> list[str] | None:
    """The row that goes on over the next lines; None, and no line taken, where there is none."""
    several, length, quotes = [line], len(line), line.count('"')
    while len(several) < _MOST_JOINED and length < MOST_CELL and (more := lines.take()):
        several.append(more)
        length += len(more)
        if width and more.count(delimiter) >= width - 1:
            break  # a whole row by itself
        quotes += more.count('"')
        if '"' not in more or quotes % 2:
            continue  # the quotation cannot end here
        cells, wrong = _parsed(several, delimiter)
        if cells is not None and (not width or len(cells) == width):
            return cells
        if wrong != _OPEN:
            break
    lines.give_back(several[1:])
    return None
