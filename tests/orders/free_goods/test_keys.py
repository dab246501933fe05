"""The calls and the capacity of the keys of goods on top, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib import orders
from chalicelib.orders.free_goods import keys as free_goods_keys
from chalicelib.orders.free_goods import service as free_goods
from chalicelib.orders.free_goods import store as free_goods_store
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.orders.free_goods.test_service import Shop
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.spent import measures, spent


@pytest.fixture
def shop(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Shop:
    from app import app

    numbers = count(1)
    context = Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")
    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Shop(Market(Api(app), context))


@measures(free_goods_keys.free_goods)
def test_the_goods_of_a_company_are_one_call_and_those_of_an_order_a_read_beside_it(shop: Shop) -> None:
    ids = [shop.market.placed({"LMP-1": 10}) for _ in range(4)]
    table = shop.context.table
    with spent(table.client) as cost:
        page = free_goods_store.page(table, "cmp_1", 25, None)
    assert {item["order_id"] for item in page.items} == set(ids)
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
    order = orders.load_order(shop.context, "cmp_1", ids[0])
    assert order is not None
    with spent(table.client) as cost:
        assert len(orders.free_goods_of(shop.context, order)) == 1
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 0.5)


@measures(free_goods_keys.free_goods)
def test_an_order_that_was_promised_nothing_costs_no_call_more(shop: Shop) -> None:
    order = orders.load_order(shop.context, "cmp_1", shop.market.placed({"LMP-1": 9}))
    with spent(shop.context.table.client) as cost:
        assert order is not None
        assert orders.free_goods_of(shop.context, order) == []
        free_goods.assess(shop.context, order)
    assert cost.calls == []


@measures(free_goods_keys.free_goods)
def test_an_order_with_goods_on_top_is_placed_with_no_read_more(shop: Shop) -> None:
    made = []
    for units in (9, 10):
        with spent(shop.context.table.client) as cost:
            shop.market.placed({"LMP-1": units})
        made.append(cost.calls)
    assert made[0] == made[1]


@measures(free_goods_keys.free_goods)
def test_a_look_is_two_reads_and_where_something_changed_a_transaction(shop: Shop) -> None:
    order_id = shop.shipped()
    order = orders.load_order(shop.context, "cmp_1", order_id)
    with spent(shop.context.table.client) as cost:
        free_goods.assess(shop.context, order)
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    with spent(shop.context.table.client) as cost:
        free_goods.assess(shop.context, order)
    assert cost.calls == ["BatchGetItem", "BatchGetItem"]


@measures(free_goods_keys.free_goods)
def test_what_is_due_of_a_company_is_one_query_and_its_orders_once_each(shop: Shop) -> None:
    order_id = shop.shipped()
    shop.market.placed({"LMP-1": 10})
    shop.deliver()
    later = replace(shop.context, now=shop.context.now + timedelta(days=11))
    with spent(later.table.client) as cost:
        orders.assess_free_goods(later, "cmp_1")
    assert cost.calls == ["Query", "GetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert shop.told() == ["unpaid"]
    assert shop.state(order_id) == ("promised", None)
