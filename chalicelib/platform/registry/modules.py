"""The modules in which rooms declare something, and `registry.json`, which spares a package from importing them.

    routes     method, path, module of the room's routes, whether the gateway asks for a token
    consumers  by lane and event
    letters    the module of each, and `events`: the modules of the letters that an event asks for
    own_data   the modules that declare what a room holds of a person
    names      the modules that declare what ids stand for

`infra.build` writes it. A source tree has no such file: there the modules are imported, so nothing can be out of date.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).parents[2]
REGISTRY = HOUSE / "registry.json"


@cache
def package_registry() -> Mapping[str, Any]:
    """Empty in a source tree."""
    return json.loads(REGISTRY.read_text(encoding="utf-8")) if REGISTRY.exists() else {}


def import_named(modules: Iterable[str]) -> None:
    for module in modules:
        import_module(module)


def function_named(name: str) -> Callable[..., Any]:
    """The function of `orders.lifecycle.jobs:close`. Raises ImportError or AttributeError where nothing has the name."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"chalicelib.{module}"), function)
    return found


@cache
def import_modules(*layers: str, room: str = "") -> None:
    """Imports the modules of these names: of one room, or of all. A process walks the tree once: that takes 13 ms."""
    for path in sorted((HOUSE / room).rglob("*.py")):
        if path.stem in layers:
            import_module(".".join(path.relative_to(HOUSE.parent).with_suffix("").parts))
