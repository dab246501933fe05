"""A room's door: names that other rooms may use, each imported when it is first asked for.

    with opened_when_asked(__name__):
        from chalicelib.sales.rules import SaleDocument
        from chalicelib.sales.service import record

Without it, a module that needs one name of a room, or its schemas alone, imports everything behind the door, and all doors behind that:
the rooms of one order took twice the time to import. The statements stay plain imports, so that types, readers and the import rules
see them as such; Python 3.15 has `lazy from … import …` for it (PEP 810).

How: while the block runs, `from` statements of the door's own module bring a note of where a name lives instead of the name. The notes
then serve the module's `__getattr__` (PEP 562), which puts what it found in their place. Weakest point: a name that does not exist is
missed when it is first asked for, not when the door is imported; a test asks for every name of every door.
"""

import builtins
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from threading import RLock
from typing import Any, NamedTuple

_one_door_at_a_time = RLock()


class _Note(NamedTuple):
    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Source:
    """Stands for a module of which only names are wanted."""

    module: str

    def __getattr__(self, name: str) -> _Note:
        return _Note(self.module, name)


@contextmanager
def opened_when_asked(door: str) -> Iterator[None]:
    """`door`: the package's own `__name__`. Everything imported by its `from` statements in the block waits until it is asked for."""
    here = vars(sys.modules[door])

    def note(
        name: str,
        asking: Mapping[str, object] | None = None,
        local: Mapping[str, object] | None = None,
        names: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> Any:
        if asking is here and names:
            return _Source(name)
        return really(name, asking, local, names or (), level)

    with _one_door_at_a_time:
        really = builtins.__import__
        builtins.__import__ = note  # type: ignore[assignment]  # it stands for a module
        try:
            yield
        finally:
            builtins.__import__ = really
    notes = {name: here.pop(name) for name, found in list(here.items()) if isinstance(found, _Note)}

    def ask(name: str) -> object:
        if name not in notes:
            raise AttributeError(f"module {door!r} has no attribute {name!r}")
        found = here[name] = getattr(import_module(notes[name].module), notes[name].name)
        return found

    here["__getattr__"] = ask
