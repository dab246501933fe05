"""A file of the set-up as rows: its heading in English or Russian, in CSV or as a workbook."""

import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from chalicelib import exchange
from chalicelib.exchange import HEADINGS, heading_key
from chalicelib.platform import Problem
from chalicelib.setup.files.rules import MOST_ROWS, Kind

_REGION = ("region", "регион", "бизнес-регион", "область", "субъект рф", "код региона")
_WORDS = {
    "name": ("name", "имя", "фио", "имя и фамилия", "фамилия и имя", "название", "наименование"),
    "email": ("email", "почта", "e-mail", "электронная почта", "эл. почта"),
    "role": ("role", "роль"),
    "phone": ("phone", "телефон"),
    "hours": ("hours", "часы", "часы работы"),
    "regions": ("regions", "регионы", *_REGION),
    "region": _REGION,
    "warehouses": ("warehouses", "склады", "склад", "warehouse"),
    "manager": (
        *("manager", "менеджер", "почта менеджера", "основной менеджер", "менеджер клиента", "персональный менеджер"),
        *("ответственный", "ответственный менеджер", "ответственный сотрудник", "ответственное лицо", "куратор"),
        *("account manager", "owner", "responsible"),
    ),
    "language": ("language", "язык"),
    "distributor": ("distributor", "дистрибьютор", "дистрибутор"),
    "inn": ("inn", *HEADINGS["inn"].split("; ")),
    "kpp": ("kpp", *HEADINGS["kpp"].split("; ")),
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
    "companies": ("inn",),
}
GIVEN = ("manager", "region", "distributor")  # to a company
_ALSO: Mapping[Kind, tuple[str, ...]] = {
    "staff": ("language",),
    "distributors": ("phone", "hours", "warehouses", "language"),
    "region_managers": (),
    "companies": ("kpp", *GIVEN),
}


class Row(NamedTuple):
    """`line`: in the file, counted from 1. `cells`: by column; an empty one is left out."""

    line: int
    cells: Mapping[str, str]


class File(NamedTuple):
    """`ignored`: headings of the columns that are not read."""

    rows: list[Row]
    ignored: list[str]


def _columns_of(cells: Sequence[str], kind: Kind) -> dict[str, int]:
    """The place of each column that a heading names, the first of two."""
    known = {heading_key(word): column for column in (*NEEDED[kind], *_ALSO[kind]) for word in _WORDS[column]}
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if column := known.get(heading_key(cell)):
            found.setdefault(column, place)
    return found


def _missing_of(cells: Sequence[str], kind: Kind) -> list[str]:
    """The columns that a heading lacks, each with its Russian name."""
    found = _columns_of(cells, kind)
    lacks = [f"{column} ({_WORDS[column][1]})" for column in NEEDED[kind] if column not in found]
    if kind == "companies" and not found.keys() & set(GIVEN):
        lacks.append(" / ".join(f"{column} ({_WORDS[column][1]})" for column in GIVEN))
    return lacks


def _row_of(line: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row:
    """A role or a language is its code, where the cell names one; any other word stays."""
    filled = {column: cells[place] for column, place in columns.items() if place < len(cells) and cells[place]}
    named = {column: _named(filled.get(column, ""), words) for column, words in _CODES.items()}
    return Row(line, filled | {column: code for column, code in named.items() if code})


def _named(cell: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """The key that has the word of this cell, in any case; empty for none."""
    word = " ".join(cell.split()).casefold()
    return next((key for key, known in words.items() if word in known), "")


def is_foreign(code: str) -> bool:
    """Whether this has the form of a region's code in another country than Russia."""
    return bool(re.fullmatch("(?!RU)[A-Z]{2}-[A-Z0-9]{1,3}", code))


def several(cell: str) -> list[str]:
    """The parts of a cell, between commas."""
    parts = [part.strip() for part in cell.replace("|", ",").replace(";", ",").split(",")]
    return [part for part in parts if part]


def file_of(content: str, kind: Kind) -> File:
    """Raises 422 for what is no table, has no heading with the columns of its kind, or too many rows."""
    missing = _missing_of((), kind)

    def is_heading(cells: Sequence[str]) -> bool:
        nonlocal missing
        lacks = _missing_of(cells, kind)
        missing = min(missing, lacks, key=len)
        return not lacks

    try:
        table = exchange.table_below(_bytes(content), is_heading, MOST_ROWS[kind] + 1)
    except exchange.Unreadable:
        raise _unreadable("This is no table: bring CSV or XLSX.") from None
    if table is None:
        raise _unreadable(f"The heading has no column {'; '.join(missing)}.")
    if len(table.rows) > MOST_ROWS[kind]:
        raise _unreadable(f"A file has at most {MOST_ROWS[kind]} rows.")
    columns = _columns_of(table.heading, kind)
    rows = [_row_of(line, [exchange.text_of(cell) for cell in cells], columns) for line, cells, _ in table.rows]
    ignored = [
        cell.strip() for place, cell in enumerate(table.heading) if cell.strip() and place not in columns.values()
    ]
    return File([row for row in rows if row.cells], ignored)


def _unreadable(why: str) -> Problem:
    return Problem.invalid("unreadable", "/content", why)


def _bytes(content: str) -> bytes:
    """The file that comes in Base64, or as a text."""
    if any(delimiter in content for delimiter in ";,\t"):
        return content.encode()
    try:
        return b64decode("".join(content.split()), validate=True)
    except ValueError:
        return content.encode()
