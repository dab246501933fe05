"""A whole `club.toml`, checked before it is deployed: every section of every room, and that no room misses a key."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from chalicelib.platform.config import Config, Section, read_config

_CODE = Path(__file__).parent.parent / "chalicelib"


class ConfigError(ValueError):
    """A file that is no `club.toml`: the place of the first mistake, and its message."""


def checked(file: Path) -> Config:
    """Raises ConfigError, or OSError for a file that cannot be read."""
    try:
        config = read_config(file)
    except ValueError as error:
        raise ConfigError(str(error)) from error
    check(config)
    return config


def check(config: Config) -> None:
    """Raises ConfigError."""
    every = sections()
    for place in _misplaced(config.tables, _keys(every), ()):
        raise ConfigError(place)
    for section in every:
        try:
            config[section]
        except ValidationError as error:
            first = error.errors()[0]
            raise ConfigError(f"{_named((*section.table, *first['loc']))}: {first['msg']}") from error


def sections() -> list[type[Section]]:
    """Those that the rooms declare, each before the tables in it."""
    for file in sorted(_CODE.rglob("*config.py")):
        import_module(".".join(file.relative_to(_CODE.parent).with_suffix("").parts))
    return sorted(Section.__subclasses__(), key=lambda each: each.table)


def _keys(every: list[type[Section]]) -> Mapping[tuple[str, ...], set[str]]:
    """The keys that each table of a section may have, tables of other sections in it included."""
    keys: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for section in every:
        keys[section.table] |= section.keys()
        for depth, name in enumerate(section.table):
            keys[section.table[:depth]].add(name)
    return keys


def _misplaced(table: Any, keys: Mapping[tuple[str, ...], set[str]], place: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(table, dict):
        yield f"{_named(place)}: This is a table, not a value"
        return
    for name in table:
        if name not in keys[place]:
            yield f"{_named((*place, name))}: No room has a figure of this name"
        elif (*place, name) in keys:
            yield from _misplaced(table[name], keys, (*place, name))


def _named(place: tuple[str | int, ...]) -> str:
    return ".".join(map(str, place))
