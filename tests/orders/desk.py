"""Orders on a table in memory, and the clock that looks at them."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import count

from chalicelib.companies import keys as companies_keys
from chalicelib.orders.order import rules as order_rules
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Actor, HistoryEntry, Line, Order, OrderState, OrderStep
from chalicelib.orders.placement import steps
from chalicelib.orders.response_times import consumers as response_times_consumers
from chalicelib.orders.response_times import events as response_times_events
from chalicelib.orders.response_times import keys as response_times_keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.ids import derived_id
from chalicelib.pricing.rules import Ruling
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item, Transaction
from tests.conftest import NOON
from tests.support.crashes import watched
from tests.support.memory import MemoryDynamo

OPERATOR, BUYER = Actor("distributor", "mbr_d"), Actor("company", "mbr_1")


class Desk:
    """Orders on a table in memory, the events that they leave, and the clock."""

    def __init__(self) -> None:
        numbers = count(1)
        table = Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None)
        self.context = Context(table=table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")

    def at(self, moment: datetime) -> Context:
        self.context = replace(self.context, now=moment)
        return self.context

    def place(self, order_id: str = "ord_1", company_id: str = "cmp_1") -> Order:
        price = Decimal(10)
        ruling = Ruling("base_price", "listed", price)
        line = Line("LMP-1", "Lamp", "Лампа", "pcs", 5, price, price, Decimal(20), ruling, ())
        placed = Order(
            order_id=order_id,
            number=f"261120-{order_id}",
            company_id=company_id,
            company_name="Luch",
            company_inn="7707083893",
            distributor_id="dst_1",
            distributor_name="Svet Opt",
            placed_at=self.context.at,
            currency="RUB",
            comment="",
            state=OrderState.PLACED,
            lines=(line,),
            history=(HistoryEntry(self.context.at, OrderStep.PLACED, OrderState.PLACED, BUYER),),
        )
        tx = Transaction()
        order_store.create_order(tx, placed)
        steps.record(tx, self.context, placed, "order.placed")
        self.context.table.commit(tx)
        return placed

    def step(self, order: Order, name: str) -> Order:
        tx = Transaction()
        order_store.replace_order(tx, order)
        steps.record(tx, self.context, order, name)
        self.context.table.commit(tx)
        return order

    def accept(self, order: Order) -> Order:
        return self.step(order_rules.accept(order, [], by=OPERATOR, at=self.context.at), "order.accepted")

    def events(self, *names: str, company_id: str = "cmp_1") -> list[Event]:
        found = self.context.table.query_all(companies_keys.company(company_id).pk, starts="EVENT#")
        return [
            Event(item["event"], derived_id("evt", item["pk"], item["sk"]), item)
            for item in found
            if not names or item["event"] in names
        ]

    def deliver(self) -> None:
        """Everything that happened so far, again."""
        for event in self.events():
            response_times_consumers.on_order_changed(self.context, event)

    def told(self) -> list[tuple[str, str]]:
        """The events and their moments."""
        return [
            (event.name, event.item["at"])
            for event in self.events(response_times_events.UNANSWERED, response_times_events.ESCALATED)
        ]

    def waiting(self, order_id: str = "ord_1") -> Item | None:
        return self.context.table.get(response_times_keys.waiting("cmp_1", order_id))
