"""The club's config: tables of `club.toml`, each read by its own room.

A room declares its part as sections, in its `config.py`:

    class SignIn(Section, name="sign_in"):
        code_minutes: int

and reads them as `context.config[SignIn].code_minutes`. A section is checked at its first use, so a function pays for those it needs. Some
sections share a table: each takes the keys that it declares. `infra.club_config` checks a whole file before it is deployed.

Weakest point: a mistake in a file that was put in place by hand shows when the room it belongs to is first used.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, reduce
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

_FILE = Path(__file__).parents[2] / "club.toml"


class SectionPart(BaseModel):
    """A part of a section."""

    # A section's schema is built with those of its parts when it is first read; alone they are never needed.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, ignored_types=(cached_property,))


class Section(SectionPart):
    """A table of `club.toml`, or some of its keys. `name` is the table's; without one the keys stand above all tables."""

    table: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, name: str = "", **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.table = tuple(name.split(".")) if name else ()

    @classmethod
    def keys(cls) -> set[str]:
        """The keys of the table that belong to this section."""
        return {each.alias or name for name, each in cls.model_fields.items()}


AnySection = TypeVar("AnySection", bound=Section)


@dataclass(frozen=True, slots=True)
class Config:
    """A config file. `read`: the sections that have been used."""

    tables: Mapping[str, Any]
    read: dict[type[Section], Any] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, section: type[AnySection]) -> AnySection:
        """Raises pydantic's ValidationError if the file has something else in this place."""
        if section not in self.read:
            table: Mapping[str, Any] = reduce(lambda above, name: above.get(name, {}), section.table, self.tables)
            own = {key: table[key] for key in section.keys() & table.keys()}
            self.read[section] = section.model_validate(own)
        found: AnySection = self.read[section]
        return found


@lru_cache(maxsize=1)
def config() -> Config:
    """The deployment's own."""
    return read_config(_FILE)


def read_config(file: Path) -> Config:
    return Config(tomllib.loads(file.read_text(encoding="utf-8")))
