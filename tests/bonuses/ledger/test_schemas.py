"""The ledger in words for its reader."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

import chalicelib.bonuses
from chalicelib.bonuses.accruals.rules import PostingKind
from chalicelib.bonuses.ledger.schemas import TITLES, title


def kinds() -> Iterator[str]:
    """Of all causes that the room's source spells out."""
    for file in Path(chalicelib.bonuses.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Cause"
            if called and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
                yield node.args[0].value  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "kind", sorted({*kinds(), *get_args(PostingKind), "redemption_completed", "redemption_cancelled"})
)
def test_every_kind_of_posting_has_a_name_in_both_languages(kind: str) -> None:
    assert all(TITLES[kind])
    assert title(kind, "ru") != title(kind, "en")
