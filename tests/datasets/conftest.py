"""A table in memory, and a lake in a folder."""

from pathlib import Path

import pytest

from chalicelib.platform.context import Context
from tests.analytics import steps
from tests.support.lake import Lake


@pytest.fixture
def quick() -> Context:
    return steps.in_memory()


@pytest.fixture
def lake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Lake:
    return Lake(monkeypatch, tmp_path)
