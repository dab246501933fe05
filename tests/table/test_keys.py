"""The map of the table is complete: rows, the functions that make their keys, and a test that measures each row."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from chalicelib.table import Key, keys

SAMPLES: dict[Any, Any] = {
    str: "x",
    int: 1,
    date: date(2026, 11, 20),
    date | None: None,
    int | None: None,
    Key: Key("COMPANY#x", "SALE#day"),
}


@dataclass(frozen=True)
class Row:
    id: str
    question: str
    index: str
    pk: str
    sk: str
    order: str
    consistency: str
    used_by: str


def rows(module: ModuleType) -> list[Row]:
    """The rows of the map, as its docstring has them."""
    lines = [[cell.strip() for cell in line.split("|")] for line in (module.__doc__ or "").splitlines()]
    return [Row(*cells) for cells in lines if len(cells) == 8 and cells[0] != "id"]


def functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, found in inspect.getmembers(module, inspect.isfunction):
        if found.__module__ == module.__name__ and not name.startswith("_"):
            yield found


def row_id(function: Callable[..., Any]) -> str:
    found = re.match(r"K\d+", function.__doc__ or "")
    return found[0] if found else ""


def marked_rows(folder: Path) -> set[str]:
    """Ids for which a test below the folder is marked `key_row`."""
    found: set[str] = set()
    for file in folder.rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "key_row":
                found |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return found


ROWS = rows(keys)


def test_rows_are_numbered_in_order() -> None:
    assert [row.id for row in ROWS] == [f"K{number:02d}" for number in range(1, len(ROWS) + 1)]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_where_and_how_it_is_read(row: Row) -> None:
    assert row.question
    assert row.index in ("table", "gsi1", "gsi2")
    assert set(row.consistency.split(", ")) <= {"E", "S", "T"}
    assert row.index == "table" or row.consistency == "E", "an index is eventually consistent, always"
    assert row.used_by


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_row_has_its_function(row: Row) -> None:
    assert [function.__name__ for function in functions(keys) if row_id(function) == row.id]


@pytest.mark.parametrize("function", list(functions(keys)), ids=lambda function: function.__name__)
def test_a_function_makes_the_key_that_its_row_shows(function: Callable[..., Any]) -> None:
    [row] = [row for row in ROWS if row.id == row_id(function)]
    annotations = inspect.get_annotations(function, eval_str=True)
    made = function(*(SAMPLES[annotations[name]] for name in inspect.signature(function).parameters))
    pk, sk = made if isinstance(made, Key) else (made, None)
    if row.pk != "{owner's pk}":
        assert pk.startswith(constant_part(row.pk))
    if sk is not None:
        assert sk.startswith(tuple(constant_part(shape) for shape in row.sk.split(", ")))


def constant_part(shape: str) -> str:
    return shape.partition("{")[0]


def test_every_row_is_measured_by_a_test() -> None:
    missing = sorted({row.id for row in ROWS} - marked_rows(Path(__file__).parent))
    assert not missing, f"no test is marked key_row for {', '.join(missing)}"


def test_only_rows_of_the_map_are_measured() -> None:
    assert marked_rows(Path(__file__).parent) <= {row.id for row in ROWS}


def test_what_falls_due_on_one_day_is_spread_evenly() -> None:
    shards = [keys.due("tier", date(2026, 11, 20), f"cmp_{number:032x}").pk for number in range(8_000)]
    counts = [shards.count(keys.due_shard("tier", date(2026, 11, 20), shard)) for shard in range(keys.DUE_SHARDS)]
    assert sum(counts) == 8_000
    assert min(counts) > 800


def test_a_key_goes_into_the_item_and_into_both_indexes() -> None:
    key = Key("P", "S")
    assert key.as_item() == {"pk": "P", "sk": "S"}
    assert key.as_gsi1() == {"gsi1pk": "P", "gsi1sk": "S"}
    assert key.as_gsi2() == {"gsi2pk": "P", "gsi2sk": "S"}
