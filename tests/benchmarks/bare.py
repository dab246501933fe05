"""The floor of a request: a handler with nothing between the event and the client, which makes the calls of a real one."""

import copy
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from statistics import median
from typing import Any

from chalicelib.table.client import Table

Handle = Callable[[dict[str, Any], Any], dict[str, Any]]
METHODS = {
    "GetItem": "get_item",
    "BatchGetItem": "batch_get_item",
    "Query": "query",
    "TransactWriteItems": "transact_write_items",
}
STEP = 11  # frames
_numbers = count(1)


@dataclass
class Bare:
    """Notes the calls of one request, and makes them again. What they create gets a partition of its own each time."""

    table: Table
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: Any = None

    @classmethod
    def of(cls, table: Table, handle: Handle, event: dict[str, Any]) -> "Bare":
        """The bare handler of this request, which is carried out."""
        bare = cls(table)
        with bare._noting():
            bare.answer = json.loads(handle(event, None)["body"])
        return bare

    @contextmanager
    def _noting(self) -> Iterator[None]:
        def note(params: dict[str, Any], model: Any, **_: Any) -> None:
            self.calls.append((model.name, copy.deepcopy(params)))

        events = self.table.client.meta.events
        events.register("provide-client-params.dynamodb", note)
        try:
            yield
        finally:
            events.unregister("provide-client-params.dynamodb", note)

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        for name, params in self.again():
            getattr(self.table.client, METHODS[name])(**params)
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(self.answer)}

    def again(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The calls once more; without the token, which would make a repeat of a transaction none."""
        suffix = f"-bare-{next(_numbers)}"
        for name, params in self.calls:
            given = {key: value for key, value in params.items() if key != "ClientRequestToken"}
            for operation in given.get("TransactItems", []):
                if put := operation.get("Put"):
                    put["Item"]["pk"] = {"S": put["Item"]["pk"]["S"].partition("-bare-")[0] + suffix}
                    if not put.get("ConditionExpression", "").startswith("attribute_not_exists"):
                        _unconditional(put)
                if update := operation.get("Update"):
                    update["Key"]["pk"] = {"S": update["Key"]["pk"]["S"].partition("-bare-")[0] + suffix}
                    _unconditional(update)
            yield name, given


def _unconditional(write: dict[str, Any]) -> None:
    """Without the condition, which a repeat would not meet, and without the names and values that only it used."""
    write.pop("ConditionExpression", None)
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        used = {name: each for name, each in write.pop(part, {}).items() if name in write.get("UpdateExpression", "")}
        if used:
            write[part] = used


def cpu_seconds(handle: Handle, events: list[dict[str, Any]], status: int | None = None) -> float:
    """Of one request, on average."""
    start = time.process_time()
    for event in events:
        answer = handle(event, None)
        assert status is None or answer["statusCode"] == status, answer["body"]
    return (time.process_time() - start) / len(events)


def cpu_ratio(
    ours: Handle, floor: Handle, events: Callable[[], list[dict[str, Any]]], *, rounds: int, status: int
) -> tuple[float, str]:
    """CPU of our handler as a multiple of the floor's, measured in turns; and the same as text, with both in milliseconds.

    Each round lies deeper in the stack. CPython keeps its frames in chunks of 16 KB: a loop whose calls cross the edge of one asks the
    system for memory and gives it back with every call. That can double what either handler takes, and it depends on who calls it.
    """
    both = []
    for turn in range(rounds):
        one = _deeper(turn * STEP, lambda: cpu_seconds(ours, events(), status))
        both.append((one, _deeper(turn * STEP, lambda: cpu_seconds(floor, events()))))
    ratio = median(one / other for one, other in both)
    one, other = (median(each) * 1000 for each in zip(*both, strict=True))
    return ratio, f"{ratio:.2f}x ({one:.1f} ms, bare {other:.1f} ms)"


def _deeper(frames: int, measure: Callable[[], float]) -> float:
    return measure() if frames == 0 else _deeper(frames - 1, measure)
