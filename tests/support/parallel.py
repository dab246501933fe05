"""Many requests at the same moment, in one process.

pytestmark = pytest.mark.usefixtures("a_request_per_thread")
answers = at_once(32, lambda number: api.call(…))
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from chalice.app import Chalice

T = TypeVar("T")


@pytest.fixture
def a_request_per_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chalice keeps the one request of its process on the app; here a process has many."""
    here = threading.local()
    own = property(lambda app: here.request, lambda app, request: setattr(here, "request", request))
    monkeypatch.setattr(Chalice, "current_request", own, raising=False)


def at_once(callers: int, act: Callable[[int], T]) -> list[T]:
    """The results of the calls, which all start together."""
    gate = threading.Barrier(callers)

    def one(number: int) -> T:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(callers)))
