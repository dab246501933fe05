"""Workers and scheduled jobs may do in a test what their deployed functions may do to the table, and nothing more; nor read the secret."""

from collections.abc import Callable, Iterator
from copy import copy
from functools import wraps
from typing import Any
from unittest import mock

from chalicelib.platform import aws
from chalicelib.platform.registry import functions
from chalicelib.platform.registry.functions import SECRET, Queue, Right, Schedule

_ACTIONS = {
    "get_item": "get",
    "batch_get_item": "batch_get",
    "query": "query",
    "put_item": "put",
    "update_item": "update",
    "delete_item": "delete",
}
_IN_TRANSACTION = {"Put": "put", "Update": "update", "Delete": "delete", "ConditionCheck": "check"}

Asked = tuple[str, str, bool]  # action, partition (empty for several), whether of an index


def hold_jobs_to_their_rights() -> None:
    """For jobs that are declared from now on: call it before any room is imported."""
    declared = functions._declared

    def declaring(starts: Any, memory: int, timeout: int, may: tuple[Right, ...], *more: int) -> Callable[[Any], Any]:
        keep = declared(starts, memory, timeout, may, *more)
        return lambda job: keep(_held(job, may) if isinstance(starts, Queue | Schedule) else job)

    functions._declared = declaring


def _held(job: Callable[..., Any], may: tuple[Right, ...]) -> Callable[..., Any]:
    @wraps(job)
    def held(context: Any, event: Any) -> Any:
        work, table = copy(context), copy(context.table)
        table.client = _Held(table.client, job.__name__, may)
        object.__setattr__(work, "table", table)
        if SECRET in may:
            return job(work, event)
        with mock.patch.object(aws, "secret", side_effect=AssertionError(f"{job.__name__} has no right to the secret")):
            return job(work, event)

    return held


class _Held:
    """The client of DynamoDB with these rights."""

    def __init__(self, client: Any, job: str, may: tuple[Right, ...]) -> None:
        self._client, self._job, self._may = client, job, may

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name not in _ACTIONS and name != "transact_write_items":
            return found

        def call(**params: Any) -> Any:
            for asked in _asked(name, params):
                assert any(_allows(right, *asked) for right in self._may), f"{self._job} has no right to {asked}"
            return found(**params)

        return call


def _asked(operation: str, params: dict[str, Any]) -> Iterator[Asked]:
    if operation == "transact_write_items":
        for each in params["TransactItems"]:
            [(kind, item)] = each.items()
            yield _IN_TRANSACTION[kind], _partition(item.get("Key") or item["Item"]), False
    else:
        item = params.get("Key") or params.get("Item")
        yield _ACTIONS[operation], _partition(item) if item else "", "IndexName" in params


def _partition(item: dict[str, Any]) -> str:
    key = item["pk"]
    return str(key["S"] if isinstance(key, dict) else key)


def _allows(right: Right, action: str, partition: str, of_index: bool) -> bool:
    if action not in right.actions:
        return False
    return right.on == "table" or (right.on == "items" and not of_index and partition.startswith(right.prefix))
