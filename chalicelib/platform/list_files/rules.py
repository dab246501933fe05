"""A list's rows as a table.

A field becomes a column. A field of a field stands beside the others as `company: name`; a sum has a second column with its currency, an id
one with its name. A code of a closed set is a word, a moment a time of the club's clocks. Deeper fields, and lists such as the steps of a ladder, stand in one cell.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, Literal, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from chalicelib.platform import clock
from chalicelib.platform.files.tables import Cell
from chalicelib.platform.money import Money
from chalicelib.platform.registry.names import models_in
from chalicelib.platform.text import Language
from chalicelib.platform.words.codes import word

Path = tuple[str, ...]  # the names of fields on the way to a value
Sums = Mapping[tuple[Path, str], Decimal]  # of each column of sums, by currency

CURRENCY = "currency"
NAME_OF = "its_name"
_BESIDE = ((CURRENCY,), (NAME_OF,))  # second columns of a field
_LONGEST = 32_000  # characters that a workbook takes in a cell
_LINK = {"url", "expires_at"}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_YES = {True: {"en": "yes", "ru": "да"}, False: {"en": "no", "ru": "нет"}}


def flat(row: BaseModel, language: Language, above: Path = ()) -> dict[Path, Cell]:
    """The cells of a row by the path of their fields. A link that ends soon is none."""
    cells: dict[Path, Cell] = {}
    for field, value in _told(row, language):
        path = (*above, field)
        if isinstance(value, Money):
            cells[path] = value.amount
            cells[(*path, CURRENCY)] = value.currency
        elif isinstance(value, BaseModel) and not above:
            cells |= flat(value, language, path)
        else:
            cells[path] = _cell(value, language)
    return cells


def _told(row: BaseModel, language: Language) -> Iterator[tuple[str, Any]]:
    """The fields by their names in JSON, and their values with words for codes."""
    for field, value in row:
        if field not in _short_lived(type(row)):
            told = type(row).model_fields[field]
            name = told.serialization_alias or told.alias or field
            yield name, _in_words(value, name, language) if codes_in(told.annotation) else value


def _in_words(value: Any, field: str, language: Language) -> Any:
    if isinstance(value, str):
        return word(field, value, language)
    if isinstance(value, Mapping):
        return {word(field, name, language): _in_words(each, field, language) for name, each in value.items()}
    return [_in_words(each, field, language) for each in value] if isinstance(value, list | tuple | set) else value


def codes_in(annotation: Any) -> list[str]:
    """The closed set of texts that a value of this type, or a member of it, is one of; empty for other types."""
    if get_origin(annotation) is Literal:
        return [each for each in get_args(annotation) if isinstance(each, str)]
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return [each.value for each in annotation if isinstance(each.value, str)]
    return [code for inner in get_args(annotation) for code in codes_in(inner)]


def columns_of(row: type[BaseModel], above: Path = ()) -> Iterator[Path]:
    """The columns of a list without rows, by the fields of the view of a row."""
    for field, told in row.model_fields.items():
        if field in _short_lived(row):
            continue
        path, groups = (*above, told.serialization_alias or told.alias or field), _groups(told.annotation)
        if Money in groups:
            yield from (path, (*path, CURRENCY))
        elif groups and not above:
            yield from columns_of(groups[0], path)
        else:
            yield path


@cache
def _short_lived(row: type[BaseModel]) -> frozenset[str]:
    """The fields of a link that ends, and those that have nothing but these: a file outlives them."""
    fields = row.model_fields
    ends = {field for field in fields if field in _LINK or field.endswith("_url")} if fields.keys() >= _LINK else set()
    empty = {
        field
        for field, told in fields.items()
        if (groups := _groups(told.annotation)) and not any(any(columns_of(each)) for each in groups)
    }
    return frozenset(ends | empty)


def _groups(annotation: Any) -> list[type[BaseModel]]:
    """The views that a value may be; none for a list of them."""
    return [] if get_origin(annotation) is list else models_in(annotation)


def columns(rows: Iterable[Mapping[Path, Cell]]) -> list[Path]:
    """The columns of all rows, in the order of the fields. A field that is null in some rows and has fields of its own in others is no column."""
    found = {path: None for row in rows for path in row}
    groups = {path[:1] for path in found if len(path) > 1 and path[1:] not in _BESIDE}
    order = {path: place for place, path in enumerate(found)}
    return sorted(found.keys() - groups, key=lambda path: _place(path, order))


def named(rows: Sequence[dict[Path, Cell]], names: Mapping[str, str]) -> list[dict[Path, Cell]]:
    """The rows with a second column for each column of ids: the names that they stand for, unless another column has just these."""
    ids = dict.fromkeys(path for row in rows for path, cell in row.items() if isinstance(cell, str) and cell in names)
    told = {path: [names.get(str(row.get(path))) for row in rows] for path in ids}
    known = [[row.get(path) for row in rows] for path in columns(rows)]
    new = {path: texts for path, texts in told.items() if texts not in known}
    return [row | {(*path, NAME_OF): texts[place] for path, texts in new.items()} for place, row in enumerate(rows)]


def sums(rows: Iterable[Mapping[Path, Cell]]) -> Sums:
    """The control totals: the sum of each column of money, by currency."""
    found: Counter[Any] = Counter()
    for row in rows:
        for path, cell in row.items():
            currency = row.get((*path, CURRENCY))
            if isinstance(cell, Decimal) and isinstance(currency, str):
                found[path, currency] += cell  # type: ignore[assignment]
    return dict(found)


def on_the_clock(cell: Cell, zone: ZoneInfo) -> Cell:
    """The cell; a moment as date and time of the club's clocks, which a workbook can sort and count with."""
    if isinstance(cell, str) and _MOMENT.fullmatch(cell):
        return clock.wall_time(clock.moment(cell), zone)
    return cell


def _place(path: Path, order: Mapping[Path, int]) -> tuple[int, int]:
    """Of the field in the first row that has it; a field of a field where its group was first seen."""
    return min(place for other, place in order.items() if other[0] == path[0]), order[path]


def _cell(value: Any, language: Language) -> Cell:
    if isinstance(value, bool):
        return _YES[value][language]
    if isinstance(value, datetime):
        return clock.stamp(value)
    if value is None or isinstance(value, date | Decimal | int):
        return value
    text = "; ".join(_texts(value, language))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _texts(value: Any, language: Language) -> Iterator[str]:
    """The members of a list or a mapping, each as a text; whatever else as one."""
    if isinstance(value, BaseModel):
        value = {name: each for name, each in _told(value, language) if each not in (None, [], "")}
    if isinstance(value, Mapping):
        yield from (f"{name}: {_text(each, language)}" for name, each in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield from (_text(each, language) for each in value)
    else:
        yield str(value)


def _text(value: Any, language: Language) -> str:
    cells = flat(value, language).values() if isinstance(value, BaseModel) else [_cell(value, language)]
    return " ".join(str(cell) for cell in cells if cell not in (None, ""))
