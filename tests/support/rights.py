"""A function may do in a test what the policy of its deployed function allows, and nothing more.

A job and a trigger run with the rights of their function, a consumer with those of every function that tells it, a request (tests/support/api.py)
with those of the API. The policies are the files of `.chalice/`, which `make registers` writes and the template takes over: run it after a
change of a declaration. A refusal ends the test, whatever the code catches, and names function, action and resource.

Of mail, users, the secret and the datasets the action alone is compared: the stack has one of each.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from fnmatch import fnmatchcase
from functools import cache, wraps
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from chalicelib.platform import aws, events, settings
from chalicelib.platform.registry import functions
from chalicelib.table.client import Table

POLICIES = Path(__file__).parent.parent.parent / ".chalice"
BUCKET = "arn:${AWS::Partition}:s3:::${AWS::StackName}-files-${AWS::AccountId}-${AWS::Region}/"
SERVICES = {
    **{name: name for name in ("dynamodb", "s3", "sqs", "ses", "athena", "glue")},
    "cognito": "cognito-idp",
    "secret": "secretsmanager",
}
OPERATIONS = {
    "head_object": "get_object",
    "upload_file": "put_object",
    "upload_fileobj": "put_object",
    "send_message_batch": "send_message",
}
IN_TRANSACTION = {
    "Put": "put_item",
    "Update": "update_item",
    "Delete": "delete_item",
    "ConditionCheck": "condition_check_item",
}
OPEN = {"can_paginate", "close", "revoke_token", "get_tokens_from_refresh_token"}  # ask for no right

_running: ContextVar[tuple[str, ...]] = ContextVar("functions", default=())


class Asked(NamedTuple):
    """`resource` as policies name it, empty where there is one only; `partitions` of the items."""

    operation: str
    resource: str = ""
    partitions: tuple[str, ...] = ()


@contextmanager
def running(*names: str) -> Iterator[None]:
    """Code of these functions, by their names in app.py. Each of them needs the rights."""
    before = _running.set(names)
    try:
        yield
    finally:
        _running.reset(before)


def hold_functions_to_their_rights() -> None:
    """For functions that are declared from now on: call it before any room is imported."""
    declared, consumer, address = functions._declared, events.consumer, settings.queue_url

    def declaring(*about: Any) -> Callable[[Any], Any]:
        keep = declared(*about)
        return lambda job: keep(running(job.__name__)(job))

    def consuming(
        *names: events.EventType, lane: events.Lane = "facts"
    ) -> Callable[[events.Consumer], events.Consumer]:
        keep = consumer(*names, lane=lane)

        def declare(consume: events.Consumer) -> events.Consumer:
            @wraps(consume)
            def told(context: Any, event: events.Event) -> None:
                with running(*_tellers(lane, event.name)):
                    consume(context, event)

            return keep(told)

        return declare

    functions._declared = declaring
    events.consumer = consuming
    settings.queue_url = lambda queue: address(queue) or queue  # where a test has no stack, the name
    aws.__class__ = _Services
    Table.client = property(_client, lambda table, client: vars(table).update(client=client))  # type: ignore[assignment]


def _tellers(lane: events.Lane, event: str) -> tuple[str, ...]:
    from chalicelib.platform.delivery.subscriptions import subscriptions

    if lane == "facts" or event in subscriptions("facts"):
        return "deliver_events", "deliver_bulk", "redeliver_events"
    return "write_letters", "redeliver_events"


class _Services(ModuleType):
    """The clients of a running function, those that a test puts in their place too."""

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name not in SERVICES or not _running.get():
            return found
        if name == "secret":
            return lambda: _require(name, Asked("get_secret_value")) or found()
        return lambda: _Held(found(), name)


def _client(table: Table) -> Any:
    client = vars(table)["client"]
    return _Held(client, "dynamodb") if _running.get() and not isinstance(client, _Held) else client


class _Held:
    """A client with the rights of the running function."""

    def __init__(self, client: Any, service: str) -> None:
        self._client, self._service = client, service

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in OPEN or not callable(found) or isinstance(found, type):
            return found

        def call(*args: Any, **params: Any) -> Any:
            for asked in _asked(self._service, name, args, params):
                _require(self._service, asked)
            return found(*args, **params)

        return call


def _asked(service: str, operation: str, args: tuple[Any, ...], params: dict[str, Any]) -> Iterator[Asked]:
    match service, operation:
        case "dynamodb", "transact_write_items":
            for each in params["TransactItems"]:
                [(kind, item)] = each.items()
                yield Asked(IN_TRANSACTION[kind], "Table", (_partition(item.get("Key") or item["Item"]),))
        case "dynamodb", "batch_get_item":
            for request in params["RequestItems"].values():
                yield Asked(operation, "Table", tuple(map(_partition, request["Keys"])))
        case "dynamodb", "query":
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            yield Asked(operation, f"Table{index}", (params["ExpressionAttributeValues"][":pk"]["S"],))
        case "dynamodb", "describe_export":
            yield Asked(operation, "Table/export/1")
        case "dynamodb", "export_table_to_point_in_time":
            yield Asked(operation, "Table")
        case "dynamodb", _:
            yield Asked(operation, "Table", (_partition(params.get("Key") or params["Item"]),))
        case "s3", "generate_presigned_url":
            yield Asked(args[0], BUCKET + params["Params"]["Key"])
        case "s3", "generate_presigned_post":
            yield Asked("put_object", BUCKET + args[1])
        case "s3", "copy_object":
            yield Asked("get_object", BUCKET + params["CopySource"]["Key"])
            yield Asked("put_object", BUCKET + params["Key"])
        case "s3", _:
            yield Asked(OPERATIONS.get(operation, operation), BUCKET + (params.get("Key") or args[2]))
        case "sqs", _:
            yield Asked(OPERATIONS.get(operation, operation), _queue(params["QueueUrl"]))
        case _, "get_paginator":
            yield Asked(args[0])
        case _:
            yield Asked(operation)


def _partition(item: dict[str, Any]) -> str:
    key = item["pk"]
    return str(key["S"] if isinstance(key, dict) else key)


def _queue(address: str) -> str:
    """As the template names it."""
    return f"{_camel(address.rpartition('/')[2].replace('-', '_'))}Queue"


def _camel(name: str) -> str:
    return "".join(map(str.capitalize, name.split("_")))


def _require(service: str, asked: Asked) -> None:
    action = f"{SERVICES[service]}:{_camel(asked.operation)}"
    for function in _running.get():
        if not _allows(function, action, asked):
            pytest.fail(
                f"{function} has no right to {action} on {asked.resource or 'it'} {', '.join(asked.partitions)}"
            )


def _allows(function: str, action: str, asked: Asked) -> bool:
    return {
        each["Effect"] for each in _statements(function) if action in each["Action"] and _is_about(each, asked)
    } == {"Allow"}


@cache
def _statements(function: str) -> Any:
    policy = json.loads((POLICIES / f"policy-{function}.json").read_text(encoding="utf-8"))
    for each in policy["Statement"]:
        each["Resource"] = [_named(resource) for resource in each["Resource"]]
    return policy["Statement"]


def _named(resource: Any) -> str:
    """`Table`, `Table/index/*`, `LettersQueue`, or an address."""
    match resource:
        case {"Fn::GetAtt": [str(name), _]}:
            return name
        case {"Fn::Sub": str(text)}:
            return text.replace("${Table.Arn}", "Table")
    return str(resource)


def _is_about(statement: Any, asked: Asked) -> bool:
    if asked.resource and not any(fnmatchcase(asked.resource, each) for each in statement["Resource"]):
        return False
    for operator, condition in statement.get("Condition", {}).items():
        for pattern in condition.get("dynamodb:LeadingKeys", ()):
            fits = [fnmatchcase(each, pattern) for each in asked.partitions]
            if not (all(fits) if operator.startswith("ForAllValues") else any(fits)):
                return False
    return True
