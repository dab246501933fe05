"""Figures in calls and capacity at one and at ten years of history, the cost of a rollup and of a rebuild, and statements as files."""

import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.analytics.club import figures
from chalicelib.analytics.club import store as club_store
from chalicelib.analytics.club.rules import MOVES, ClubMonth, LargeCompany, Moved, Share
from chalicelib.analytics.company import service as company_service
from chalicelib.analytics.company.schemas import AnalyticsQuery
from chalicelib.analytics.rollups import service, store
from chalicelib.analytics.rollups.model import AnnouncedTier, Bonuses, Built, Month
from chalicelib.analytics.rollups.rules import Purchase, PurchasedLine, fold, plus
from chalicelib.platform import aws
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import read_beside
from chalicelib.platform.context import Context
from chalicelib.platform.files.tables import Column, Format, written
from chalicelib.platform.files.tables import Table as Sheet
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.key import company_partition
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.support import partners
from tests.support.spent import spent

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
YEARS = pytest.mark.parametrize("years", [1, 10])
ARTICLES = 120  # that a company buys in a month
OWNER = Principal("mbr_1", frozenset(), "mbr_1", kind="company", company_id="cmp_1")
DOCUMENTS, LINES = 1_000, 18


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@YEARS
def test_the_dashboard(context: Context, years: int) -> None:
    large = tuple(LargeCompany(f"cmp_{number:032x}", Decimal("123456.78")) for number in range(10))
    moves = {name: Moved(99, Decimal("-123456.78")) for name in MOVES}
    months = [
        ClubMonth(
            plus(NOVEMBER, -back), Decimal("98765432.10"), moves=moves, moves_of_year=moves, largest_of_year=large
        )
        for back in range(12 * years)
    ]
    splits = {"region": {f"RU-{number:03}": Share(Decimal("123456.78"), 9) for number in range(85)}}
    club_store.write_months(context.table, "RUB", months, club_store.Folded("fld_1", 1, context.at))
    club_store.write_splits(context.table, "RUB", {each.month: splits for each in months})  # type: ignore[dict-item, misc]
    with spent(context.table.client) as cost:
        figures.dashboard(context, "ru")
    report(f"dashboard, {years} years: calls, RCU", f"{len(cost.calls)}, {cost.read_units}", "6 calls")
    assert len(cost.calls) <= 6


@YEARS
@pytest.mark.parametrize("by", ["month", "product"])
def test_own_analytics(context: Context, years: int, by: Any) -> None:
    for back in range(12 * years):
        month = plus(NOVEMBER, -back)
        lines = tuple(
            PurchasedLine(
                f"LMP-{number:05}", f"Светильник {number}", "Луч", "lamps", Decimal(3), Decimal("1234.56"), {}
            )
            for number in range(ARTICLES)
        )
        rollup = fold([Purchase(month, month, False, "RUB", lines)])
        folded = Month("cmp_1", month, 1, 1, context.at, rollup.totals)
        store.write_month(context.table, folded)
        store.write_rows(context.table, folded, rollup.rows)
        balance = Bonuses(month, "RUB", back, *[Decimal("1000.00")] * 5)
        store.write_bonuses(context.table, "cmp_1", balance)
        tier = AnnouncedTier(month, context.at, "silver", "Silver", "Серебро", Decimal(5))
        store.write_tier(context.table, "cmp_1", tier)
    store.put_built(context.table, "cmp_1", Built(context.at, "RUB"))
    partners.partner(context, "cmp_1", "mbr_1")
    with spent(context.table.client) as cost:
        company_service.analytics(
            context, "cmp_1", AnalyticsQuery(by=by), "ru", read=partial(read_beside, context, OWNER, "company.read")
        )
    report(f"own analytics by {by}, {years} years: calls, RCU", f"{len(cost.calls)}, {cost.read_units}", "2 calls")
    assert len(cost.calls) <= 2


def documents(number: int) -> list[SaleDocument]:
    """Spread over a year, of eighteen lines each, as in a wholesaler's year."""
    return [
        SaleDocument(
            "1c", f"A-{each}", "cmp_1", NOVEMBER - timedelta(days=each * 360 // number), "RUB",
            [SaleLine.of(f"L-{line}", f"Lamp {line}", Decimal(2), Decimal("10.50")) for line in range(LINES)],
        )
        for each in range(number)
    ]  # fmt: skip


class NoQueue:
    def send_message_batch(self, **message: Any) -> dict[str, Any]:
        return {}


def test_a_rollup_and_a_rebuild(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "sqs", NoQueue)
    monkeypatch.setattr(service, "queue_url", lambda name: name)
    partners.company(context, "cmp_1")
    made = documents(DOCUMENTS)
    sales.record(context, made)
    partition = company_partition("cmp_1")
    bare, read_items = timed(lambda: sum(1 for _ in context.table.query_all(partition, consistent=True)))
    tracemalloc.start()
    seconds, _ = timed(lambda: service.build(context, "cmp_1"))
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    fast, _ = timed(lambda: service.build(context, "cmp_1"))
    rows = DOCUMENTS * LINES
    report(
        "rebuild of a company: lines a second, MB", f"{rows / fast:,.0f}, {peak:.1f}", f"{seconds:.2f} s while traced"
    )
    report("rebuild beside a bare read of its items", f"{fast / bare:.1f}x of {bare:.2f} s, {read_items} items")
    with spent(context.table.client) as cost:
        service.mark(context, "cmp_1", [OCTOBER])
        service.follow(context, "cmp_1", [OCTOBER])
    in_month = sum(OCTOBER <= each.business_date < NOVEMBER for each in made)
    report(
        "rollup after a document: calls, RCU, WCU",
        f"{len(cost.calls)}, {cost.read_units}, {cost.write_units}",
        f"a month of {in_month} documents of {LINES} lines, not counted the sale itself",
    )
    assert cost.write_units <= 10


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = act()
    return time.perf_counter() - start, found


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
@pytest.mark.parametrize("lines", [1_000, 10_000])
def test_a_statement_as_a_file(kind: Format, lines: int) -> None:
    def rows() -> Iterator[list[Any]]:
        for number in range(lines):
            yield [
                NOVEMBER,
                "Накладная",
                f"УТ-{number:06}",
                f"261120-{number:05}",
                Decimal("1234.50"),
                None,
                Decimal("1.00"),
            ]

    def sheet() -> Sheet:
        columns = [
            Column(name, 17, numeric=name in "ДКС") for name in ("Дата", "Документ", "Номер", "Заказ", "Д", "К", "С")
        ]
        return Sheet("Акт сверки", [("Компания", "ООО «Луч»")], columns, rows(), [], "Клуб", "ru")

    written(sheet(), kind)
    seconds, content = timed(lambda: written(sheet(), kind))
    tracemalloc.start()
    written(sheet(), kind)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    report(
        f"{kind} of {lines:,} lines: s, MB of memory, KB of file",
        f"{seconds:.2f}, {peak:.1f}, {len(content) / 1024:.0f}",
    )
    assert seconds < 28  # of a request
