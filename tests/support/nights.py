"""The cost of a scheduled job: sending the due companies to the queue, and the work of its workers."""

from dataclasses import dataclass, field
from typing import Any

from tests.support.spent import Spent


@dataclass
class Queue:
    """Stands for SQS: takes everything and counts the calls."""

    bodies: list[str] = field(default_factory=list)
    calls: int = 0

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        self.bodies += [entry["MessageBody"] for entry in request["Entries"]]
        return {"Successful": request["Entries"], "Failed": []}


@dataclass
class Night:
    """`naming`: the cost of sending; `doing`: the cost of the workers."""

    naming: Spent
    doing: Spent
    queue: Queue

    @property
    def calls(self) -> int:
        return len(self.naming.calls) + self.queue.calls + len(self.doing.calls)

    @property
    def read_units(self) -> float:
        return self.naming.read_units + self.doing.read_units

    @property
    def write_units(self) -> float:
        return self.naming.write_units + self.doing.write_units
