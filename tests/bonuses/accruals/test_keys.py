"""The calls and the capacity of the keys of accruals, counted as AWS counts."""

from datetime import timedelta

import pytest

from chalicelib import sales
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.accruals import keys as accruals_keys
from chalicelib.bonuses.accruals import service as accruals
from chalicelib.bonuses.accruals import store as accruals_store
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from tests.bonuses.accruals.steps import document
from tests.conftest import NOON
from tests.support import partners
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = iter(range(1, 10_000))
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def accrued(context: Context, count: int) -> list[sales.SaleDocument]:
    """A company with this many purchases, one a day, each with its accrual."""
    partners.company(context, "cmp_1")
    documents = [
        document("cmp_1", str(number), context.today - timedelta(days=number), "60000.00") for number in range(count)
    ]
    sales.record(context, documents)
    for item in list(context.table.query_all(companies_keys.company("cmp_1").pk, starts="SALE#")):
        accruals_consumers.on_sale_recorded(context, Event("sale.recorded", item["sk"], item))
    return documents


@measures(accruals_keys.accrual)
def test_what_a_document_earned_is_one_consistent_call(context: Context) -> None:
    [sale] = accrued(context, 1)
    with spent(context.table.client) as cost:
        case = accruals_store.load(context.table, "cmp_1", sale.ref)
    assert case.accrued[sale.ref].amount == 600
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(accruals_keys.accrual, accruals_keys.accrued)
def test_a_page_of_accruals_is_two_calls(context: Context) -> None:
    accrued(context, 25)
    with spent(context.table.client) as cost:
        found, last = accruals.list_accruals(context, "cmp_1", 20, None)
    assert [each.ref[1] for each in found[:2]] == ["2026/0", "2026/1"]
    assert (len(found), last is not None) == (20, True)
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 11  # half a unit for each, and one page


@measures(accruals_keys.accrued)
def test_the_accruals_since_a_day_are_one_consistent_call(context: Context) -> None:
    accrued(context, 25)
    with spent(context.table.client) as cost:
        rows = list(accruals_store.accrued_since(context.table, "cmp_1", context.today - timedelta(days=9)))
    assert len(rows) == 10
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(accruals_keys.accrual, accruals_keys.accrued)
def test_a_purchase_is_rated_in_one_transaction(context: Context) -> None:
    partners.company(context, "cmp_1")
    sales.record(context, [document("cmp_1", "1", context.today, "60000.00")])
    [item] = context.table.query(companies_keys.company("cmp_1").pk, starts="SALE#").items
    with spent(context.table.client) as cost:
        accruals_consumers.on_sale_recorded(context, Event("sale.recorded", "evt_1", item))
    assert cost.calls.count("TransactWriteItems") == 1
    assert cost.write_units <= 16  # case, row, book with its index, posting, mark
    with spent(context.table.client) as again:
        accruals_consumers.on_sale_recorded(context, Event("sale.recorded", "evt_1", item))
    assert again.write_units == 0
