"""The calls and the capacity of the keys of recommendations, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib import sales
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.recommendations import consumers as recommendations_consumers
from chalicelib.recommendations import keys as recommendations_keys
from chalicelib.recommendations import service as recommendations
from chalicelib.recommendations import store as recommendations_store
from chalicelib.recommendations.rules import CAPACITY, MOST_PAIRS, ArticleCounts, Companion
from chalicelib.recommendations.store import Contribution
from chalicelib.sales import keys as sales_keys
from chalicelib.sales.rules import SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.key import shards
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


def sale(context: Context, number: int, *skus: str) -> Event:
    day = context.today - timedelta(days=10 + number % 300)
    lines = [SaleLine(sku, f"Lamp {sku}", Decimal(12), Decimal(100), Decimal(1200)) for sku in skus]
    document = SaleDocument("1c-main", f"УТ-{number}", "cmp_1", day, "RUB", lines)
    sales.record(context, [document])
    item = context.table.get(sales_keys.sale("cmp_1", day, *document.ref, 1))
    assert item
    return Event("sale.recorded", f"evt_{number}", item)


@measures(recommendations_keys.article_counts)
@measures(recommendations_keys.buyer)
def test_what_a_buyer_adds_is_four_reads_and_one_transaction_and_what_is_known_three_reads(context: Context) -> None:
    skus = [f"LMP-00{number:02}" for number in range(10)]
    sale(context, 1, *skus)
    with spent(context.table.client) as cost:
        recommendations.count(context, "cmp_1")
    assert cost.calls == ["GetItem", "GetItem", "Query", "BatchGetItem", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (0.5 + 1 + 0.5 + 10, 2 * (1 + 10))
    sale(context, 2, *skus)
    with spent(context.table.client) as cost:
        recommendations.count(context, "cmp_1")
    assert (cost.calls, cost.read_units) == (["GetItem", "GetItem", "Query"], 0.5 + 1 + 0.5)


@measures(recommendations_keys.sales_moved)
def test_whose_sales_moved_is_one_write_and_read_by_day(context: Context) -> None:
    event = sale(context, 1, "LMP-0001", "LMP-0002")
    with spent(context.table.client) as cost:
        recommendations_consumers.on_sale_recorded(context, event)
    assert (cost.calls, cost.read_units, cost.write_units) == (["GetItem", "PutItem"], 0.5, 1)
    with spent(context.table.client) as cost:
        assert list(recommendations_store.moved_between(context.table, context.today, context.today, "")) == ["cmp_1"]
    assert cost.calls == ["Query"] * len(shards())
    assert cost.read_units <= 0.5 * len(shards())


@measures(recommendations_keys.article_counts)
def test_the_counts_of_an_article_are_a_kilobyte_at_most(context: Context) -> None:
    counts = ArticleCounts(90_000, {f"LMP-{number:04}": Companion(9000, 800) for number in range(CAPACITY)})
    with spent(context.table.client) as cost:
        context.table.put(recommendations_store.counts_item("LMP-0042", counts, 100_000))
    assert cost.write_units == 1


@measures(recommendations_keys.buyer)
def test_the_pairs_of_a_buyer_who_added_all_it_may_are_six_kilobytes(context: Context) -> None:
    pairs = frozenset((f"LMP-{one:04}", f"LMP-{one + step:04}") for one in range(100) for step in range(1, 11))
    assert len(pairs) == MOST_PAIRS
    with spent(context.table.client) as cost:
        context.table.put(recommendations_store.contribution_item("7707083893", Contribution(500, pairs)))
    assert cost.write_units <= 6
    with spent(context.table.client) as cost:
        assert recommendations_store.contribution(context.table, "7707083893") == Contribution(500, pairs)
    assert cost.read_units <= 2
