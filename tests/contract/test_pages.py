"""The pages that name tests name tests that there are."""

import re
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
