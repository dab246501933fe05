"""A message of a long run is held while the run lives, and comes again soon when it failed or died."""

from collections.abc import Iterator
from queue import Queue as Line
from typing import Any

import pytest

from chalicelib.platform import aws
from chalicelib.platform.delivery import long_runs
from chalicelib.platform.delivery.long_runs import HOLD, PAUSES, held
from chalicelib.platform.registry.functions import DECLARED, Function, Queue

WAIT = 60  # seconds for a beat on a busy machine
LONG = Function(
    "refresh", "rooms.jobs:refresh", Queue("datasets", 1, 4, "ExportRetrySeconds", (), 5, ""), 1024, 900, ()
)
SHORT = Function("fold", "rooms.jobs:fold", Queue("rollups", 1, 4, "RetrySeconds", (), 5, ""), 1024, 60, ())
MESSAGE: dict[str, Any] = {
    "messageId": "1",
    "receiptHandle": "handle",
    "attributes": {"ApproximateReceiveCount": "2"},
}


@pytest.fixture
def hidden(monkeypatch: pytest.MonkeyPatch) -> Iterator["Line[int]"]:
    """The seconds of each request to hide the message. The first request of all fails."""
    found: Line[int] = Line()
    asked: list[dict[str, Any]] = []

    class Sqs:
        def change_message_visibility(self, **request: Any) -> None:
            asked.append(request)
            if len(asked) == 1:
                raise ConnectionError("lost")
            found.put(request["VisibilityTimeout"])

    monkeypatch.setattr(aws, "sqs", Sqs)
    monkeypatch.setattr(long_runs, "BEAT", 0.01)
    yield found
    assert {each["ReceiptHandle"] for each in asked} <= {"handle"}


def test_a_long_run_holds_its_message_though_a_beat_was_lost(hidden: "Line[int]") -> None:
    with held(LONG, MESSAGE):
        assert [hidden.get(timeout=WAIT) for _ in range(3)] == [HOLD] * 3


def test_a_failed_run_leaves_its_message_for_a_pause_and_no_beat_comes_after_it(hidden: "Line[int]") -> None:
    def fail() -> None:
        with held(LONG, MESSAGE):
            hidden.get(timeout=WAIT)
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        fail()
    assert list(hidden.queue)[-1] == PAUSES[1]


def test_a_short_run_leaves_its_message_to_the_queue(hidden: "Line[int]") -> None:
    with pytest.raises(ValueError, match="failed"), held(SHORT, MESSAGE):
        raise ValueError("failed")
    assert hidden.empty()


def test_a_worker_of_long_runs_knows_the_address_of_its_queue() -> None:
    import app  # noqa: F401  fills the declarations

    long = [each for each in DECLARED.values() if isinstance(each.starts, Queue) and each.timeout > HOLD]
    assert {each.name for each in long} >= {"export_tables", "refresh_datasets"}
    assert [each.name for each in long if not each.starts.loop] == []  # type: ignore[union-attr]
