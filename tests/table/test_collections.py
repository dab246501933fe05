"""Every collection that the table keeps inside an item stands on the page of limits, with what bounds it."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import is_dataclass
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from chalicelib.platform.model import Record
from infra.build import ROOT

COLLECTING = (ast.ListComp, ast.SetComp, ast.DictComp, ast.List, ast.Set, ast.Dict)
MAKING = {"sorted", "list", "set", "tuple", "dict"}
ITEM_LAYERS = {"store", "revisions"}  # who writes items without a record


@cache
def modules() -> dict[str, ast.Module]:
    """The parsed source of each module of the product, by its dotted name."""
    paths = sorted((ROOT / "chalicelib").rglob("*.py"))
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8"), str(path)
        )
        for path in paths
    }


def stored_records() -> Iterator[type]:
    """Classes that `from_item` and `table.read` read, by name where they are called, and the records of pydantic."""
    for module, tree in modules().items():
        names = vars(importlib.import_module(module))
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and node.args
                and ast.unparse(node.func).endswith(("from_item", "table.read"))
            ):
                kind = names.get(ast.unparse(node.args[0]))
                if isinstance(kind, type):
                    yield kind
    kinds: list[type] = [Record]
    while kinds:
        kinds += (further := kinds.pop().__subclasses__())
        yield from further


def collections_of(kind: type, seen: set[type]) -> Iterator[str]:
    """`Class.field` of each list, set and mapping, in the records inside it as well."""
    if kind in seen or not (is_dataclass(kind) or issubclass(kind, Record) or hasattr(kind, "_field_defaults")):
        return
    seen.add(kind)
    own = {name: hint for name, hint in get_type_hints(kind).items() if not name.startswith(("model_", "_"))}
    for name, hint in own.items():
        for part in parts_of(hint):
            if isinstance(part, type):
                yield from collections_of(part, seen)
            if is_collection(part):
                yield f"{kind.__name__}.{name}"


def parts_of(hint: Any) -> Iterator[Any]:
    yield hint
    for inner in get_args(hint):
        yield from parts_of(inner)


def is_collection(hint: Any) -> bool:
    origin, given = get_origin(hint), get_args(hint)
    if not isinstance(origin, type) or not issubclass(origin, Mapping | Sequence | Set):
        return False
    return origin is not tuple or given[-1] is ...


def collections_of_stores() -> Iterator[str]:
    """`folder.attribute` of what stores write without a record: collections of dict displays, and sets that writes join."""
    for module, tree in modules().items():
        room, _, layer = module.rpartition(".")
        room = room.rpartition(".")[2]
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "join":
                yield from (f"{room}.{name}" for name in texts_of(node))
            elif isinstance(node, ast.Dict) and layer in ITEM_LAYERS:
                for name, value in zip(node.keys, node.values, strict=True):
                    if name and is_collecting(value):
                        yield from (f"{room}.{text}" for text in texts_of(name))


def texts_of(node: ast.AST) -> Iterator[str]:
    return (each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str))


def is_collecting(value: ast.expr) -> bool:
    called = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in MAKING
    return called or isinstance(value, COLLECTING)


def test_every_collection_inside_an_item_stands_on_the_page_with_its_bound() -> None:
    page = (ROOT / "infra" / "docs" / "limits.md").read_text(encoding="utf-8")
    section = page.partition("### Collections in items")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(\w+\.\w+)`", section))
    seen: set[type] = set()
    kept = {name for kind in stored_records() for name in collections_of(kind, seen)} | set(collections_of_stores())
    assert len(kept) > 100
    assert kept - told == set(), "say on the page what bounds it"
    assert told - kept == set(), "the page names what is there no more"
