"""A file of the set-up as rows: a text with a heading, its columns parted by semicolons, commas or tabs."""

import csv
import io
from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["staff", "distributors", "region_managers"]

MOST_ROWS = 200
_WORDS = {
    "name": ("name", "имя", "фио", "название", "наименование"),
    "email": ("email", "e-mail", "почта", "электронная почта"),
    "role": ("role", "роль"),
    "phone": ("phone", "телефон"),
    "hours": ("hours", "часы", "часы работы"),
    "regions": ("regions", "region", "регионы", "регион"),
    "manager": ("manager", "менеджер", "почта менеджера"),
}
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "staff": ("name", "email", "role"),
    "distributors": ("name", "email", "regions"),
    "region_managers": ("regions", "manager"),
}


class Row(NamedTuple):
    """`line`: in the file, whose heading is line 1. `cells`: by column; an empty one is left out."""

    line: int
    cells: Mapping[str, str]


class Unreadable(Exception):
    """Why a file has no rows, in one sentence."""


def rows_of(content: str, kind: Kind) -> list[Row]:
    """Raises `Unreadable` for a file without one of the needed columns, or with too many rows."""
    heading = content.lstrip("\ufeff").partition("\n")[0]
    delimiter = max(";,\t", key=heading.count)
    first, *lines = csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=delimiter)
    columns = [_column(cell) for cell in first]
    if missing := [column for column in NEEDED[kind] if column not in columns]:
        raise Unreadable(f"The heading has no column {missing[0]}.")
    rows = [
        Row(
            line,
            {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()},
        )
        for line, cells in enumerate(lines, start=2)
    ]
    filled = [row for row in rows if row.cells]
    if len(filled) > MOST_ROWS:
        raise Unreadable(f"A file has at most {MOST_ROWS} rows.")
    return filled


def region_codes(cell: str, names: Mapping[str, str]) -> list[str]:
    """The regions of a cell, named by code or by name, parted by commas. `names`: the code of each name in lower case. Unknown ones stay."""
    parts = [part.strip() for part in cell.replace("|", ",").replace(";", ",").split(",")]
    return [names.get(part.casefold(), part) for part in parts if part]


def _column(cell: str) -> str:
    word = " ".join(cell.split()).casefold()
    return next((column for column, words in _WORDS.items() if word in words), "")
