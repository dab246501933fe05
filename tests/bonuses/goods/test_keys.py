"""The calls and the capacity of the keys of goods that are owed, counted as AWS counts."""

from datetime import date
from itertools import count

import pytest

from chalicelib.bonuses.goods import keys as goods_keys
from chalicelib.bonuses.goods import prices
from chalicelib.bonuses.goods import service as goods
from chalicelib.bonuses.goods import store as goods_store
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.bonuses.goods.steps import COMPANY, QUARTER, Shelf, buy, entitlements, night, programmes
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.api import Api
from tests.support.partners import company
from tests.support.spent import measures, spent
from tests.tiers.steps import days_later

Q3 = date(2026, 8, 5)


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    context = Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")
    context = programmes(context, QUARTER, {**QUARTER, "code": "year", "every": "year"})
    company(context, COMPANY)
    return context


@pytest.fixture
def shelf(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    from app import app

    return Shelf(Api(app), Context(table=local_table, now=NOON), monkeypatch)


@measures(goods_keys.entitlement)
def test_an_entitlement_is_one_call_of_one_unit(context: Context) -> None:
    buy(context, Q3, 2000)
    night(context)
    (owed,) = entitlements(context)
    with spent(context.table.client) as cost:
        assert goods.entitlement(context, COMPANY, owed.entitlement_id) == owed
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(goods_keys.entitlement)
def test_what_a_company_is_owed_is_one_call_latest_first(context: Context) -> None:
    context = programmes(context, {**QUARTER, "every": "year", "pays": "goods_monthly_next_year"})
    buy(context, Q3, 12000)
    night(days_later(context, 60))
    with spent(context.table.client) as cost:
        page = goods_store.entitlements(context.table, COMPANY, 25, None)
    days = [item["available_from"] for item in page.items]
    assert len(days) == 12
    assert days == sorted(days, reverse=True)
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(goods_keys.choice, goods_keys.goods_list)
def test_choices_of_an_entitlement_and_those_that_wait_are_one_call_each(shelf: Shelf) -> None:
    owed = shelf.earned().entitlement_id
    made = [shelf.chosen(owed, {"LMP-1": 1}) for _ in range(4)]
    with spent(shelf.context.table.client) as cost:
        assert {each.choice_id for each in goods_store.choices(shelf.context.table, COMPANY, owed)} == set(made)
    assert (cost.calls, cost.read_units) == (["Query"], 1)
    shelf.ship(owed, made[0])
    with spent(shelf.context.table.client) as cost:
        page = goods_store.waiting(shelf.context.table, 2, None)
    assert len(page.items) == 2
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
    with spent(shelf.context.table.client) as cost:
        assert goods_store.read_choice(shelf.context.table, COMPANY, owed, made[0])
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(goods_keys.price_list, goods_keys.frozen_price)
def test_prices_are_frozen_once_and_read_by_the_page(context: Context) -> None:
    stock(context, *(row(f"LMP-{number:03}") for number in range(150)))
    with spent(context.table.client) as cost:
        prices.freeze(context, "quarter:2026-09-30")
    assert cost.calls == ["GetItem", "Query", "TransactWriteItems", "TransactWriteItems"]
    with spent(context.table.client) as cost:
        prices.freeze(context, "quarter:2026-09-30")
    assert cost.calls == [], "remembered for the rest of this work"
    context.memo.clear()
    with spent(context.table.client) as cost:
        prices.freeze(context, "quarter:2026-09-30")
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as cost:
        found = goods_store.prices_of(context.table, "quarter:2026-09-30", [f"LMP-{number:03}" for number in range(50)])
    assert len(found) == 50
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 25)
    with spent(context.table.client) as cost:
        page = goods_store.prices(context.table, "quarter:2026-09-30", "RUB", "LMP-1", 25, None)
    assert len(page.items) == 25
    assert cost.calls == ["Query"]
    assert cost.read_units <= 3
