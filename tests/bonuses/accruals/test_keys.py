"""The calls and the capacity of the keys of accruals, counted as AWS counts."""

from datetime import timedelta

import pytest

from chalicelib import sales
from chalicelib.bonuses.accruals import consumers as accruals_consumers
from chalicelib.bonuses.accruals import keys as accruals_keys
from chalicelib.bonuses.accruals import service as accruals
from chalicelib.bonuses.accruals import store as accruals_store
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event
from chalicelib.table.client import Table
from tests.bonuses.accruals.steps import document
from tests.conftest import NOON
from tests.support import partners
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = iter(range(1, 10_000))
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):04d}")


def accrued(work: Work, count: int) -> list[sales.SaleDocument]:
    """A company with this many purchases, one a day, each with its accrual."""
    partners.company(work, "cmp_1")
    documents = [
        document("cmp_1", str(number), work.today - timedelta(days=number), "60000.00") for number in range(count)
    ]
    sales.record(work, documents)
    for item in list(work.table.query_all(companies_keys.company("cmp_1").pk, starts="SALE#")):
        accruals_consumers.on_sale_recorded(work, Event("sale.recorded", item["sk"], item))
    return documents


@measures(accruals_keys.accrual)
def test_what_a_document_earned_is_one_consistent_call(work: Work) -> None:
    [sale] = accrued(work, 1)
    with spent(work.table.client) as cost:
        case = accruals_store.load(work.table, "cmp_1", sale.ref)
    assert case.accrued[sale.ref].amount == 600
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(accruals_keys.accrual, accruals_keys.accrued)
def test_a_page_of_accruals_is_two_calls(work: Work) -> None:
    accrued(work, 25)
    with spent(work.table.client) as cost:
        found, last = accruals.listed(work, "cmp_1", 20, None)
    assert [each.ref[1] for each in found[:2]] == ["2026/0", "2026/1"]
    assert (len(found), last is not None) == (20, True)
    assert cost.calls == ["Query", "BatchGetItem"]
    assert cost.read_units <= 11  # half a unit for each, and one page


@measures(accruals_keys.accrued)
def test_the_accruals_since_a_day_are_one_consistent_call(work: Work) -> None:
    accrued(work, 25)
    with spent(work.table.client) as cost:
        rows = list(accruals_store.accrued_since(work.table, "cmp_1", work.today - timedelta(days=9)))
    assert len(rows) == 10
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1


@measures(accruals_keys.accrual, accruals_keys.accrued)
def test_a_purchase_is_rated_in_one_transaction(work: Work) -> None:
    partners.company(work, "cmp_1")
    sales.record(work, [document("cmp_1", "1", work.today, "60000.00")])
    [item] = work.table.query(companies_keys.company("cmp_1").pk, starts="SALE#").items
    with spent(work.table.client) as cost:
        accruals_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", item))
    assert cost.calls.count("TransactWriteItems") == 1
    assert cost.write_units <= 16  # case, row, book with its index, posting, mark
    with spent(work.table.client) as again:
        accruals_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", item))
    assert again.write_units == 0
