"""Interrupt a piece of work at each AWS call it makes, one call a time, and see what a restart makes of it.

    for crash in crashes():
        fresh()                             # the same beginning each time; these calls do not count
        with crash:                         # from here calls count; a crash ends the block like a dead process
            deliver(batch)
        deliver(batch)                      # what the platform does next: the same again, undisturbed
        assert found() == undisturbed, crash

The first round crashes before the first call, the next one right after it (it took effect, its reply is lost), then before the
second call, and so on; the rounds end after the first one that ran through. `str(crash)` says where it was: give it to the
assertion. A round runs the whole block, so keep what is in there small: n calls make 2n + 1 rounds.

    crashes()        the process dies: raises `Died`, which no `except Exception` can catch
    lost_replies()   each call takes effect once, and then looks like a broken connection: code may catch that, and go on
    races(other)     `other()` runs to its end before each call in turn, as a second worker would; it is not counted itself

Calls are those of all boto3 clients of this process, above the SDK's own retries. A fake that stands for a client takes part
when it is wrapped: `watched(fake, "sesv2")`. What a test looks up inside the block goes into `with uncounted():`.
`empty_account()` takes away what a round left in tables, queues and buckets.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from types import TracebackType
from typing import Any, Literal

import boto3
from botocore.client import BaseClient
from botocore.exceptions import ConnectionClosedError

from tests.support.rights import running

Side = Literal["before", "after"]

# Making a client takes longer than all that a round does.
_client: Callable[[str], Any] = cache(boto3.client)


class Died(BaseException):
    """The process is gone."""


class Interruption:
    """A context in which the n-th AWS call does not go as it should. `happened` says whether there was an n-th call."""

    _open: "Interruption | None" = None

    def __init__(self, number: int, side: Side, act: Callable[[], None]) -> None:
        self.number = number
        self.side = side
        self.happened = False
        self._act = act
        self._raised: BaseException | None = None
        self._calls: list[str] = []

    def __repr__(self) -> str:
        where = self._calls[self.number - 1] if self.happened else "never"
        return f"{self.side} call {self.number} ({where}), after {self._calls[: self.number - 1]}"

    def __enter__(self) -> "Interruption":
        if Interruption._open is not None:
            raise RuntimeError("one interruption at a time")
        Interruption._open = self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trace: TracebackType | None
    ) -> bool:
        Interruption._open = None
        # Only its own: a failure that the code under test made of it is for the test to see.
        return raised is not None and raised is self._raised

    def around(self, call: str, effect: Callable[[], Any]) -> Any:
        self._calls.append(call)
        due = len(self._calls) == self.number
        if due and self.side == "before":
            self._interrupt()
        answer = effect()
        if due and self.side == "after":
            self._interrupt()
        return answer

    def _interrupt(self) -> None:
        self.happened = True
        try:
            with uncounted():
                self._act()
        except BaseException as raised:
            self._raised = raised
            raise


def crashes() -> Iterator[Interruption]:
    def die() -> None:
        raise Died

    return _rounds(die, ("before", "after"))


def lost_replies() -> Iterator[Interruption]:
    def lose() -> None:
        raise ConnectionClosedError(endpoint_url="https://aws.example")

    return _rounds(lose, ("after",))


def races(other: Callable[[], None]) -> Iterator[Interruption]:
    return _rounds(other, ("before",))


@contextmanager
def uncounted() -> Iterator[None]:
    """Calls in here are the test's own."""
    Interruption._open, interruption = None, Interruption._open
    try:
        with running():
            yield
    finally:
        Interruption._open = interruption


def watched(fake: Any, service: str) -> Any:
    """The fake, its methods counted as AWS calls of this service."""
    return _Watched(fake, service)


def empty_account() -> None:
    """Deletes every item, message and object, and leaves tables, queues, buckets, and whom members act for. For an account in memory only.

    Tables and queues are emptied behind the SDK: a sweep does it before each of its rounds.
    """
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.dynamodb.models import dynamodb_backends
    from moto.sqs.models import sqs_backends

    for table in dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables.values():
        for items in table.items.values():
            for key in [each for each in items if each.value != "MEMBERSHIP"]:
                del items[key]
    account = sqs_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    names = list(account.queues)
    account.queues.clear()
    for name in names:
        account.create_queue(name)
    s3 = _client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            s3.delete_object(Bucket=bucket["Name"], Key=found["Key"])


def _rounds(act: Callable[[], None], sides: tuple[Side, ...]) -> Iterator[Interruption]:
    number = 1
    while True:
        for side in sides:
            interruption = Interruption(number, side, act)
            yield interruption
            if not interruption.happened:
                return
        number += 1


class _Watched:
    def __init__(self, fake: Any, service: str) -> None:
        self._fake = fake
        self._service = service

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._fake, name)
        if not callable(method):
            return method
        return lambda *args, **kwargs: _call(f"{self._service}.{name}", lambda: method(*args, **kwargs))


def _call(name: str, effect: Callable[[], Any]) -> Any:
    interruption = Interruption._open
    return interruption.around(name, effect) if interruption else effect()


_api_call = BaseClient._make_api_call  # type: ignore[attr-defined]


def _counted(self: Any, operation_name: str, api_params: Any) -> Any:
    name = f"{self.meta.service_model.service_name}.{operation_name}"
    return _call(name, lambda: _api_call(self, operation_name, api_params))


BaseClient._make_api_call = _counted  # type: ignore[attr-defined]
