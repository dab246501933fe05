"""Prints the map of the table: every question that is asked of it, and the key that answers. `make map`.

Read from the source of the rooms' keys, without running it: a key's function names its index, order and consistency in its decorator, the
question in its docstring, and the address in the one `Key` that it returns. "Used by" are the rooms whose code names the function.
Weakest point: order and consistency are what the decorator says; the tests of a key measure its calls and capacity, which show a strong read
by its price only.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.build import ROOT

INDEXES = {"in_table": "table", "in_gsi1": "gsi1", "in_gsi2": "gsi2"}
COLUMNS = ("question", "index", "pk", "sk", "order", "consistency", "used by")


@dataclass(frozen=True, slots=True)
class Row:
    """One key. `name`: its function, below `chalicelib`: `companies.keys.person`."""

    name: str
    question: str
    index: str
    pk: str
    sk: str
    order: str
    consistency: str


class Module:
    """The names of one source file: functions, constants, and imports by their full names."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, ast.FunctionDef)}
        self.constants = {
            node.targets[0].id: node.value
            for node in self.tree.body
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        self.imported = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }


@cache
def module(dotted: str) -> Module | None:
    path = ROOT.joinpath(*dotted.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return Module(file) if file.exists() else None


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@cache
def home(name: str) -> tuple[str, str]:
    """The module and the name in it that a full name stands for, through the doors that pass it on."""
    where, _, last = name.rpartition(".")
    found = module(where) if where else None
    if found and last in found.imported and module(name) is None:
        return home(found.imported[last])
    return where, last


def rows() -> Iterator[Row]:
    """The keys of all rooms, in the order of their files."""
    for path in sorted((ROOT / "chalicelib").rglob("*keys.py")):
        where = dotted(path)
        found = module(where)
        assert found is not None
        for function in found.functions.values():
            row = _row(where, found, function)
            if row:
                yield row


def _row(where: str, found: Module, function: ast.FunctionDef) -> Row | None:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name) and decorator.func.id in INDEXES:
            said = [ast.literal_eval(argument) for argument in decorator.args]
            key = returned(function)
            assert isinstance(key, ast.Call), f"{where}.{function.name} returns something else than a Key"
            pk, sk = (_pattern(found, part) for part in key.args)
            return Row(
                name=f"{where.removeprefix('chalicelib.')}.{function.name}",
                question=question(function),
                index=INDEXES[decorator.func.id],
                pk=pk,
                sk=sk,
                order=said[0],
                consistency=said[1] if len(said) > 1 else "E",
            )
    return None


def question(function: ast.FunctionDef) -> str:
    return (ast.get_docstring(function) or "").partition("\n")[0].partition(". ")[0].rstrip(".")


def returned(function: ast.FunctionDef) -> ast.expr | None:
    last = function.body[-1]
    return last.value if isinstance(last, ast.Return) else None


def _pattern(here: Module, node: ast.expr | None) -> str:
    """A text with `{name}` where a value goes."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_pattern(here, part) for part in parts)
        case ast.Call(func=ast.Attribute(value=value, attr="removeprefix"), args=[ast.Constant(value=str(prefix))]):
            return _pattern(here, value).removeprefix(prefix)
        case (  # day.isoformat(), name[:150]
            ast.FormattedValue(value=value) | ast.Call(func=ast.Attribute(value=value)) | ast.Subscript(value=value)
        ):
            return _pattern(here, value)
        case ast.Name(id=name) if name in here.constants:
            return _pattern(here, here.constants[name])
        case ast.Name(id=name) if name in here.imported:
            where, last = home(here.imported[name])
            there = module(where)
            assert there is not None, name
            return _pattern(there, ast.Name(last))
        case ast.Name(id=name):
            return f"{{{name.removesuffix('_id')}}}"
        case ast.Attribute(value=ast.Name(id=name), attr=part) if (
            name in here.functions
        ):  # an argument named for a key of its file
            key = returned(here.functions[name])
            assert isinstance(key, ast.Call), name
            return _pattern(here, key.args[("pk", "sk").index(part)])
        case ast.Attribute(value=ast.Name(id=name)):
            return f"{{{name}'s {node.attr}}}"
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _pattern(here, left) + _pattern(here, right)
        case ast.IfExp(body=body, orelse=other):  # a part may be left out, for the prefix of a list
            return max(_pattern(here, body), _pattern(here, other), key=len)
        case ast.Call(func=ast.Name(id=name)):
            where, last = home(here.imported[name]) if name in here.imported else ("", name)
            there = module(where) if where else here
            assert there is not None, name
            function = there.functions[last]
            if isinstance(function.returns, ast.Name) and function.returns.id == "str":
                return _pattern(there, returned(function))
            return f"{{{last.removesuffix('_of')}}}"
    raise ValueError(f"no pattern is known for {ast.unparse(node) if node else None}")


def named(tree: ast.AST, imported: dict[str, str]) -> Iterator[str]:
    """Full names of the imports that a file reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in imported:
            yield imported[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in imported:
            yield f"{imported[node.value.id]}.{node.attr}"


def users(names: Iterable[str]) -> dict[str, set[str]]:
    """The rooms whose code names each of these keys."""
    wanted, found = set(names), defaultdict[str, set[str]](set)
    for path in (ROOT / "chalicelib").rglob("*.py"):
        read = module(dotted(path))
        if read is None:
            continue
        for full in named(read.tree, read.imported):
            name = ".".join(home(full)).removeprefix("chalicelib.")
            if name in wanted:
                found[name].add(dotted(path).split(".")[1])
    return found


def table() -> list[tuple[str, ...]]:
    every = list(rows())
    used = users(row.name for row in every)
    return [
        (row.question, row.index, row.pk, row.sk, row.order, row.consistency, ", ".join(sorted(used[row.name])))
        for row in every
    ]


def main() -> None:
    lines = [COLUMNS, *table()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    for line in lines:
        print(" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
