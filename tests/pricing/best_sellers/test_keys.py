"""The calls and the capacity of the keys of lists of best sellers, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.pricing.best_sellers import keys as best_sellers_keys
from chalicelib.pricing.best_sellers import store as best_sellers_store
from chalicelib.pricing.best_sellers.model import BestSellersForm
from chalicelib.pricing.best_sellers.store import WORK
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032d}")


@measures(best_sellers_keys.best_sellers, best_sellers_keys.best_sellers_part, best_sellers_keys.best_sellers_list)
def test_a_list_of_best_sellers_is_one_call_and_with_a_part_one_batch(context: Context) -> None:
    form = BestSellersForm.model_validate({"from": "2025-09-01", "to": "2025-11-30"})
    tx = Transaction()
    best_sellers = best_sellers_store.create(tx, context, form, "mbr_1")
    context.table.commit(tx)
    part = Part(1, [f"cmp_{number}" for number in range(100)], None)
    assert WORK.create_part(context, best_sellers.work_id, part)
    with spent(context.table.client) as cost:
        assert WORK.load(context, best_sellers.work_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as listing:
        assert len(WORK.page(context.table, 25, None)[0]) == 1
    assert (listing.calls, listing.read_units) == (["Query"], 0.5)
    with spent(context.table.client) as both:
        assert WORK.load_with_part(context, best_sellers.work_id, 1)[1] == part
    assert (both.calls, both.read_units) == (["BatchGetItem"], 2)
