"""What the rows of limits and binding stock cost, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.orders import distributor_keys, holds_consumers, reservation_keys, reservations, warehouses
from chalicelib.orders.stock import DeliversFrom
from chalicelib.platform.events import Event
from chalicelib.platform.work import Work
from chalicelib.pricing import Used, promotion_keys, use_promotions
from chalicelib.pricing.rules import Limits
from chalicelib.pricing.uses import company_uses, used_of
from chalicelib.table import Table, Transaction
from tests.catalog.steps import row, stock
from tests.conftest import NOON
from tests.support.spent import measures, spent

LIMITS = Limits(uses=100, units=1000, budget=Decimal(100000), currency="RUB", uses_per_company=3)


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


def use(work: Work) -> Transaction:
    tx = Transaction()
    use_promotions(tx, "cmp_1", {"prm_1": Used(1, 12, Decimal("144.00"))}, {"prm_1": LIMITS})
    return tx


@measures(promotion_keys.promotion_used)
@measures(promotion_keys.promotions_used)
def test_using_a_promotion_with_limits_is_four_write_units_and_told_in_one_each(work: Work) -> None:
    with spent(work.table.client) as cost:
        work.table.commit(use(work))
    assert (cost.calls, cost.write_units) == (["TransactWriteItems"], 4)  # two small items, twice for the transaction
    with spent(work.table.client) as read:
        used = used_of(work.table.get(promotion_keys.promotion_used("prm_1"), consistent=True))
        own = company_uses(work.table.get(promotion_keys.promotions_used("cmp_1")))
    assert (used, own) == (Used(1, 12, Decimal("144.00")), {"prm_1": 1})
    assert (read.calls, read.read_units) == (["GetItem", "GetItem"], 1.5)


@measures(reservation_keys.reserved, reservation_keys.shipped_out)
def test_what_is_reserved_of_twenty_articles_is_one_call_of_half_a_unit_a_shard(work: Work) -> None:
    skus = [f"LMP-{number:03}" for number in range(20)]
    shards = {reservation_keys.reserved("dst_1", sku) for sku in skus}
    tx = Transaction()
    for shard in shards:
        within = (sku for sku in skus if reservation_keys.reserved("dst_1", sku) == shard)
        tx.update(shard, add={f"sku:{sku}": 5 for sku in within})
    with spent(work.table.client) as writing:
        work.table.commit(tx)
    assert writing.write_units == 2 * len(shards)
    with spent(work.table.client) as cost:
        assert reservations.reserved(work.table, "dst_1", skus) == dict.fromkeys(skus, 5)
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], len(shards) / 2)


@measures(distributor_keys.warehouses)
def test_new_figures_of_what_is_reserved_by_nobody_cost_what_they_read(work: Work) -> None:
    tx = Transaction()
    warehouses.claim(tx, "dst_1", DeliversFrom(), DeliversFrom(frozenset({"MSK", "SPB"}), binding=True))
    work.table.commit(tx)
    stock(work, row("LMP-1"))
    at = (work.now - timedelta(hours=1)).isoformat()
    work.table.update(catalog_keys.product("LMP-1"), put={"stock:MSK": {"quantity": Decimal(5), "at": at}})
    with spent(work.table.client) as cost:
        holds_consumers.on_stock_recorded(work, Event("stock.recorded", "evt", {"skus": ["LMP-1"]}))
    assert cost.calls == ["GetItem", "BatchGetItem", "BatchGetItem"]  # whose warehouses, the figures, the shards
    assert (cost.read_units, cost.write_units) == (3, 0)
