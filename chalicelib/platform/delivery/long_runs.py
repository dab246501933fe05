"""Messages of long runs.

    the run lives  ──▶ its message stays hidden for HOLD seconds more, every BEAT seconds
    the run fails  ──▶ the message comes again after a pause, a longer one each time
    the run dies   ──▶ nobody holds the message any more: it comes again within HOLD seconds

A queue hides a message for six times the longest run of its worker, so that a message waits for a busy worker without being a failure. For
a run of fifteen minutes that is an hour and a half, in which a job of many steps would stand still.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from chalicelib.platform import aws
from chalicelib.platform.log import log
from chalicelib.platform.registry.functions import Function, Queue
from chalicelib.platform.settings import queue_url

BEAT, HOLD = 30, 120  # seconds
PAUSES = (30, 120, 600, 1800, 3600)  # seconds after each failure but the last one


@contextmanager
def held(function: Function, message: dict[str, Any]) -> Iterator[None]:
    """Holds the message of the function's queue during a run that may be longer than HOLD."""
    if not isinstance(function.starts, Queue) or function.timeout <= HOLD:
        yield
        return
    queue, over = function.starts.name, Event()
    beats = Thread(target=_beat, args=(queue, message, over), daemon=True)
    beats.start()
    try:
        yield
    except Exception:
        _end(over, beats)
        come_again_later(queue, message)
        raise
    _end(over, beats)


def _beat(queue: str, message: dict[str, Any], over: Event) -> None:
    while not over.wait(BEAT):
        try:
            _hide(queue, message, HOLD)
        except Exception:  # the next beat comes before the message does
            log.exception("message not held", extra={"message_id": message["messageId"]})


def _end(over: Event, beats: Thread) -> None:
    """No beat comes after it."""
    over.set()
    beats.join()


def come_again_later(queue: str, message: dict[str, Any]) -> None:
    """Hides a message that failed, the longer the more often it did."""
    failures = int(message["attributes"]["ApproximateReceiveCount"])
    _hide(queue, message, PAUSES[min(failures, len(PAUSES)) - 1])


def _hide(queue: str, message: dict[str, Any], seconds: int) -> None:
    aws.sqs().change_message_visibility(
        QueueUrl=queue_url(queue), ReceiptHandle=message["receiptHandle"], VisibilityTimeout=seconds
    )
