"""A context in memory, and the rollups' queue beside it."""

import pytest

from chalicelib.platform.context import Context
from tests.analytics import steps
from tests.orders.conftest import market, memory_market
from tests.support.nights import Queue

__all__ = ["market", "memory_market"]


@pytest.fixture
def quick() -> Context:
    return steps.in_memory()


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    return steps.a_queue(monkeypatch)
