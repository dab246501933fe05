"""The cost of some code in DynamoDB: its calls and their capacity.

    with spent(table.client) as cost:
        ...
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1

Capacity is counted as AWS does by the local cloud only (`local_table`); moto's figures say little. For the calls alone, of any
service's clients: `calls_counted`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

measures = (
    pytest.mark.key_row.with_args
)  # the keys whose calls and capacity a test measures; each key needs such a test

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass
class Spent:
    calls: list[str] = field(default_factory=list)
    read_units: float = 0
    write_units: float = 0


@contextmanager
def spent(client: Any) -> Iterator[Spent]:
    """Counts what this DynamoDB client does meanwhile."""
    cost = Spent()

    def ask(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        cost.calls.append(model.name)
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in READS:
            cost.read_units += units
        else:
            cost.write_units += units

    events = client.meta.events
    events.register("before-parameter-build.dynamodb", ask)
    events.register("after-call.dynamodb", note)
    try:
        yield cost
    finally:
        events.unregister("before-parameter-build.dynamodb", ask)
        events.unregister("after-call.dynamodb", note)


@contextmanager
def calls_counted(*clients: Any) -> Iterator[list[str]]:
    """The AWS operations that these clients carry out meanwhile."""
    made: list[str] = []

    def note(model: Any, **_: Any) -> None:
        made.append(model.name)

    for client in clients:
        client.meta.events.register("before-call", note, unique_id="calls-counted")
    try:
        yield made
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", unique_id="calls-counted")
