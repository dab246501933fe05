"""The calls and the capacity of the keys of reports, counted as AWS counts."""

from datetime import timedelta

import pytest

from chalicelib.market_reports import keys as market_reports_keys
from chalicelib.market_reports import store as market_reports_store
from chalicelib.market_reports.model import ReportView
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def publish(context: Context, number: int, body: str = "# Prices") -> str:
    report_id = f"rep_{number}"
    at = (Context(context.table, context.now + timedelta(minutes=number))).at
    text = ReportView(
        report_id=report_id, title="Prices", segment="lighting", summary="Down.", published_at=at, body=body
    )
    tx = Transaction()
    market_reports_store.create(tx, {"en": text, "ru": text}, published_by="mbr_1")
    context.table.commit(tx)
    return report_id


@measures(market_reports_keys.report, market_reports_keys.report_text)
def test_a_report_is_read_in_one_call_at_half_a_unit_for_4_kb(context: Context) -> None:
    short, long = publish(context, 1), publish(context, 2, "x" * 40_000)
    with spent(context.table.client) as cost:
        assert market_reports_store.read(context.table, short, "ru")
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)
    with spent(context.table.client) as cost:
        assert market_reports_store.read(context.table, long, "ru")
    assert (cost.calls, cost.read_units) == (["GetItem"], 5.0)


@measures(market_reports_keys.report, market_reports_keys.report_text)
def test_a_report_is_published_in_one_call(context: Context) -> None:
    with spent(context.table.client) as cost:
        publish(context, 1)
    assert cost.calls == ["TransactWriteItems"]
    assert cost.write_units == 3 * 2 + 1  # card and two texts, twice for the transaction; the card again in the list


@measures(market_reports_keys.report_list)
def test_a_page_of_the_list_costs_the_same_however_long_the_reports_are(context: Context) -> None:
    for number in range(30):
        publish(context, number, "x" * 10_000)
    with spent(context.table.client) as cost:
        page = market_reports_store.page(context.table, limit=25, after=None)
    assert [item["report_id"] for item in page.items[:2]] == ["rep_29", "rep_28"]
    assert len(page.items) == 25
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5


@measures(market_reports_keys.report_read)
def test_a_reading_is_one_write_and_readings_are_read_by_time(context: Context) -> None:
    report_id = publish(context, 1)
    with spent(context.table.client) as cost:
        market_reports_store.log_reading(context.table, report_id, "mbr_b", "2026-11-20T09:00:00.000Z")
    assert (cost.calls, cost.write_units) == (["PutItem"], 1)
    market_reports_store.log_reading(context.table, report_id, "mbr_a", "2026-11-20T09:00:01.000Z")
    with spent(context.table.client) as cost:
        found = context.table.query(market_reports_keys.report(report_id).pk, starts="READ#").items
    assert [item["member_id"] for item in found] == ["mbr_b", "mbr_a"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
