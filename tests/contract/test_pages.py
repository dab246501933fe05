"""The pages of the project: tests that they name are there, and each decision has a number of its own."""

import re
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGES = TESTS.parent / "infra" / "docs"


@pytest.mark.parametrize("page", ["limits.md", "faults.md", "aws_truth.md"])
def test_each_test_that_a_page_names_is_there(page: str) -> None:
    file = ""
    named = re.findall(r"`([\w/]+\.py|…)(?:::(test_\w+))?`", (PAGES / page).read_text(encoding="utf-8"))
    assert len(named) > 20
    for place, test in named:
        file = file if place == "…" else place
        assert not test or f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), (file, test)


def test_each_source_file_that_a_page_names_is_there() -> None:
    """In the table of exceptions the first column names files of the source; other columns name tests."""
    rooms = TESTS.parent / "chalicelib"
    text = (PAGES / "aws_truth.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([\w/]+\.py)`", text, re.MULTILINE)
    assert len(named) > 10
    assert [place for place in named if not (rooms / place).is_file()] == []


def test_each_decision_has_a_number_of_its_own() -> None:
    numbers = Counter(page.name[:4] for page in (PAGES.parent / "decisions").glob("*.md"))
    assert [number for number, pages in numbers.items() if pages > 1] == []
