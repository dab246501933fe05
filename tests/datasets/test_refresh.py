"""A night's refresh: every fact that counts is one row, whatever was corrected, taken back or told twice, and wherever the night died."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib import sales
from chalicelib.analytics.rollups.model import AnnouncedTier
from chalicelib.analytics.rollups.store import write_tier
from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import write_product
from chalicelib.datasets.lake.tables import DATASETS
from chalicelib.datasets.refresh import jobs, keys, service
from chalicelib.platform.context import Context
from chalicelib.sales.keys import sale
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.rules import SaleLine
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Transaction, to_wire
from tests.bonuses.steps import credit
from tests.orders.desk import Desk
from tests.sales.steps import DAY, invoice, returned
from tests.support import partners
from tests.support.crashes import crashes, uncounted, watched
from tests.support.lake import Lake
from tests.support.memory import MemoryDynamo


def tomorrow(context: Context, days: int = 1) -> Context:
    return replace(context, now=context.now + timedelta(days=days))


def delete(context: Context, key: Key) -> None:
    context.table.client.delete_item(TableName="club", Key=to_wire(key.as_item()))


def test_every_line_of_a_document_is_a_row_with_money_as_decimals(quick: Context, lake: Lake) -> None:
    lines = [
        SaleLine.of("A", "Lamp", Decimal("2.5"), Decimal("10.1234")),
        SaleLine.of("B", "Cord", Decimal(1), amount=Decimal("7.10")),
    ]
    sales.record(quick, [invoice("УТ-1")._replace(lines=lines)])
    assert lake.night(quick) == "20261120T08"
    asked = "SELECT document, company_id, line, sku, quantity, unit_price, amount, currency, counts_on FROM sale_lines ORDER BY line"
    assert lake.ask(asked) == [
        ("1c-main//УТ-1", "cmp_1", 1, "A", Decimal("2.500"), Decimal("10.1234"), Decimal("25.31"), "RUB", DAY),
        ("1c-main//УТ-1", "cmp_1", 2, "B", Decimal("1.000"), None, Decimal("7.10"), "RUB", DAY),
    ]
    assert lake.ask("SELECT kind, lines, total, number, source FROM documents") == [
        ("sale", 2, Decimal("32.41"), "УТ-1", "1c-main")
    ]


def test_every_dataset_has_the_rows_of_its_items_and_nothing_of_a_person(quick: Context, lake: Lake) -> None:
    partners.company(quick, name="ИП Иванов", inn="500100732259", region="77", distributor_id="dst_1")
    desk = Desk()
    desk.context = quick
    desk.accept(desk.place())
    sales.record(quick, [invoice()])
    sales.record_payments(quick, [Payment(invoice().ref, DAY)], by="mbr_1")
    credit(quick, "cmp_1", "50.00")
    tx = Transaction()
    write_product(
        tx, Product("LMP-1", "Lamp", "Лампа", "Luch", "lamps", "pcs", 1, Decimal(12), "RUB", Decimal(20)), quick.at
    )
    quick.table.commit(tx)
    write_tier(quick.table, "cmp_1", AnnouncedTier(DAY, quick.at, "silver", "Silver", "Серебро", Decimal(3)))
    lake.night(quick)
    assert {name: len(rows) for name, rows in lake.whole().items()} == {
        **dict.fromkeys((each.name for each in DATASETS), 1),
        "bonus_entries": 2,
    }
    assert lake.ask("SELECT d.document, p.paid_on FROM documents d JOIN payments p ON p.document = d.document") == [
        ("1c-main//УТ-1", DAY)
    ]
    asked = "SELECT l.placed_on, l.agreed, l.list_price, l.unit_price, l.rule, o.total, o.state FROM order_lines l JOIN orders o ON o.order_id = l.order_id"
    assert lake.ask(asked) == [
        (quick.today, Decimal("5.000"), Decimal(10), Decimal(10), "base_price", Decimal(50), "accepted")
    ]
    assert lake.ask("SELECT brand, own_brand, list_price FROM products") == [("Luch", False, Decimal(12))]
    assert lake.ask("SELECT company_id, day, tier, discount_percent FROM tiers") == [
        ("cmp_1", DAY, "silver", Decimal(3))
    ]
    assert lake.ask("SELECT region, distributor_id, created_on FROM companies") == [("77", "dst_1", quick.today)]
    told = repr(lake.whole())
    assert not [each for each in ("Иванов", "500100732259", "7707083893", "mbr_") if each in told]


def test_a_document_of_several_items_is_whole_and_goes_as_a_whole(quick: Context, lake: Lake) -> None:
    lines = [SaleLine.of(f"SKU-{place}", "Л" * 200, Decimal(1), Decimal(1)) for place in range(3000)]
    sales.record(quick, [invoice("УТ-1")._replace(lines=lines)])
    lake.night(quick)
    assert lake.ask("SELECT count(*), min(line), max(line), count(DISTINCT line), sum(amount) FROM sale_lines") == [
        (3000, 1, 3000, 3000, Decimal("3000.00"))
    ]
    sales.record(quick, [invoice("УТ-1", "5.00")])
    lake.night(tomorrow(quick))
    assert lake.ask("SELECT count(*), sum(amount) FROM sale_lines") == [(1, Decimal("5.00"))]


def test_what_was_corrected_moved_returned_or_voided_is_there_once_or_not_at_all(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice("УТ-1"), invoice("УТ-2", "20.00"), invoice("УТ-3", "30.00"), returned("В-1", "УТ-1")])
    lake.night(quick)
    sales.record(
        quick,
        [invoice("УТ-1", "90.00", "5.00"), invoice("УТ-2", "20.00", company="cmp_2", day=DAY - timedelta(days=3))],
    )
    sales.void(quick, invoice("УТ-3").ref, "not ours", "mbr_1", lambda tx: None)
    lake.night(tomorrow(quick))
    asked = "SELECT number, company_id, kind, business_date, counts_on, total FROM documents ORDER BY number"
    assert lake.ask(asked) == [
        ("В-1", "cmp_1", "return", DAY, DAY, Decimal("-10.00")),
        ("УТ-1", "cmp_1", "sale", DAY, DAY, Decimal("95.00")),
        ("УТ-2", "cmp_2", "sale", DAY - timedelta(days=3), DAY - timedelta(days=3), Decimal("20.00")),
    ]
    assert lake.ask("SELECT sum(amount) FROM sale_lines") == [(Decimal("105.00"),)]


def test_nights_of_changes_come_to_the_same_as_one_export_of_all(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice(f"УТ-{number}", "10.00", "20.00") for number in range(20)])
    partners.company(quick)
    credit(quick, "cmp_1", "50.00")
    lake.night(quick)
    sales.record(quick, [invoice(f"УТ-{number}", "11.00") for number in range(5)])
    sales.void(quick, invoice("УТ-7").ref, "twice", "mbr_1", lambda tx: None)
    lake.night(tomorrow(quick))
    delete(quick, sale("cmp_1", DAY, "1c-main", "/УТ-9", 1))
    lake.night(tomorrow(quick, 2))
    by_changes = lake.whole()
    assert [each["type"] for each in lake.exports.values()] == ["FULL_EXPORT", *2 * ["INCREMENTAL_EXPORT"]]
    delete(quick, keys.lake())
    lake.night(tomorrow(quick, 3))
    assert list(lake.exports.values())[-1]["type"] == "FULL_EXPORT"
    assert lake.whole() == by_changes
    assert lake.ask("SELECT count(*) FROM documents") == [(18,)]
    assert lake.ask("SELECT sum(amount) FROM bonus_entries") == [(Decimal("0.00"),)]


def test_a_night_that_starts_twice_is_one_refresh(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice()])
    lake.night(quick)
    assert jobs.nightly_datasets(quick, {})["refresh_id"] is None
    before = lake.whole()
    later = tomorrow(quick)
    assert jobs.nightly_datasets(later, {}) == jobs.nightly_datasets(later, {})
    lake.work_off(later)
    assert len(lake.exports) == 2
    assert lake.whole() == before


def test_a_statement_that_failed_is_tried_again_at_another_place(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice()])
    lake.failing = ["documents"]
    with pytest.raises(RuntimeError, match="documents was not written: Query exhausted resources"):
        lake.night(quick)
    lake.work_off(quick)
    assert lake.ask("SELECT count(*) FROM documents") == [(1,)]
    assert set(lake.whole()) == {each.name for each in DATASETS}


def test_an_older_refresh_publishes_nothing_once_a_newer_one_has_begun(quick: Context, lake: Lake) -> None:
    sales.record(quick, [invoice()])
    lake.failing = ["documents"]
    with pytest.raises(RuntimeError):
        lake.night(quick)
    left = list(lake.queue.bodies)
    later = tomorrow(quick)
    lake.queue.bodies.clear()
    lake.night(later)
    before, asked = lake.whole(), len(lake.executions)
    lake.queue.bodies += left
    lake.work_off(later)
    assert (lake.whole(), len(lake.executions)) == (before, asked)


@pytest.mark.parametrize("days", [2, 15])
def test_after_a_gap_or_in_a_new_month_all_is_exported(quick: Context, lake: Lake, days: int) -> None:
    lake.night(quick)
    lake.night(tomorrow(quick, days))
    assert [each["type"] for each in lake.exports.values()] == ["FULL_EXPORT", "FULL_EXPORT"]


def test_other_columns_are_written_from_an_export_of_all(
    quick: Context, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "DATASETS", DATASETS[:2])
    lake.night(quick)
    monkeypatch.setattr(service, "DATASETS", DATASETS)
    lake.night(tomorrow(quick))
    assert [each["type"] for each in lake.exports.values()] == ["FULL_EXPORT", "FULL_EXPORT"]


@pytest.mark.slow
def test_wherever_a_night_dies_the_next_try_comes_to_the_same(
    quick: Context, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "DATASETS", DATASETS[:2])
    memory = MemoryDynamo()
    quick = replace(quick, table=Table(watched(memory, "dynamodb"), "club", sleep=lambda seconds: None))
    sales.record(quick, [invoice("УТ-1"), invoice("УТ-2", "20.00")])
    lake.night(quick)
    sales.record(quick, [invoice("УТ-1", "90.00", "5.00"), invoice("УТ-3", "1.00")])
    began = deepcopy((memory, lake.tables, lake.executions, lake.exports, lake._exported))
    wanted = None
    rounds = 0
    for crash in crashes():
        memory, lake.tables, lake.executions, lake.exports, lake._exported = deepcopy(began)
        lake.queue.bodies.clear()
        lake.bucket.forget("20261121T08*")
        later = replace(tomorrow(quick), table=Table(watched(memory, "dynamodb"), "club", sleep=lambda seconds: None))
        with crash:
            lake.night(later)
        with uncounted():
            lake.night(later)
            found = lake.whole()
        wanted = wanted or found
        assert found == wanted, crash
        rounds += 1
    assert rounds > 40
    assert sorted(row[-2] for row in wanted["documents"]) == [Decimal("1.00"), Decimal("20.00"), Decimal("95.00")]
