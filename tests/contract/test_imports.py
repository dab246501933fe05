"""Dependencies point one way: routes → service → rules and store → table and platform; a room is entered by its door.

A room's door is its `__init__`: what stands in `__all__` may be used by other rooms, nothing else. Pure modules (rules, schemas)
may use each other anywhere. A room whose rules outgrow one file has pure modules by subject, named in RULES.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.build import ROOT

BELOW = {"platform", "table"}
RULES = {
    "rules",
    "ladders",
    "originals",
    "cells",
    "columns",
    "rates",
    "example",
    "outlook",
    "requests",
    "request_rules",
    "promises",
    "on_top",
    "stock",
    "waits",
    "demand_rules",
    "habits",
    "affinity",
    "webhook_rules",
}
PURE = RULES | {"schemas", "model"}
PLAIN = {("chalicelib", "platform", "money"), ("chalicelib", "platform", "figures")}
LAYER = {**dict.fromkeys(PURE, 0), "store": 1, "service": 2, "routes": 3}
# Who is calling is everybody's word. It stands beside the door of auth, since the sign-in triggers come through that door and must
# not wake pydantic.
CALLER = {("chalicelib", "auth", "principal"), ("chalicelib", "auth", "scopes")}


@dataclass(frozen=True)
class Import:
    """`by` imports `name` from the module `source`, or the module itself when `name` is None."""

    by: tuple[str, ...]
    source: tuple[str, ...]
    name: str | None

    def __str__(self) -> str:
        return f"{'.'.join(self.by)} imports {'.'.join(self.source)}" + (f": {self.name}" if self.name else "")

    @property
    def room(self) -> str:
        return self.by[1]

    @property
    def other_room(self) -> str:
        return self.source[1]

    @property
    def module(self) -> str:
        return self.by[2] if len(self.by) > 2 else "__init__"

    @property
    def other_module(self) -> str:
        return self.source[2] if len(self.source) > 2 else "__init__"


def parts(path: Path) -> tuple[str, ...]:
    return tuple(part for part in path.relative_to(ROOT).with_suffix("").parts if part != "__init__")


def is_module(source: tuple[str, ...]) -> bool:
    return ROOT.joinpath(*source).is_dir() or ROOT.joinpath(*source).with_suffix(".py").exists()


@cache
def imports() -> list[Import]:
    return [found for path in sorted((ROOT / "chalicelib").rglob("*.py")) for found in imports_of(path)]


def imports_of(path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    rooms: dict[str, tuple[str, ...]] = {}  # how this file calls the rooms it imported as a whole
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
            yield from (Import(parts(path), name, None) for name in names if name[0] == "chalicelib")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports here are absolute"
            source = tuple((node.module or "").split("."))
            if source[0] != "chalicelib":
                continue
            for alias in node.names:
                if is_module((*source, alias.name)):
                    rooms[alias.asname or alias.name] = (*source, alias.name)
                    yield Import(parts(path), (*source, alias.name), None)
                else:
                    yield Import(parts(path), source, alias.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            yield Import(parts(path), rooms[node.value.id], node.attr)


@cache
def door(room: str) -> set[str]:
    """What a room lets others use."""
    tree = ast.parse((ROOT / "chalicelib" / room / "__init__.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "__all__" for to in node.targets):
            return set(ast.literal_eval(node.value))
    return set()


@cache
def layer(room: str, module: str) -> int:
    """A module of another name stands as high as what it uses of its room."""
    if module in LAYER:
        return LAYER[module]
    used = {each.other_module for each in imports() if each.by[1:] == (room, module) and each.other_room == room}
    return max((layer(room, other) for other in used - {module, "__init__"}), default=0)


def violations(*broken: Import) -> str:
    return "\n".join(sorted({str(each) for each in broken}))


def test_rules_import_nothing_but_rules_schemas_money_and_figures() -> None:
    broken = [
        each
        for each in imports()
        if each.module in RULES and each.other_module not in PURE and each.source not in PLAIN
    ]
    assert not broken, violations(*broken)


def test_in_a_room_dependencies_point_down() -> None:
    broken = [
        each
        for each in imports()
        if each.room == each.other_room
        and each.room not in BELOW
        and "__init__" not in (each.module, each.other_module)
        and layer(each.room, each.other_module) > layer(each.room, each.module)
    ]
    assert not broken, violations(*broken)


def test_a_room_uses_another_through_its_door() -> None:
    broken = [
        each
        for each in imports()
        if each.room != each.other_room
        and not {each.room, each.other_room} & BELOW
        and each.other_module not in PURE
        and each.source not in CALLER
        and (each.other_module != "__init__" or (each.name is not None and each.name not in door(each.other_room)))
    ]
    assert not broken, violations(*broken)


def test_the_ground_floor_knows_no_room() -> None:
    broken = [
        each for each in imports() if each.room in BELOW and each.other_room not in BELOW and each.source not in CALLER
    ]
    assert not broken, violations(*broken)


def test_the_table_does_not_know_http() -> None:
    broken = [
        each for each in imports() if each.room == "table" and each.source[:3] == ("chalicelib", "platform", "http")
    ]
    assert not broken, violations(*broken)


def test_sign_in_triggers_wake_neither_pydantic_nor_the_house() -> None:
    asked = "import sys, chalicelib.auth.triggers; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"app", "pydantic", "pydantic_core"} & set(loaded)
