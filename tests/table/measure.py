"""What a question costs: its calls, and the capacity they consumed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from chalicelib.table import Table

_READS = frozenset({"GetItem", "BatchGetItem", "Query", "TransactGetItems"})


@dataclass
class Cost:
    """Counted while `measured` is open. Units as DynamoDB bills them: 4 KB read, 1 KB written, indexes included."""

    calls: list[str] = field(default_factory=list)
    read_units: float = 0
    write_units: float = 0

    def add(self, operation: str, answer: dict[str, Any]) -> None:
        self.calls.append(operation)
        consumed = answer.get("ConsumedCapacity", [])
        units = sum(each["CapacityUnits"] for each in (consumed if isinstance(consumed, list) else [consumed]))
        if operation in _READS:
            self.read_units += units
        else:
            self.write_units += units


@contextmanager
def measured(table: Table) -> Iterator[Cost]:
    """Counts what is asked of the table inside the block."""
    cost = Cost()

    def ask_for_the_bill(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "INDEXES"

    def read_the_bill(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        cost.add(model.name, parsed)

    events = table.client.meta.events
    events.register("provide-client-params.dynamodb", ask_for_the_bill)
    events.register("after-call.dynamodb", read_the_bill)
    try:
        yield cost
    finally:
        events.unregister("provide-client-params.dynamodb", ask_for_the_bill)
        events.unregister("after-call.dynamodb", read_the_bill)
