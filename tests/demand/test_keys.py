"""The calls and the capacity of the keys of wishes for goods that are not to be had, counted as AWS counts."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.demand import answers, jobs, service
from chalicelib.demand import consumers as demand_consumers
from chalicelib.demand import keys as demand_keys
from chalicelib.demand import store as demand_store
from chalicelib.demand.schemas import DemandForm
from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.demand.steps import Wishes
from tests.support.partners import partner
from tests.support.spent import measures, spent


@pytest.fixture
def wishes(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Wishes:
    numbers = count(1)
    wishes = Wishes(monkeypatch, members=0)
    wishes.context = Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")
    stock(wishes.context, row("LMP-1"), row("LMP-2"))
    partner(wishes.context, "cmp_1", "mbr_1")
    return wishes


def in_words(wishes: Wishes, many: int) -> None:
    """So many wishes of one member, a second apart."""
    for number in range(many):
        wishes.context = replace(wishes.context, now=wishes.context.now + timedelta(seconds=1))
        form = DemandForm(text=f"A lamp of {number} W")
        service.record_demand(wishes.context, "cmp_1", "mbr_1", form)


@measures(demand_keys.demand)
@measures(keys.throttle)
def test_a_wish_is_two_reads_and_one_transaction_and_the_same_again_no_transaction(wishes: Wishes) -> None:
    with spent(wishes.context.table.client) as cost:
        demand = wishes.wish(1, quantity=5)
    assert cost.calls == ["BatchGetItem", "GetItem", "TransactWriteItems"]
    assert cost.read_units <= 1.5
    # At two units: the wish in the table and in two lists, the count, today's wishes, the membership, the event.
    assert cost.write_units <= 14
    with spent(wishes.context.table.client) as cost:
        assert wishes.wish(1, quantity=5) == demand
    assert cost.calls == ["BatchGetItem", "GetItem"]


@measures(demand_keys.demand_list)
def test_a_members_own_wishes_are_one_call_for_a_page_newest_first(wishes: Wishes) -> None:
    in_words(wishes, 30)
    with spent(wishes.context.table.client) as cost:
        own, _ = demand_store.own_demands(wishes.context.table, "cmp_1", "mbr_1", 25, None)
    assert [each["text"] for each in own] == [f"A lamp of {number} W" for number in range(29, 4, -1)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 2


@measures(demand_keys.wanted)
def test_who_waits_is_read_page_by_page_even_while_the_pages_are_answered(
    wishes: Wishes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "PAGE", 4)
    for who in range(2, 12):
        partner(wishes.context, f"cmp_{who}", f"mbr_{who}")
        wishes.wish(who, quantity=1)
    wishes.there_are(7)
    body, calls, messages = json.dumps({"sku": "LMP-1"}), list[str](), 0
    wishes.queue.bodies.append(body)
    while wishes.queue.bodies:
        messages += 1
        with spent(wishes.context.table.client) as cost:
            jobs.answer_demands(wishes.context, {"messageId": "1", "body": wishes.queue.bodies.pop(0)})
        calls += cost.calls
    assert messages == 3
    # Each: the stock, who waits, the answers; and in the end whether anybody is left.
    assert calls == ["BatchGetItem", "Query", "TransactWriteItems"] * 3 + ["BatchGetItem"]
    assert (set(wishes.told().values()), len(wishes.told())) == ({1}, 10)


@measures(demand_keys.wanted)
def test_wishes_in_words_are_one_call_for_a_page_oldest_first(wishes: Wishes) -> None:
    in_words(wishes, 30)
    with spent(wishes.context.table.client) as cost:
        waiting, _ = demand_store.waiting(wishes.context.table, "", 25, None)
    assert [each["text"] for each in waiting] == [f"A lamp of {number} W" for number in range(25)]
    assert cost.calls == ["Query"]


@measures(demand_keys.demand_count)
def test_whether_anybody_waits_for_what_arrived_is_one_read(wishes: Wishes) -> None:
    stock(wishes.context, *(row(f"S-{number}") for number in range(20)))
    wishes.wish(1)
    wishes.context = replace(wishes.context, now=NOON + timedelta(seconds=1))
    wishes.there_are(5)
    (event,) = wishes.events("stock.arrived")
    with spent(wishes.context.table.client) as cost:
        arrived = [f"S-{number}" for number in range(20)]
        demand_consumers.on_stock_arrived(
            wishes.context, replace(event, item={**event.item, "skus": ["LMP-1", *arrived]})
        )
    assert cost.calls == ["BatchGetItem"]
    assert wishes.asked() == ["LMP-1"]


@measures(demand_keys.demand_rank)
def test_what_is_wanted_most_is_one_call_and_follows_each_wish_with_a_read_and_a_write(wishes: Wishes) -> None:
    for who in range(2, 5):
        partner(wishes.context, f"cmp_{who}", f"mbr_{who}")
    wishes.wish(1, "LMP-2", 900), wishes.wish(2, "LMP-1"), wishes.wish(3, "LMP-1", 2)
    with spent(wishes.context.table.client) as cost:
        demand_store.follow_rank(wishes.context, "LMP-1")
    assert cost.calls == ["GetItem", "UpdateItem"]
    demand_store.follow_rank(wishes.context, "LMP-2")
    with spent(wishes.context.table.client) as cost:
        assert wishes.ranked() == ["LMP-1", "LMP-2"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
