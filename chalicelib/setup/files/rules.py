"""A file of the set-up as rows: a text with a heading, its columns parted by semicolons, commas or tabs. A row is one line."""

import csv
import re
from base64 import b64decode
from collections.abc import Mapping
from typing import Literal, NamedTuple

Kind = Literal["staff", "distributors", "region_managers"]

MOST_ROWS = 200
_WORDS = {
    "name": ("name", "имя", "фио", "имя и фамилия", "фамилия и имя", "название", "наименование"),
    "email": ("email", "почта", "e-mail", "электронная почта", "эл. почта"),
    "role": ("role", "роль"),
    "phone": ("phone", "телефон"),
    "hours": ("hours", "часы", "часы работы"),
    "regions": ("regions", "регионы", "регион", "region"),
    "warehouses": ("warehouses", "склады", "склад", "warehouse"),
    "manager": ("manager", "менеджер", "почта менеджера"),
    "language": ("language", "язык"),
}
_ROLES = {
    "manager": ("менеджер",),
    "head_of_sales": ("head of sales", "руководитель отдела продаж", "руководитель продаж"),
    "marketing": ("маркетинг", "маркетолог"),
    "operations": ("операционный отдел", "операционист", "оператор"),
    "admin": ("administrator", "админ", "администратор"),
}
_LANGUAGES = {"en": ("english", "английский"), "ru": ("russian", "русский")}
_CODES: Mapping[str, Mapping[str, tuple[str, ...]]] = {"role": _ROLES, "language": _LANGUAGES}
NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "staff": ("name", "email", "role"),
    "distributors": ("name", "email", "regions"),
    "region_managers": ("regions", "manager"),
}
_ALSO: Mapping[Kind, tuple[str, ...]] = {
    "staff": ("language",),
    "distributors": ("phone", "hours", "warehouses", "language"),
    "region_managers": (),
}


class Row(NamedTuple):
    """`line`: in the file, whose heading is line 1. `cells`: by column; an empty one is left out."""

    line: int
    cells: Mapping[str, str]


class File(NamedTuple):
    """`ignored`: headings of the columns that are not read."""

    rows: list[Row]
    ignored: list[str]


class Unreadable(Exception):
    """The reason for which a file has no rows, in one sentence."""


def file_of(content: str, kind: Kind) -> File:
    """Raises `Unreadable` for a file without one of the needed columns, or with too many rows."""
    lines = [(line, text) for line, text in enumerate(_lines(_text(content)), start=1) if text.strip(" \t;,")]
    heading = lines[0][1] if lines else ""
    delimiter = max(";,\t", key=heading.count)
    headings = _cells(heading, delimiter)
    columns = [_column(cell) for cell in headings]
    if missing := [column for column in NEEDED[kind] if column not in columns]:
        words = "; ".join(f"{column} ({_WORDS[column][1]})" for column in missing)
        raise Unreadable(f"The heading has no column {words}.")
    if len(lines) - 1 > MOST_ROWS:
        raise Unreadable(f"A file has at most {MOST_ROWS} rows.")
    read = [column if column in (*NEEDED[kind], *_ALSO[kind]) else "" for column in columns]
    rows = [Row(line, _by_column(read, _cells(text, delimiter))) for line, text in lines[1:]]
    ignored = [cell.strip() for cell, column in zip(headings, read, strict=True) if cell.strip() and not column]
    return File([row for row in rows if row.cells], ignored)


def _text(content: str) -> str:
    """The text of a file that comes in Base64, in UTF-8 or as Excel saves it in Russian. Other content is a text already."""
    if any(delimiter in content for delimiter in ";,\t"):
        return content
    try:
        raw = b64decode("".join(content.split()), validate=True)
    except ValueError:
        return content
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1251", "replace")


def _lines(content: str) -> list[str]:
    return re.split(r"\r\n|\r|\n", content.lstrip("\ufeff"))


def _cells(line: str, delimiter: str) -> list[str]:
    """A quotation mark without its pair spoils this line alone."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell of 128 KB: its own column refuses it
        return line.split(delimiter)


def several(cell: str) -> list[str]:
    """The parts of a cell, between commas."""
    parts = [part.strip() for part in cell.replace("|", ",").replace(";", ",").split(",")]
    return [part for part in parts if part]


def region_codes(cell: str, names: Mapping[str, str]) -> list[str]:
    """The regions of a cell, named by code or by name, parted by commas. `names`: the code of each name in lower case. Unknown ones stay."""
    return [names.get(part.casefold(), part) for part in several(cell)]


def _by_column(columns: list[str], cells: list[str]) -> dict[str, str]:
    """The cells by column. A role or a language is its code, where the cell names one; any other word stays."""
    filled = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column and cell.strip()}
    named = {column: _named(filled.get(column, ""), words) for column, words in _CODES.items()}
    return filled | {column: code for column, code in named.items() if code}


def _column(cell: str) -> str:
    return _named(cell, _WORDS)


def _named(cell: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """The key that has the word of this cell, in any case; empty for none."""
    word = " ".join(cell.split()).casefold()
    return next((key for key, known in words.items() if word in known), "")
