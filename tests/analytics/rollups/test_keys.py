"""The calls and the capacity of the keys of rollups, counted as AWS counts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from chalicelib import sales
from chalicelib.analytics.rollups import keys, service, store
from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses
from chalicelib.analytics.rollups.rules import plus
from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.sales.rules import SaleLine
from chalicelib.table.client import Table
from chalicelib.table.key import SHARDS
from chalicelib.table.transactions import Transaction
from tests.analytics import steps
from tests.conftest import NOON
from tests.sales.steps import invoice
from tests.support.nights import Queue
from tests.support.spent import measures, spent

MAY = date(2026, 5, 1)


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def bought(context: Context, months: int, documents: int, lines: int = 10) -> None:
    """So many months up to May with so many documents each, all of them built."""
    for back in range(months):
        month = plus(MAY, -back)
        found = [
            invoice(f"A-{back}-{number}", day=month.replace(day=number % 28 + 1))._replace(
                lines=[
                    SaleLine.of(
                        f"LMP-{(number * 7 + each) % 400:05}",
                        f"Светильник потолочный {each}",
                        Decimal(2),
                        Decimal("149.90"),
                    )
                    for each in range(lines)
                ],
            )
            for number in range(documents)
        ]
        sales.record(context, found)
    service.build(context, steps.COMPANY)


@measures(keys.month, keys.stale)
def test_a_mark_is_one_write_of_a_kilobyte_and_of_the_index(context: Context, queue: Queue) -> None:
    with spent(context.table.client) as cost:
        service.mark(context, steps.COMPANY, [MAY])
    assert (cost.calls, cost.write_units) == (["UpdateItem"], 2)
    assert queue.calls == 1
    with spent(context.table.client) as cost:
        assert service.send_stale(context) == 1
    assert cost.calls == ["Query"] * SHARDS


@measures(keys.rows, keys.built)
def test_a_fold_reads_its_month_only(context: Context, queue: Queue) -> None:
    bought(context, months=3, documents=20)
    store.mark(context.table, steps.COMPANY, MAY)
    with spent(context.table.client) as cost:
        service.follow(replace(context), steps.COMPANY, [MAY])  # what it knew of the goods is forgotten
    # The mark and the month, the month's documents, their goods twice a hundred keys; the rows, and the sums.
    assert cost.calls == ["BatchGetItem", "Query", "BatchGetItem", "BatchGetItem", "PutItem", "UpdateItem"]
    goods = 143  # of no product in the catalogue: each costs half a unit, and a whole product no more
    assert cost.read_units <= 2 + 20 * 1.6 / 4 + goods / 2 + 1
    assert cost.write_units <= 3 + 2 + 1
    with spent(context.table.client) as again:
        service.follow(context, steps.COMPANY, [MAY])
    assert (again.calls, again.read_units) == (["BatchGetItem"], 2)


@measures(keys.history, keys.bonuses, keys.tier)
def test_ten_years_of_sums_bonuses_and_tiers_are_one_call(context: Context) -> None:
    bought(context, months=120, documents=2)
    for back in range(120):
        month = plus(MAY, -back)
        amounts = [Decimal("123456.78")] * 5
        store.write_bonuses(context.table, steps.COMPANY, Bonuses(month, "RUB", 1000 - back, *amounts))
        tier = AnnouncedTier(month, context.at, "silver", "Silver", "Серебро", Decimal(5))
        store.write_tier(context.table, steps.COMPANY, tier)
    with spent(context.table.client) as cost:
        history = store.read_history(context.table, steps.COMPANY)
    assert (len(history.months), len(history.bonuses), len(history.tiers)) == (120, 120, 120)
    assert cost.calls == ["Query"]
    assert cost.read_units <= 12


@measures(keys.rows)
def test_the_rows_of_two_years_are_one_call(context: Context) -> None:
    bought(context, months=24, documents=60)
    with spent(context.table.client) as cost:
        found = store.read_rows(context.table, steps.COMPANY, plus(MAY, -23), MAY, store.DEFINITION)
    assert len(found) == 24
    assert cost.calls == ["Query"]
    assert cost.read_units <= 24 * 1  # up to 8 KB a month, eventually consistent


@measures(keys.rebuild_list)
def test_a_page_of_rebuilds_is_one_call(context: Context) -> None:
    tx = Transaction()
    for number in range(5):
        store.create_rebuild(tx, context, f"reb_{number}", "mbr_1")
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        found, _ = service.rebuilds(context, 4, None)
    assert [each.rebuild_id for each in found] == ["reb_4", "reb_3", "reb_2", "reb_1"]
    assert (cost.calls, cost.read_units <= 1) == (["Query"], True)


@measures(keys.rebuild, keys.rebuild_part)
def test_a_rebuild_and_a_part_of_it_are_one_call(context: Context) -> None:
    tx = Transaction()
    made = store.create_rebuild(tx, context, "reb_1", "mbr_1")
    context.table.commit(tx)
    members = [f"com_{number:032x}" for number in range(service.COMPANIES)]
    assert store.REBUILD.create_part(context, made.work_id, Part(1, members, None))
    with spent(context.table.client) as cost:
        found, part = store.REBUILD.load_with_part(context, "reb_1", 1)
    assert found is not None
    assert part is not None
    assert part.members == members
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 2)
