"""Records as items, and items as records: the one place that knows how a field lies in the table.

    date, datetime   ISO text                      enum           its value
    tuple, sequence  list                          record         map of its fields
    mapping          map; its keys as text         text, number, True, bytes, set    as they are

A record is a dataclass or a NamedTuple. A field that is None, or equal to an empty default (`""`, `()`, `{}`, False), is left out: so a
new field with such a default needs no change of what is stored. Numbers are never left out, since conditions compare them; a text that a
condition compares has no default. A reader
takes what the annotations of the class name, and passes over any other attribute of the item. A mapping by anything but text comes back in
the order of its keys, since the table keeps none.

Weakest point: the default of a field is part of what is stored. To change an empty default is to change every record that left it out.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from chalicelib.table.transactions import Item

Record = TypeVar("Record")
Reader = Callable[[Any], Any]  # of a stored value

_AS_IT_IS = frozenset({str, int, bool, bytes, Decimal, NoneType})


def to_item(record: Any) -> Item:
    """The fields of a record as attributes, without its key."""
    item: Item = {}
    kind: Any = type(record)
    described = _fields_of(kind)
    values = record if isinstance(record, tuple) else [getattr(record, name) for name, _, _ in described]
    for (name, default, is_left_out), value in zip(described, values, strict=True):
        if value is not None and not (is_left_out and value == default):
            inner: Any = type(value)
            item[name] = value if inner in _AS_IT_IS else _writer(inner)(value)
    return item


def from_item(kind: Callable[..., Record], item: Mapping[str, Any]) -> Record:
    """The record of an item. Raises KeyError for a field that is missing and has no default."""
    record: Record = _record_reader(kind)(item)
    return record


def plain(value: Any) -> Any:
    """A value of a field as it is stored."""
    kind: Any = type(value)
    return value if kind in _AS_IT_IS else _writer(kind)(value)


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    if _is_record(kind):
        return to_item
    if issubclass(kind, Enum):
        return lambda value: value.value
    if issubclass(kind, str):
        return str
    if issubclass(kind, date):
        return lambda value: value.isoformat()
    if issubclass(kind, Mapping):
        return lambda value: {plain(name): plain(each) for name, each in value.items()}
    if issubclass(kind, Set):
        return lambda value: set(map(plain, value))
    if issubclass(kind, Sequence):
        return lambda value: list(map(plain, value))
    raise TypeError(f"a {kind.__name__} cannot be stored")


@cache
def _is_record(kind: Any) -> bool:
    return is_dataclass(kind) or (
        isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_field_defaults")
    )


@cache
def _fields_of(kind: Any) -> list[tuple[str, Any, bool]]:
    """The fields in the order of the constructor: name, default (MISSING for none), whether a field with this default is left out."""
    if is_dataclass(kind):
        defaults = {each.name: _default(each) for each in fields(kind) if each.init}
    else:
        defaults = {name: kind._field_defaults.get(name, MISSING) for name in kind._fields}
    return [(name, default, _is_empty(default)) for name, default in defaults.items()]


def _default(field: "Field[Any]") -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _is_empty(default: Any) -> bool:
    return not default and (default is False or not isinstance(default, int | Decimal))


@cache
def _record_reader(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    readers = [(name, _reader(hints[name]), _absent(hints[name], default)) for name, default, _ in _fields_of(kind)]

    names = [name for name, _, _ in readers]
    by_name = is_dataclass(kind) and any(each.kw_only for each in fields(kind))

    def read(item: Mapping[str, Any]) -> Any:
        values = [
            (item[name] if reader is None else reader(item[name])) if name in item or absent is MISSING else absent
            for name, reader, absent in readers
        ]
        return kind(**dict(zip(names, values, strict=True))) if by_name else kind(*values)

    return read


def _absent(hint: Any, default: Any) -> Any:
    return None if default is MISSING and NoneType in get_args(hint) else default


@cache
def _reader(kind: Any) -> Reader | None:
    """The function that reads a stored value of this type; None for one that is used as it is stored."""
    origin, given = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _optional(kind, [each for each in given if each is not NoneType])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = map(_each, given)
        if given[0] is str:
            return lambda stored: {name: value(each) for name, each in stored.items()}
        return lambda stored: {key(name): value(stored[name]) for name in sorted(stored)}
    if isinstance(origin, type) and issubclass(origin, Sequence | Set):
        return _collection(origin, given)
    if kind is int:
        return int
    if kind is Decimal:
        return _decimal
    if _is_record(kind):
        return lambda stored: _record_reader(kind)(stored)  # at its first use: a record may hold others of its kind
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and issubclass(kind, date):
        return kind.fromisoformat
    return None


def _optional(kind: Any, members: Sequence[Any]) -> Reader | None:
    readers = {_reader(each) for each in members}
    if len(readers) > 1:
        raise TypeError(f"an item does not say which of {kind} it holds")
    [read] = readers
    return read and (lambda stored: None if stored is None else read(stored))


def _collection(origin: Any, given: Sequence[Any]) -> Reader:
    made = origin if origin in (tuple, list, frozenset) else tuple
    if origin is tuple and given[-1] is not ...:
        each_of = [_each(each) for each in given]
        return lambda stored: tuple(read(each) for read, each in zip(each_of, stored, strict=True))
    read = _reader(given[0])
    return made if read is None else (lambda stored: made([read(each) for each in stored]))


def _each(kind: Any) -> Reader:
    return _reader(kind) or (lambda stored: stored)


def _decimal(stored: Any) -> Decimal:
    return stored if type(stored) is Decimal else Decimal(stored)
