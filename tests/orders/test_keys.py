"""The calls and the capacity of the keys of orders, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.orders import keys as orders_keys
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import OrderState
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.partners import distributor, reach
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@pytest.fixture
def market(context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Market(Api(app), context)


def twenty_lines(market: Market) -> dict[str, int]:
    stock(market.context, *(row(f"S-{number:02}") for number in range(20)))
    reach(market.context, market.company_id, "150000")
    return {f"S-{number:02}": 5 for number in range(20)}


REGION = "RU-MOW"


@measures(orders_keys.order)
def test_an_order_of_twenty_lines_is_read_strongly_in_one_call(market: Market) -> None:
    order_id = market.placed(twenty_lines(market))
    with spent(market.context.table.client) as cost:
        order = order_store.read_order(market.context.table, market.company_id, order_id)
    assert order
    assert len(order.lines) == 20
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 3


@measures(orders_keys.order)
def test_an_order_of_twenty_lines_is_placed_in_three_reads_and_one_transaction(market: Market) -> None:
    lines = twenty_lines(market)
    with spent(market.context.table.client) as cost:
        assert market.place(lines).status == 201
    assert cost.calls == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
    # At half a unit: 20 products, company, standing, terms, credit, member, membership, promotions, categories; the key; the region.
    assert cost.read_units <= 17
    assert cost.write_units <= 60  # the order in the table and in two lists, the remembered answer


@measures(orders_keys.order_list)
@measures(orders_keys.distributor_queue)
def test_a_page_of_orders_is_one_call_for_the_company_and_for_the_distributor(
    market: Market, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed = []
    for minutes in range(12):
        later = replace(context, now=context.now + timedelta(minutes=minutes))
        monkeypatch.setattr(respond, "context_now", lambda later=later: later)
        placed.append(market.placed())
    pages = [
        lambda: order_store.company_orders(context.table, market.company_id, state=None, limit=10, after=None),
        lambda: order_store.distributor_orders(context.table, market.distributor_id, state=None, limit=10, after=None),
    ]
    for ask in pages:
        with spent(context.table.client) as cost:
            page = ask()
        assert [item["order_id"] for item in page.items] == placed[:1:-1]
        assert cost.calls == ["Query"]
        assert cost.read_units <= 2.5  # ten orders of 1.3 KB


@measures(orders_keys.distributor_queue)
def test_orders_in_one_state_are_one_call_out_of_the_newest(market: Market, context: Context) -> None:
    kept = market.placed()
    for _ in range(5):
        market.cancel(market.placed())
    with spent(context.table.client) as cost:
        page = order_store.distributor_orders(
            context.table, market.distributor_id, state=OrderState.PLACED, limit=25, after=None
        )
    assert [item["order_id"] for item in page.items] == [kept]
    assert cost.calls == ["Query"]


@measures(orders_keys.distributor_order)
def test_a_distributors_order_is_two_calls_and_another_distributors_one(market: Market, context: Context) -> None:
    order_id = market.placed()
    rival, _ = distributor(context, REGION, name="Rival")
    with spent(context.table.client) as cost:
        assert order_store.read_distributors_order(context.table, market.distributor_id, order_id)
    assert (cost.calls, cost.read_units) == (["GetItem", "GetItem"], 2)
    with spent(context.table.client) as cost:
        assert order_store.read_distributors_order(context.table, rival, order_id) is None
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(orders_keys.shipment)
def test_a_document_is_held_in_the_transaction_of_its_shipment(market: Market, context: Context) -> None:
    order_id = market.placed()
    market.accept(order_id)
    with spent(context.table.client) as cost:
        market.ship(order_id, document="УТ-1")
    assert cost.calls == ["GetItem"] * 4 + ["TransactWriteItems"]
    mark = context.table.get(orders_keys.shipment(market.distributor_id, 2026, "УТ-1"))
    assert mark
    assert mark["order_id"] == order_id


@measures(orders_keys.returned)
def test_a_document_is_held_in_the_transaction_of_its_return(
    local_table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import app

    context = Context(table=local_table, now=NOON)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    market = Market(Api(app), context)
    order_id = market.placed()
    market.accept(order_id)
    market.ship(order_id, document="УТ-1")
    return_id = market.request_return(order_id, ("УТ-1", "LMP-1", 1)).json["returns"][0]["return_id"]
    with spent(context.table.client) as cost:
        assert market.accept_return(order_id, return_id, document="УТ-1").status == 200
    assert cost.calls == ["GetItem"] * 3 + ["TransactWriteItems"]
    mark = context.table.get(orders_keys.returned(market.distributor_id, 2026, "УТ-1"))
    assert mark
    assert mark["order_id"] == order_id
