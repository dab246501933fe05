"""The rules of the house, judged by paths and imports alone. `breaches` tells each broken rule in one sentence."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.util import resolve_name
from pathlib import Path
from typing import NamedTuple

PACKAGE = "chalicelib"
GROUND = {"table", "platform"}  # every room stands on them
LAYERS = {"rules": 0, "model": 0, "events": 0, "config": 0, "fields": 0, "keys": 1, "schemas": 1, "store": 1}
LAYERS |= {"routes": 3, "consumers": 3, "jobs": 3, "letters": 3}  # every other name is a use case: 2
PURE = {"rules", "model"}
IMPURE = {"chalicelib.table.client", "chalicelib.table.transactions"}
IMPURE |= {f"chalicelib.platform.{name}" for name in ("aws", "clock", "context", "files.uploads", "http", "jobs")}
# Libraries that only compute: all that a pure module takes from outside the house.
COMPUTE = {
    "base64",
    "bisect",
    "collections",
    "csv",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
}
COMPUTE |= {
    "heapq",
    "hmac",
    "html",
    "idna",
    "ipaddress",
    "itertools",
    "json",
    "math",
    "operator",
    "phonenumbers",
    "pydantic",
}
COMPUTE |= {
    "pydantic_core",
    "random.Random",
    "re",
    "snowballstemmer",
    "standardwebhooks",
    "statistics",
    "stdnum",
    "types",
}
COMPUTE |= {"typing", "typing_extensions", "unicodedata", "zlib", "zoneinfo"}
GROUND_READS = {
    "pathlib",
    "secrets",
    "tomllib",
}  # config reads club.toml at the start, and ids are drawn beside those that follow
GIVEN = {f"datetime.{name}" for name in ("datetime.now", "datetime.today", "datetime.utcnow", "date.today")}
GIVEN |= {"chalicelib.platform.ids.random_id", "open"}
OUTSIDE = {"app", "infra", "tests"}
BY_NAME = {"importlib", "pkgutil", "runpy", "sys.modules", "__import__", "exec", "eval"}


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
    return sorted({*found, *house.misuses()}) + house.circles()


class House:
    def __init__(self, root: Path) -> None:
        self.modules = {_name(root, path): path for path in sorted((root / PACKAGE).rglob("*.py"))}
        self.files = {
            name: _read(path.read_text(encoding="utf-8"), self._package(name)) for name, path in self.modules.items()
        }
        self._imports_of = {name: list(self._imports(name)) for name in self.modules}
        self.imports = [each for found in self._imports_of.values() for each in found]

    def breach(self, each: Import) -> str | None:
        """The rule that this import breaks, as a sentence; None where it breaks none."""
        if self._is_wing(each.by):
            return each.breaks("a wing has no door, and its files are imported one by one")
        if each.source.split(".")[0] in OUTSIDE:
            return each.breaks("the package knows nothing that stands outside it")
        if each.source.split(".")[0] != PACKAGE:
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

    def misuses(self) -> Iterator[str]:
        """Names that a module may not use, and what stands in the wrong file."""
        for by, file in self.files.items():
            if _is_pure(by):
                homes = {f"{each.home}.{each.name}" for each in self._imports_of[by]}
                for name in sorted((file.names | homes) & GIVEN):
                    yield f"{by} uses {name}: {_last(by)} is pure, and is given its day, its moment, its ids and what it reads."
            if not by.startswith(f"{PACKAGE}.platform.registry"):
                for name in sorted(name for name in file.names if _prefixes(name) & BY_NAME):
                    yield f"{by} uses {name}: only the registry imports a module by its name."
            wing = by.split(".")[2:3]
            if self._is_wing(by) and _room(by) not in GROUND and wing[0] not in self._wings(_room(by)):
                yield f"{by} is a wing that its room does not list."
            if self._is_door(by) and any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in file.nodes):
                yield f"{by} defines something: a door only exports what its room defines."

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
        if not _is_pure(each.by) or _is_pure(each.home):
            return None
        inside = each.source.split(".")[0] == PACKAGE
        computes = _prefixes(f"{each.home}.{each.name}") & COMPUTE
        if through := self._touches(each.home) if inside else not computes and each.home:
            return each.breaks(f"{_last(each.by)} is pure, and this reaches {through}")
        return None

    @cache  # noqa: B019  # a house lives as long as one test
    def _touches(self, module: str) -> str | None:
        """The first of HTTP, clock, table, AWS and whatever else does not only compute that importing the module reaches."""
        seen, waiting = {module}, [module]
        while waiting:
            here = waiting.pop()
            if any(here == each or here.startswith(f"{each}.") for each in IMPURE):
                return here
            for each in self._imports_of.get(here, ()):
                if each.home not in seen:
                    if each.home.split(".")[0] not in {PACKAGE, *COMPUTE, *GROUND_READS}:
                        return each.home
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
        for node in self.files[f"{PACKAGE}.{room}"].nodes:
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "WINGS":
                return tuple(ast.literal_eval(node.value))
        return ()

    def _is_door(self, module: str) -> bool:
        return module.count(".") == 1 and self.modules[module].name == "__init__.py"

    def _is_wing(self, module: str) -> bool:
        return module.count(".") > 1 and self.modules[module].name == "__init__.py" and _room(module) not in GROUND

    def _package(self, module: str) -> str:
        return module if self.modules[module].name == "__init__.py" else module.rpartition(".")[0]

    def _imports(self, by: str) -> Iterator[Import]:
        file = self.files[by]
        yield from (Import(by, module, None, module) for module in file.modules)
        yield from (Import(by, *self._found(module, name)) for module, name in file.imported.values())
        for name in sorted(file.names):
            parts = name.split(".")
            if parts[0] == PACKAGE and len(parts) > 2:
                yield Import(by, *self._found(".".join(parts[:2]), ".".join(parts[2:])))

    def _found(self, source: str, name: str) -> tuple[str, str | None, str]:
        """Of a dotted name, as far as it is a module."""
        first, _, rest = name.partition(".")
        if f"{source}.{first}" in self.modules:
            return self._found(f"{source}.{first}", rest) if rest else (f"{source}.{first}", None, f"{source}.{first}")
        return source, first, self._home(source, first)

    def _exports(self, module: str) -> Mapping[str, tuple[str, str]]:
        return self.files[module].imported if module in self.files else {}

    def _home(self, source: str, name: str) -> str:
        """The module that defines a name, or is called so, through the doors that export it."""
        module, its_name = self._exports(source).get(name, (source, name))
        if f"{module}.{its_name}" in self.modules:
            return f"{module}.{its_name}"
        return self._home(module, its_name) if module != source and module.startswith(PACKAGE) else source


class File(NamedTuple):
    """A module as its text tells it. `modules`: those that it imports as a whole. `imported`: by the name in it, the module and the name
    there. `names`: each dotted name that it uses, from the module of its import on, so that another name hides nothing."""

    nodes: tuple[ast.AST, ...]
    modules: tuple[str, ...]
    imported: Mapping[str, tuple[str, str]]
    names: frozenset[str]


@cache
def _read(text: str, package: str) -> File:
    nodes = tuple(ast.walk(ast.parse(text)))
    modules, known, imported = [], {name: name for name in GIVEN | BY_NAME}, {}
    for node in nodes:
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
            known |= {
                alias.asname or first: alias.name if alias.asname else first
                for alias in node.names
                for first in [alias.name.split(".")[0]]
            }
        elif isinstance(node, ast.ImportFrom):
            module = resolve_name("." * node.level + (node.module or ""), package)
            imported |= {alias.asname or alias.name: (module, alias.name) for alias in node.names}
    known |= {name: ".".join(home) for name, home in imported.items()}
    dotted = [_dotted(node) for node in nodes if isinstance(node, ast.Attribute | ast.Name)]
    names = {".".join([known[first], *rest]) for first, *rest in dotted if first in known}
    return File(nodes, tuple(modules), imported, frozenset(names))


def _dotted(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [*_dotted(node.value), node.attr]
    return [node.id if isinstance(node, ast.Name) else ""]


def _prefixes(name: str) -> set[str]:
    parts = name.split(".")
    return {".".join(parts[:end]) for end in range(1, len(parts) + 1)}


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
