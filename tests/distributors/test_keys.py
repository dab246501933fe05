"""The calls and the capacity of the keys of distributors: their people, their regions, their warehouses, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.distributors import keys as distributors_keys
from chalicelib.distributors import service as distributors
from chalicelib.distributors import store as distributors_store
from chalicelib.distributors.rules import DeliversFrom
from chalicelib.distributors.schemas import DistributorPersonForm
from chalicelib.orders.holds import consumers as holds_consumers
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.partners import distributor
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


REGION = "RU-MOW"


@pytest.fixture
def market(context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Market(Api(app), context)


@measures(catalog_keys.warehouses)
def test_new_figures_of_what_is_reserved_by_nobody_cost_what_they_read(context: Context) -> None:
    tx = Transaction()
    distributors_store.claim_warehouses(
        tx, "dst_1", DeliversFrom(), DeliversFrom(frozenset({"MSK", "SPB"}), binding=True)
    )
    context.table.commit(tx)
    stock(context, row("LMP-1"))
    at = (context.now - timedelta(hours=1)).isoformat()
    context.table.update(catalog_keys.product("LMP-1"), put={"stock:MSK": {"quantity": Decimal(5), "at": at}})
    with spent(context.table.client) as cost:
        holds_consumers.on_stock_recorded(context, Event("stock.recorded", "evt", {"skus": ["LMP-1"]}))
    assert cost.calls == ["GetItem", "BatchGetItem", "BatchGetItem"]  # whose warehouses, the figures, the shards
    assert (cost.read_units, cost.write_units) == (3, 0)


@measures(distributors_keys.distributor)
def test_a_distributor_is_one_call_of_half_a_unit(context: Context) -> None:
    distributor_id, _ = distributor(context, *(f"XZ-A{number:02}" for number in range(45)))
    with spent(context.table.client) as cost:
        found = distributors_store.read_distributor(context.table, distributor_id)
    assert found
    assert len(found.regions) == 45
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(distributors_keys.region)
def test_who_serves_a_region_is_one_call_of_half_a_unit_however_many_do(context: Context) -> None:
    for number in range(30, 0, -1):
        distributor(context, REGION, name=f"Opt {number}", priority=number)
    with spent(context.table.client) as cost:
        found = distributors_store.first_of_region(context.table, REGION)
    assert found
    assert found[1] == "Opt 1"
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(distributors_keys.distributor_person)
def test_the_people_of_a_distributor_are_one_call_and_its_orders_do_not_count(market: Market, context: Context) -> None:
    for number in range(10):
        market.placed({"LMP-1": number + 1})
        person = DistributorPersonForm(name="Oleg Orlov", email=f"oleg{number}@svet.example")
        distributors.add_person(context, market.distributor_id, person)
    with spent(context.table.client) as cost:
        page = distributors_store.list_people(context.table, market.distributor_id, 25, None)
    assert len(page.items) == 11
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(distributors_keys.distributor_list)
def test_distributors_by_name_are_one_call_for_a_page(context: Context) -> None:
    for number in range(30):
        distributor(context, REGION, name=f"Opt {number:02}")
    with spent(context.table.client) as cost:
        page = distributors_store.list_distributors(context.table, 25, None)
    assert [item["name"] for item in page.items] == [f"Opt {number:02}" for number in range(25)]
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5
