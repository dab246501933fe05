"""The calls and the capacity of the keys of reserved stock, counted as AWS counts."""

import pytest

from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.holds import reservations
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(holds_keys.reserved, holds_keys.shipped_out)
def test_what_is_reserved_of_twenty_articles_is_one_call_of_half_a_unit_a_shard(context: Context) -> None:
    skus = [f"LMP-{number:03}" for number in range(20)]
    shards = {holds_keys.reserved("dst_1", sku) for sku in skus}
    tx = Transaction()
    for shard in shards:
        within = (sku for sku in skus if holds_keys.reserved("dst_1", sku) == shard)
        tx.update(shard, add={f"sku:{sku}": 5 for sku in within})
    with spent(context.table.client) as writing:
        context.table.commit(tx)
    assert writing.write_units == 2 * len(shards)
    with spent(context.table.client) as cost:
        assert reservations.reserved(context.table, "dst_1", skus) == dict.fromkeys(skus, 5)
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], len(shards) / 2)
