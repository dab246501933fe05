"""The page of limits names tests that there are."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "infra" / "docs" / "limits.md"


def test_each_test_that_the_page_of_limits_names_is_there() -> None:
    file = ""
    named = re.findall(r"`([\w/]+\.py|…)(?:::(test_\w+))?`", PAGE.read_text(encoding="utf-8"))
    assert len(named) > 20
    for place, test in named:
        file = file if place == "…" else place
        assert not test or f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), (file, test)
