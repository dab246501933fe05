"""The calls and the capacity of the keys of what is bought together, counted as AWS counts."""

from datetime import timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib import sales
from chalicelib.orders import together, together_consumers, together_keys
from chalicelib.orders.affinity import CAPACITY
from chalicelib.platform.events import Event
from chalicelib.platform.work import Work
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.sales import keys as sales_keys
from chalicelib.table import Table
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def work(local_table: Table) -> Work:
    numbers = count(1)
    return Work(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


def sale(work: Work, number: int, *skus: str) -> Event:
    day = work.today - timedelta(days=10 + number % 300)
    lines = [SaleLine(sku, f"Lamp {sku}", Decimal(12), Decimal(100), Decimal(1200)) for sku in skus]
    document = SaleDocument("1c-main", f"УТ-{number}", "cmp_1", day, "RUB", lines)
    sales.record(work, [document])
    item = work.table.get(sales_keys.sale("cmp_1", day, *document.ref, 1))
    assert item
    return Event("sale.recorded", f"evt_{number}", item)


@measures(together_keys.together)
@measures(together_keys.counted_together)
def test_what_a_document_adds_is_three_reads_and_one_transaction_and_what_is_known_two_reads(work: Work) -> None:
    skus = [f"LMP-00{number:02}" for number in range(10)]
    first, second = sale(work, 1, *skus), sale(work, 2, *skus)
    with spent(work.table.client) as cost:
        together_consumers.on_sale_recorded(work, first)
    assert cost.calls == ["GetItem", "GetItem", "BatchGetItem", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (0.5 + 1 + 10, 2 * (1 + 10))
    with spent(work.table.client) as cost:
        together_consumers.on_sale_recorded(work, second)
    assert (cost.calls, cost.read_units) == (["GetItem", "GetItem"], 0.5 + 1)


@measures(together_keys.together)
def test_the_counts_of_an_article_are_a_kilobyte_at_most(work: Work) -> None:
    key = together_keys.together("LMP-0042")
    counts = together.Counts(90_000, {f"LMP-{number:04}": together.Other(9000, 800) for number in range(CAPACITY)})
    with spent(work.table.client) as cost:
        work.table.put(together._item(key, counts, 100_000))
    assert cost.write_units == 1


@measures(together_keys.counted_together)
def test_the_marks_of_a_buyer_who_added_all_it_may_are_six_kilobytes(work: Work) -> None:
    pairs = frozenset(number.to_bytes(6, "big") for number in range(together.MOST_MARKS))
    key = together_keys.counted_together("7707083893")
    with spent(work.table.client) as cost:
        work.table.put({**key.as_item(), "version": 500, "pairs": b"".join(sorted(pairs))})
    assert cost.write_units == 6
    with spent(work.table.client) as cost:
        assert work.table.get(key, consistent=True)
    assert cost.read_units == 2
