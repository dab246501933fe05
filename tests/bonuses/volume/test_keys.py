"""The calls and the capacity of the keys of volume programmes, counted as AWS counts."""

from datetime import date
from itertools import count

import pytest

from chalicelib.bonuses.closing import consumers as closing_consumers
from chalicelib.bonuses.closing import service as closing
from chalicelib.bonuses.goods import prices
from chalicelib.bonuses.volume import keys as volume_keys
from chalicelib.bonuses.volume import store as volume_store
from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.bonuses.goods.steps import COMPANY, QUARTER, Shelf, buy, night, programmes, sale
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.api import Api
from tests.support.partners import company
from tests.support.spent import measures, spent

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


@measures(volume_keys.volume_course)
def test_a_purchase_of_an_open_period_is_one_read_of_all_programmes(context: Context) -> None:
    first, second = sale(context, Q3, 100), sale(context, Q3, 100)
    for event in first:
        closing_consumers.on_sale_recorded(context, event)
    for event in second:
        with spent(context.table.client) as cost:
            closing_consumers.on_sale_recorded(context, event)
        assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(volume_keys.volume_course)
def test_how_far_a_company_is_in_all_programmes_is_one_call_of_one_unit(context: Context) -> None:
    buy(context, Q3, 100)
    with spent(context.table.client) as cost:
        assert set(volume_store.heads(context.table, COMPANY)) == {"quarter", "year"}
    assert (cost.calls, cost.read_units) == (["Query"], 1)


@measures(volume_keys.period)
def test_closed_periods_are_one_call_latest_first(context: Context) -> None:
    for month in (2, 5, 8):
        buy(context, date(2026, month, 5), 100)
    night(context)
    with spent(context.table.client) as cost:
        page = volume_store.closed_periods(context.table, COMPANY, 2, None)
    assert [item["last"] for item in page.items] == ["2026-09-30", "2026-06-30"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(keys.due)
def test_a_close_is_five_reads_and_one_transaction(context: Context) -> None:
    stock(context, row("LMP-1", "12.00"))
    context = programmes(context, QUARTER)
    buy(context, Q3, 2000)
    prices.freeze_due(context)
    with spent(context.table.client) as cost:
        assert closing.close_due(context, COMPANY) == 1
    # The second look finds nothing due; the company is read once, for the currency of its new book.
    assert cost.calls == ["Query", "Query", "Query", "GetItem", "GetItem", "TransactWriteItems", "Query"]
    listed = list(context.table.query_all(keys.due("periods", date(2027, 1, 11), COMPANY).pk, index="gsi2"))
    assert [item["company_id"] for item in listed] == [COMPANY]
