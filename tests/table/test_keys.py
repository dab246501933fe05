"""The rooms' keys are a whole map: each says what it answers and how it is read, is measured by a test, and meets no other."""

import ast
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from chalicelib.bonuses.coalition.keys import coalition_client_list
from chalicelib.campaigns.segments.keys import segment_list
from chalicelib.companies.keys import company_list
from chalicelib.distributors.keys import distributor_list
from chalicelib.members.keys import staff_list
from chalicelib.platform.keys import due, due_shard
from chalicelib.table.key import Key, shards
from infra.build import ROOT
from infra.map import Module, Row, dotted, home, module, named, rows, users

ROWS = list(rows())
every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@cache
def measured(folder: Path) -> frozenset[str]:
    """Keys that a test below the folder says it `measures`."""
    return frozenset(_measured(folder))


def _measured(folder: Path) -> Iterator[str]:
    for file in folder.rglob("test_*.py"):
        if "measures(" not in file.read_text(encoding="utf-8"):
            continue
        read = Module(file)
        for node in ast.walk(read.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "measures":
                for argument in node.args:
                    yield ".".join(home(next(named(argument, read.imported)))).removeprefix("chalicelib.")


def meet(one: str, other: str) -> bool:
    """Whether a text may have both patterns; what stands for `{name}` has no `#`, but for the whole key of an owner."""
    if " pk}" in one + other:
        return True
    parts, others = one.split("#"), other.split("#")
    return len(parts) == len(others) and all("{" in a + b or a == b for a, b in zip(parts, others, strict=True))


@every_row
def test_a_key_says_what_it_answers_and_how_it_is_read(row: Row) -> None:
    assert row.question
    assert row.question.split()[0] not in {"What", "Which", "Who", "Whose", "That", "How", "Where"}
    assert row.order
    assert set(row.consistency.split(", ")) <= {"E", "S", "T"}
    assert row.index == "table" or row.consistency == "E", "an index is eventually consistent, always"


def test_every_function_that_makes_a_key_says_how_it_is_read() -> None:
    described = {row.name for row in ROWS}
    for path in (ROOT / "chalicelib").rglob("*keys.py"):
        read = module(dotted(path))
        assert read
        for function in read.functions.values():
            if isinstance(function.returns, ast.Name) and function.returns.id == "Key":
                assert f"{dotted(path)}.{function.name}".removeprefix("chalicelib.") in described


def test_keys_are_made_where_the_rooms_keep_them_only() -> None:
    for path in (ROOT / "chalicelib").rglob("*.py"):
        read = module(dotted(path)) if path.name != "__init__.py" else None
        if read is None or path.name.endswith("keys.py"):
            continue
        for node in ast.walk(read.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Key":
                assert not any(isinstance(part, ast.JoinedStr) for part in node.args), f"{path}: {ast.unparse(node)}"


def test_every_key_is_used() -> None:
    used = users(row.name for row in ROWS)
    assert not [row.name for row in ROWS if not used[row.name]]


def test_every_key_is_measured_by_a_test() -> None:
    missing = {row.name for row in ROWS} - measured(ROOT / "tests")
    assert not missing, f"no test measures {', '.join(sorted(missing))}"


def test_only_keys_are_measured() -> None:
    assert measured(ROOT / "tests") <= {row.name for row in ROWS}


def test_no_two_keys_meet() -> None:
    """Of two patterns of one index no address may fit both: an item of one would be read, or overwritten, as one of the other."""
    overlaps = [
        f"{one.name} and {other.name}"
        for one, other in combinations(ROWS, 2)
        if one.index == other.index and meet(one.pk, other.pk) and meet(one.sk, other.sk)
    ]
    assert not overlaps


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        ("COMPANY#{company}", "COMPANY#{other}", True),
        ("COMPANY#{company}", "MEMBER#{member}", False),
        ("STANDING", "STANDING#MANUAL#{at}", False),
        ("{owner's pk}", "MEMBER#{member}", True),
        ("{sku}", "HEAD", True),
        ("{at}#{order}", "EVENT#{at}#{event}", False),
    ],
)
def test_patterns_meet_where_a_text_may_have_both(one: str, other: str, overlap: bool) -> None:
    assert meet(one, other) is meet(other, one) is overlap


def test_what_falls_due_on_one_day_is_spread_evenly() -> None:
    found = [due("tier", date(2026, 11, 20), f"cmp_{number:032x}").pk for number in range(8_000)]
    counts = [found.count(due_shard("tier", date(2026, 11, 20), shard)) for shard in shards()]
    assert sum(counts) == 8_000
    assert min(counts) > 800


def test_a_key_goes_into_the_item_and_into_both_indexes() -> None:
    key = Key("P", "S")
    assert key.as_item() == {"pk": "P", "sk": "S"}
    assert key.as_gsi1() == {"gsi1pk": "P", "gsi1sk": "S"}
    assert key.as_gsi2() == {"gsi2pk": "P", "gsi2sk": "S"}


@pytest.mark.parametrize("listed", [coalition_client_list, company_list, distributor_list, segment_list, staff_list])
def test_a_list_by_name_takes_names_whose_letters_grow_when_they_are_folded(listed: Callable[[str, str], Key]) -> None:
    """DynamoDB takes 1,024 bytes of a sort key; folded, this letter has six."""
    assert len(listed("ΐ" * 200, "x" * 40).sk.encode()) <= 1024
    assert listed("Абв", "x").sk == "абв#x"
