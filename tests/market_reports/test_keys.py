"""The calls and the capacity of the keys of reports, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.market_reports.publication import keys, service, store
from chalicelib.market_reports.publication.model import DraftFiles, ReportFile
from chalicelib.market_reports.publication.schemas import PublishForm, ReportContentForm
from chalicelib.market_reports.reading import keys as reading_keys
from chalicelib.market_reports.reading import store as reading_store
from chalicelib.market_reports.reading.model import Reading, Visit
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.market_reports.contents.samples import PDF
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def published(context: Context, number: int = 1, body: str = "# Prices") -> str:
    later = replace(context, now=context.now + timedelta(minutes=number))
    form = ReportContentForm(title="Prices", title_ru="Цены", segment="lighting", summary="Down.", body=body)
    report_id = service.draft(later, form, by="mbr_1").report_id
    service.publish(later, report_id, PublishForm(), by="mbr_1")
    return report_id


@measures(keys.report)
def test_a_report_is_read_in_one_call(context: Context) -> None:
    report_id = published(context)
    with spent(context.table.client) as cost:
        assert store.read(context.table, report_id)
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(keys.content, keys.text, keys.charts)
def test_a_version_is_read_with_one_text_in_one_call(context: Context) -> None:
    short, long = published(context, 1), published(context, 2, "x" * 40_000)
    for report_id, units in ((short, 3), (long, 12)):
        with spent(context.table.client) as cost:
            content, body = store.read_content(context.table, report_id, 1, ("ru",))
        assert content and list(body.texts) == ["ru"]
        assert (cost.calls, cost.read_units) == (["BatchGetItem"], units)


@measures(keys.draft_files)
def test_the_files_of_a_draft_are_one_item(context: Context) -> None:
    form = ReportContentForm(title="Prices", title_ru="Цены", segment="lighting", summary="Down.")
    report_id = service.draft(context, form, by="mbr_1").report_id
    files = tuple(ReportFile(f"rpf_{number}", f"{number}.pdf", PDF, "", "mbr_1", context.at) for number in range(20))
    tx = Transaction()
    store.begin_files(tx, report_id, 1, DraftFiles(files))
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        assert len(store.read_files(context.table, report_id, 1).files) == 20
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)


@measures(keys.report_list)
def test_the_list_of_all_reports_is_read_page_by_page(context: Context) -> None:
    for number in range(3):
        published(context, number)
    with spent(context.table.client) as cost:
        assert len(store.all_reports(context.table, limit=2, after=None).items) == 2
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(keys.published)
def test_a_page_of_the_list_costs_the_same_however_long_the_reports_are(context: Context) -> None:
    for number in range(30):
        published(context, number, "x" * 10_000)
    with spent(context.table.client) as cost:
        found, _ = reading_store.versions(context.table, "2026-11-21", 25, None)
    assert len(found) == 25
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1.5


@measures(reading_keys.reading, reading_keys.readers)
def test_a_reading_is_one_call_and_readings_are_read_by_time(context: Context) -> None:
    def read(member_id: str, at: str) -> None:
        reading_store.log(context, Reading("rep_1", 1, member_id, at, "cmp_1"), keep_days=1)

    read("mbr_b", "2026-11-20T09:00:00.000Z")
    with spent(context.table.client) as cost:
        read("mbr_a", "2026-11-20T09:00:01.000Z")
    assert (cost.calls, cost.write_units) == (
        ["TransactWriteItems"],
        5,
    )  # the log and the reader, twice; the list of readers
    with spent(context.table.client) as cost:
        found = reading_store.readings(context.table, "rep_1", limit=25, after=None).items
    assert [item["member_id"] for item in found] == ["mbr_a", "mbr_b"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
    with spent(context.table.client) as cost:
        assert len(list(reading_store.readers(context.table, "rep_1"))) == 2
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(reading_keys.reader, reading_keys.visit)
def test_what_a_member_read_and_their_visits_are_one_query(context: Context) -> None:
    reading_store.write_visit(context.table, "mbr_1", Visit(context.at))
    for number in range(20):
        reading_store.log(context, Reading(f"rep_{number}", 1, "mbr_1", context.at, "cmp_1"), keep_days=1)
    with spent(context.table.client) as cost:
        visit, found = reading_store.read_by(context.table, "mbr_1")
    assert (visit, len(found)) == (Visit(context.at), 20)
    assert (cost.calls, cost.read_units) == (["Query"], 1)
