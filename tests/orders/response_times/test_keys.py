"""The calls and the capacity of the keys of orders that wait for the distributor, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.orders.response_times import consumers as response_times_consumers
from chalicelib.orders.response_times import jobs
from chalicelib.orders.response_times import keys as response_times_keys
from chalicelib.orders.response_times import store as response_times_store
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from tests.conftest import NOON
from tests.orders.desk import Desk
from tests.support.spent import measures, spent


@pytest.fixture
def desk(local_table: Table) -> Desk:
    numbers = count(1)
    desk = Desk()
    desk.context = Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")
    return desk


ALL_TICKS = ["Query"] * len(shards())

LATER = NOON + timedelta(days=3)  # when what was placed at noon on Friday is due


@measures(response_times_keys.waiting)
def test_an_order_that_begins_to_wait_is_two_reads_and_one_transaction_and_a_repeat_is_two_reads(desk: Desk) -> None:
    desk.place()
    (event,) = desk.events()
    with spent(desk.context.table.client) as cost:
        response_times_consumers.on_order_changed(desk.context, event)
    assert cost.calls == ["GetItem", "GetItem", "TransactWriteItems"]
    assert cost.read_units <= 1.5
    assert cost.write_units <= 6  # the note in the table and in the list of what is due, the check of the order
    with spent(desk.context.table.client) as cost:
        response_times_consumers.on_order_changed(desk.context, Event(event.name, event.id, event.item))
    assert cost.calls == ["GetItem", "GetItem"]


@measures(response_times_keys.waiting_due)
def test_a_tick_costs_what_is_due_however_much_waits(desk: Desk) -> None:
    for number in range(30):
        desk.place(f"ord_{number:02}", company_id=f"cmp_{number:02}")
        (event,) = desk.events(company_id=f"cmp_{number:02}")
        response_times_consumers.on_order_changed(desk.context, event)
    with spent(desk.context.table.client) as cost:
        assert jobs.remind_distributors(desk.context, {}) == {"due": 0, "failed": 0}
    assert cost.calls == ALL_TICKS
    assert cost.read_units <= len(shards()) / 2
    with spent(desk.context.table.client) as cost:
        assert jobs.remind_distributors(replace(desk.context, now=LATER), {})["due"] == 30
    assert sorted(cost.calls) == sorted([*ALL_TICKS, *["BatchGetItem", "TransactWriteItems"] * 30])


@measures(response_times_keys.unanswered)
def test_what_is_unanswered_is_one_call_for_a_page_oldest_first(desk: Desk) -> None:
    for number in range(30):
        desk.at(NOON + timedelta(seconds=number))
        desk.place(f"ord_{30 - number:02}")
    desk.deliver()
    jobs.remind_distributors(replace(desk.context, now=LATER + timedelta(minutes=1)), {})
    with spent(desk.context.table.client) as cost:
        page = response_times_store.page(desk.context.table, 25, None)
    assert [item["order_id"] for item in page.items] == [f"ord_{30 - number:02}" for number in range(25)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2
