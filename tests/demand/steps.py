"""Partners who wish for what is not there, on a table in memory; the stream, and the queue of the answers."""

import json
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.catalog import recording
from chalicelib.demand import consumers as demand_consumers
from chalicelib.demand import events as demand_events
from chalicelib.demand import jobs, service
from chalicelib.demand import store as demand_store
from chalicelib.demand.rules import Demand, DemandCount, DemandState
from chalicelib.demand.schemas import DemandForm
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from chalicelib.platform.events import Consumer, Event
from chalicelib.platform.ids import derived_id
from chalicelib.table.client import Table
from chalicelib.table.records import from_item
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.crashes import uncounted, watched
from tests.support.memory import MemoryDynamo
from tests.support.nights import Queue
from tests.support.partners import partner
from tests.support.table import everything

CONSUMERS: dict[str, Consumer] = {
    "stock.arrived": demand_consumers.on_stock_arrived,
    **dict.fromkeys(
        (demand_events.OPENED, demand_events.CHANGED, demand_events.CANCELLED, demand_events.ANSWERED),
        demand_consumers.on_demand_moved,
    ),
}


class Wishes:
    """Members `1`, `2`, … of companies of their own wish for LMP-1 and LMP-2, of which there are none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, members: int = 3) -> None:
        numbers = count(1)
        table = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
        self.context = Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):06d}")
        self.queue = Queue()
        monkeypatch.setattr(aws, "sqs", lambda: watched(self.queue, "sqs"))
        stock(self.context, row("LMP-1"), row("LMP-2"))
        for number in range(1, members + 1):
            partner(self.context, f"cmp_{number}", f"mbr_{number}")

    def later(self, **by: float) -> None:
        self.context = replace(self.context, now=self.context.now + timedelta(**by))

    def wish(self, who: int, sku: str = "LMP-1", quantity: int | None = None, **more: Any) -> Demand:
        form = DemandForm.model_validate({"sku": sku, "quantity": quantity, **more})
        return service.record_demand(self.context, f"cmp_{who}", f"mbr_{who}", form)

    def cancel(self, who: int, demand: Demand) -> Demand:
        return service.cancel(self.context, f"cmp_{who}", f"mbr_{who}", demand.demand_id)

    def there_are(self, quantity: int, sku: str = "LMP-1") -> None:
        """So many, by a new figure."""
        self.later(seconds=1)
        figure = {"sku": sku, "warehouse": "MSK", "quantity": quantity, "at": self.context.at}
        (taken,) = recording.write_stock(self.context, [figure]).items
        assert taken.result == "recorded"

    def events(self, *names: str) -> list[Event]:
        found = [item for item in everything(self.context).values() if "event" in item]
        return [
            Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item)
            for item in sorted(found, key=lambda item: (item["at"], item["sk"]))
            if item["event"] in (names or CONSUMERS)
        ]

    def deliver(self) -> None:
        """Everything that happened so far, again."""
        with uncounted():
            events = self.events()
        for event in events:
            CONSUMERS[event.name](self.context, event)

    def work_off(self) -> None:
        """A message that fails stays."""
        while self.queue.bodies:
            jobs.answer_demands(self.context, {"messageId": "1", "body": self.queue.bodies[0]})
            del self.queue.bodies[0]

    def settle(self) -> None:
        for _ in range(2):  # what answers have moved is told, too
            self.deliver()
            self.work_off()

    def all(self) -> list[Demand]:
        items = everything(self.context).values()
        return [from_item(Demand, item) for item in items if item["sk"] == "DEMAND"]

    def open(self, sku: str = "LMP-1") -> set[str]:
        return {each.member_id for each in self.all() if each.sku == sku and each.state is DemandState.OPEN}

    def told(self) -> Counter[str]:
        """The number of answers that each demand was told of."""
        return Counter(event.item["member_id"] for event in self.events(demand_events.ANSWERED))

    def counted(self, sku: str = "LMP-1") -> DemandCount:
        return demand_store.read_counts(self.context.table, [sku]).get(sku, DemandCount(sku))

    def recounted(self, sku: str = "LMP-1") -> DemandCount:
        """The same, from the demands themselves."""
        own = [each for each in self.all() if each.sku == sku and each.state is DemandState.OPEN]
        return DemandCount(sku, len(own), sum(each.quantity for each in own))

    def ranked(self) -> list[str]:
        page = demand_store.most_wanted(self.context.table, 100, None)
        return [item["sku"] for item in page.items]

    def asked(self) -> list[str]:
        """Articles for which the queue has messages."""
        return [json.loads(body)["sku"] for body in self.queue.bodies]
