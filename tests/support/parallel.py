"""Many requests at the same moment, in one process.

pytestmark = pytest.mark.usefixtures("a_request_per_thread")
answers = at_once(32, lambda number: api.call(…))
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import pytest
from chalice.app import Chalice

from chalicelib.table.transactions import Busy
from tests.support.api import Answer

T = TypeVar("T")

_AGAIN = {"busy", "in_flight"}


@pytest.fixture
def a_request_per_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chalice keeps the one request of its process on the app; here a process has many."""
    here = threading.local()
    own = property(lambda app: here.request, lambda app, request: setattr(here, "request", request))
    monkeypatch.setattr(Chalice, "current_request", own, raising=False)


def at_once(callers: int, act: Callable[[int], T]) -> list[T]:
    """The results of the calls, which all start together.

    Whoever is told that others were faster asks again, as a client does: on a busy machine the few tries of a request may not suffice.
    """
    gate = threading.Barrier(callers)

    def one(number: int) -> T:
        gate.wait()
        while True:
            with suppress(Busy):
                result = act(number)
                if not (isinstance(result, Answer) and result.status >= 400 and result.json["code"] in _AGAIN):
                    return result
            time.sleep(0.05)

    with ThreadPoolExecutor(callers) as pool:
        return list(pool.map(one, range(callers)))
