"""The calls and the capacity of the keys of the catalogue's index, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.catalog.search import keys as search_keys
from chalicelib.catalog.search import store as search_store
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from tests.catalog.steps import listed, row, stock
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(search_keys.catalogue_index)
def test_a_reader_who_knows_the_index_asks_the_head_only(context: Context) -> None:
    listed(context, *(row(f"LMP-{number}") for number in range(200)))
    search_store.current_index(context.table, context.table.get(search_keys.catalogue_index()))
    with spent(context.table.client) as cost:
        search_store.current_index(context.table, context.table.get(search_keys.catalogue_index()))
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(search_keys.catalogue_shard)
def test_a_changed_product_costs_its_shard_and_the_head(context: Context) -> None:
    listed(context, *(row(f"LMP-{number}") for number in range(200)))
    stock(context, row("LMP-1", "777"))
    with spent(context.table.client) as cost:
        search_store.refresh(context, ["LMP-1"])
    assert cost.calls == ["BatchGetItem", "BatchGetItem", "PutItem", "UpdateItem"]
    assert (cost.read_units, cost.write_units) == (3, 4)  # the head is an item of 2.6 KB
    with spent(context.table.client) as cost:
        search_store.refresh(context, ["LMP-1"])
    assert (cost.calls, cost.write_units) == (["BatchGetItem", "BatchGetItem"], 0)


@measures(search_keys.catalogue_shard)
def test_a_reader_reads_the_shards_that_changed_in_one_call(context: Context) -> None:
    listed(context, *(row(f"LMP-{number}") for number in range(200)))
    search_store.current_index(context.table, context.table.get(search_keys.catalogue_index()))
    listed(context, row("LMP-1", "778"), row("LMP-2", "778"))
    head = context.table.get(search_keys.catalogue_index())
    with spent(context.table.client) as cost:
        search_store.current_index(context.table, head)
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 1)
