"""Tables and the reasons why a file is none."""

import json
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Protocol

Encoding = Literal[
    "utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1251", "cp866", "koi8-r", "cp1252", "cp1250", "cp1254", "gb18030"
]
Delimiter = Literal[";", ",", "\t", "|"]
Kind = Literal["csv", "xlsx", "xlsb", "xls", "ods", "html", "xml"]

DELIMITERS: tuple[Delimiter, ...] = (";", ",", "\t", "|")

MOST_COLUMNS = 1_000
MOST_CELL = 32_767  # characters, as in a workbook
MOST_LINE = 1024 * 1024  # characters
MOST_WORKBOOK_BYTES = 40 * 1024 * 1024
MOST_WORKBOOK_UNPACKED = 600 * 1024 * 1024
MOST_WORKBOOK_ROWS = 500_000
MOST_PAGE_BYTES = 200 * 1024 * 1024
MOST_UNPACKED = 1024 * 1024 * 1024  # of an archive
MOST_MEMBERS = 50
MOST_ENTRIES = 10_000  # of an archive, whatever they are: each takes memory before anything is read


class Unreadable(Exception):
    """A file that cannot be read as a whole, with a code of answers/reasons and the facts for its text."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class Row(NamedTuple):
    """The line on which a row begins, counted from 1, and its cells. `fault`: `quote` for a broken row, `stray_quote`
    for a repaired one, `too_few_cells` for one that ends before its last column."""

    line: int
    cells: list[str]
    fault: str = ""


class Table(Protocol):
    """A table whose rows can be read again and again. `name`: of the sheet, or of the file in an archive."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def encoding(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    def rows(self, width: int = 0) -> Iterator[Row]:
        """`width`: the number of columns, once it is known; with it a broken quotation is told from a long one."""


MOMENT = "\x1f"  # before a moment, among texts


def spooled(line: int, cells: list[Any]) -> str:
    return json.dumps([line, cells], separators=(",", ":")) + "\n"
