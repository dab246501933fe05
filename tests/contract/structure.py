"""The rules of the house, judged by paths and imports alone. `breaches` tells each broken rule in one sentence."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

PACKAGE = "chalicelib"
GROUND = {"table", "platform"}  # every room stands on them
LAYERS = {"rules": 0, "model": 0, "events": 0, "config": 0, "fields": 0, "keys": 1, "schemas": 1, "store": 1}
LAYERS |= {"routes": 3, "consumers": 3, "jobs": 3, "letters": 3}  # every other name is a use case: 2
PURE = {"rules", "model"}
IMPURE = {"boto3", "botocore", "chalice", "http", "requests", "socket", "time", "urllib"}
IMPURE |= {"chalicelib.table.client", "chalicelib.table.transactions"}
IMPURE |= {f"chalicelib.platform.{name}" for name in ("aws", "clock", "context", "files.uploads", "http", "jobs")}

CLOCKS = {"date.today", "datetime.now", "datetime.today", "datetime.utcnow"}


class Import(NamedTuple):
    """`by` imports `name` from `source`; `home` is the module in which the name is defined."""

    by: str
    source: str
    name: str | None
    home: str

    def breaks(self, rule: str) -> str:
        what = f"{self.name} from {self.source}" if self.name else self.source
        return f"{self.by} imports {what}: {rule}."


def breaches(root: Path) -> list[str]:
    """One sentence for each import below `root`/chalicelib that breaks a rule, and for each circle of rooms."""
    house = House(root)
    found = [sentence for each in house.imports if (sentence := house.breach(each))]
    return sorted({*found, *house.clocks()}) + house.circles()


class House:
    def __init__(self, root: Path) -> None:
        self.modules = {_name(root, path): path for path in sorted((root / PACKAGE).rglob("*.py"))}
        self.nodes = {name: _nodes(path.read_text(encoding="utf-8")) for name, path in self.modules.items()}
        self._exports = {name: dict(_imported(nodes)) for name, nodes in self.nodes.items()}
        self._imports_of = {name: list(self._imports(name)) for name in self.modules}
        self.imports = [each for found in self._imports_of.values() for each in found]

    def breach(self, each: Import) -> str | None:
        """The rule that this import breaks, as a sentence; None where it breaks none."""
        if not each.source.startswith(PACKAGE):
            return self._purity(each)
        if each.home != each.source and not self._is_door(each.source):
            return each.breaks(f"a name that no door exports is taken from where it is defined, {each.home}")
        room, other = _room(each.by), _room(each.home)
        if room in GROUND:
            if other not in GROUND:
                return each.breaks("the ground floor knows no room")
            if room == "table" and other == "platform":
                return each.breaks("the table stands below the platform")
            return self._purity(each)
        if other in GROUND:
            return self._purity(each)
        if room != other and each.source != f"{PACKAGE}.{other}":
            return each.breaks("a room uses another through what its door exports")
        if _last(each.by) == "store" and _last(each.home) == "schemas":
            return each.breaks("a record is not a form, so no store imports schemas")
        if self._is_door(each.by) or self._is_door(each.home):
            return None  # what is used of a room is an import of its own
        if self._layer(each.home) > self._layer(each.by):
            return each.breaks(f"{_last(each.by)} stands below {_last(each.home)}")
        if room == other and self._wing(each.home) > self._wing(each.by):
            return each.breaks("a wing uses only wings that its room lists before it")
        return self._purity(each)

    def clocks(self) -> Iterator[str]:
        """Pure modules that ask what time it is."""
        for name in [name for name in self.nodes if _last(name) in PURE]:
            calls = {ast.unparse(node.func) for node in self.nodes[name] if isinstance(node, ast.Call)}
            for call in sorted(calls & CLOCKS):
                yield f"{name} calls {call}: {_last(name)} is pure, and is given its day and its moment."

    def circles(self) -> list[str]:
        """Rooms that use one another in a circle."""
        uses: dict[str, set[str]] = {}
        for each in self.imports:
            if each.source.startswith(PACKAGE) and _room(each.by) and _room(each.by) != _room(each.home):
                uses.setdefault(_room(each.by), set()).add(_room(each.home))
        try:
            TopologicalSorter(uses).prepare()
        except CycleError as error:
            circle = list(reversed(error.args[1]))[1:]
            first = circle.index(min(circle))  # wherever the search began
            told = [*circle[first:], *circle[:first], circle[first]]
            return [f"{' uses '.join(told)}: rooms use one another in a circle."]
        return []

    def _purity(self, each: Import) -> str | None:
        """An impure import is told where it stands, and not of every pure module above it."""
        if _is_pure(each.by) and not _is_pure(each.home) and (through := self._touches(each.home)):
            return each.breaks(f"{_last(each.by)} is pure, and this reaches {through}")
        return None

    @cache  # noqa: B019  # a house lives as long as one test
    def _touches(self, module: str) -> str | None:
        """The first of HTTP, clock, table and AWS that importing the module reaches."""
        seen, waiting = {module}, [module]
        while waiting:
            here = waiting.pop()
            if any(here == each or here.startswith(f"{each}.") for each in IMPURE):
                return here
            for each in self._imports_of.get(here, ()):
                if each.home not in seen:
                    seen.add(each.home)
                    waiting.append(each.home)
        return None

    def _layer(self, module: str) -> int:
        return LAYERS.get(_last(module), 2)

    def _wing(self, module: str) -> int:
        """The rank of a module in its room: low files of the room itself, its wings in their order, high files of the room itself."""
        inner = module.split(".")[2:-1]
        wings = self._wings(_room(module))
        if not inner:
            return -1 if self._layer(module) < 2 else len(wings)
        return wings.index(inner[0]) if inner[0] in wings else len(wings) + 1

    @cache  # noqa: B019
    def _wings(self, room: str) -> tuple[str, ...]:
        for node in self.nodes[f"{PACKAGE}.{room}"]:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "WINGS":
                return tuple(ast.literal_eval(node.value))
        return ()

    def _is_door(self, module: str) -> bool:
        return module.count(".") == 1 and self.modules[module].name == "__init__.py"

    def _imports(self, by: str) -> Iterator[Import]:
        for node in self.nodes[by]:
            if isinstance(node, ast.Import):
                yield from (Import(by, alias.name, None, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    yield Import(by, *self._found(node.module, alias.name))
        doors = self._doors_in(by)
        for node in self.nodes[by]:
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in doors:
                yield Import(by, doors[node.value.id], node.attr, self._home(doors[node.value.id], node.attr))

    def _found(self, source: str, name: str) -> tuple[str, str | None, str]:
        if f"{source}.{name}" in self.modules:
            return f"{source}.{name}", None, f"{source}.{name}"
        return source, name, self._home(source, name)

    def _doors_in(self, by: str) -> dict[str, str]:
        """The rooms that a module imports as a whole, by their names in it."""
        return {
            alias.asname or alias.name: f"{PACKAGE}.{alias.name}"
            for node in self.nodes[by]
            if isinstance(node, ast.ImportFrom) and node.module == PACKAGE
            for alias in node.names
        }

    def _home(self, source: str, name: str) -> str:
        """The module that defines a name, through the doors that export it."""
        home = self._exports.get(source, {}).get(name, source)
        return self._home(home, name) if home != source and home.startswith(PACKAGE) else source


@cache
def _nodes(text: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(text)))


def _imported(nodes: tuple[ast.AST, ...]) -> Iterator[tuple[str, str]]:
    """Each name that a module imports, and the module that it comes from."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((alias.asname or alias.name, node.module) for alias in node.names)


def _name(root: Path, path: Path) -> str:
    return ".".join(part for part in path.relative_to(root).with_suffix("").parts if part != "__init__")


def _room(module: str) -> str:
    return [*module.split("."), ""][1]


def _is_pure(module: str) -> bool:
    return _last(module) in PURE and _room(module) not in GROUND


def _last(module: str) -> str:
    return module.rsplit(".", 1)[-1]


if __name__ == "__main__":
    print(*breaches(Path(sys.argv[1])), sep="\n")  # noqa: T201
