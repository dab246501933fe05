"""A context in memory, and the rollups' queue beside it."""

import pytest

from chalicelib.platform.context import Context
from tests.analytics import steps
from tests.support.nights import Queue


@pytest.fixture
def quick() -> Context:
    return steps.in_memory()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    return steps.a_queue(monkeypatch)
