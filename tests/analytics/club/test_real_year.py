"""A wholesaler's real year: each of the club's figures, and each company's own, equals what DuckDB says of the raw file, for every month; and again
after 500 documents were corrected, moved, recorded late and taken back."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from chalicelib.analytics.club import service
from chalicelib.analytics.club.rules import BACK, MOST_MOVED, ClubMonth, CompanyMonths, Fold, RowAsked, company_row
from chalicelib.analytics.company import service as own
from chalicelib.analytics.company.schemas import AnalyticsQuery
from chalicelib.analytics.promotions import service as promotions
from chalicelib.analytics.promotions.rules import Measured
from chalicelib.analytics.promotions.schemas import PromotionEffectsQuery
from chalicelib.analytics.rollups import purchases
from chalicelib.analytics.rollups import service as rollups
from chalicelib.analytics.rollups.rules import REST, plus
from chalicelib.campaigns.config import Campaigns
from chalicelib.catalog import Traits
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.pricing.rules import Bracket, Promotion, Selection
from chalicelib.table.client import Table
from tests.analytics.promotions.test_service import product
from tests.analytics.raw_year import NAMES, TOLD, RawYear, figures_of_year, member, tiers
from tests.support.figures import with_figures
from tests.support.nights import Queue

COMPANIES = 200
ASKED = 5_000  # companies behind the rows of a split in a month, at most
LAST = date(2010, 11, 1)
# Goods, first and last day, months of a season, the last day that is counted; and the same goods and days in SQL.
PROMOTIONS = [
    (Selection(brands=frozenset({"22"})), date(2010, 3, 1), date(2010, 5, 31), (), date(2010, 6, 30), "brand = '22'"),
    (Selection(), date(2010, 9, 15), date(2010, 12, 31), (), date(2010, 11, 19), "true"),
    (Selection(categories=frozenset({"A", "B", "1"})), date(2010, 4, 1), date(2010, 8, 31), (4, 6, 8), date(2010, 8, 20), "category IN ('A', 'B', '1')"),
    (Selection(brands=frozenset({"21"})), date(2010, 12, 1), date(2011, 2, 28), (), date(2011, 1, 10), "brand = '21'"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def goods(monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue that has every article."""

    def traits(table: Table, skus: Iterable[str]) -> dict[str, Traits]:
        return {sku: Traits(sku[:2], sku[-1:].upper()) for sku in skus if sku}

    def products(table: Table, skus: Iterable[str]) -> dict[str, Any]:
        return {sku: product(sku)._replace(brand=sku[:2], category=sku[-1:].upper()) for sku in skus}

    monkeypatch.setattr(purchases.catalog, "read_traits", traits)
    monkeypatch.setattr(promotions.catalog, "read_products", products)


def companies_of(context: Context, raw: RawYear) -> list[CompanyMonths]:
    """The companies as the fold takes them, from their rollups."""
    found = []
    for (company_id,) in raw.rows("SELECT DISTINCT company FROM lines ORDER BY 1"):
        for day, code in tiers(company_id):
            tier = {"code": code, "name": code, "name_ru": code, "discount_percent": Decimal(3)}
            told = {"company_id": company_id, "day": day.isoformat(), "at": context.at, "tier": tier}
            rollups.note_tier(context, told)
        for currency, *row in service._rows(context, member(company_id), LAST):
            assert currency == "GBP"
            found.append(service._company(row))
    return found


def test_every_figure_is_what_the_raw_file_says_and_again_after_500_corrections(quick: Context, queue: Queue) -> None:
    run(quick, queue, COMPANIES)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_every_figure_of_every_company_is_what_the_raw_file_says_and_again_after_500_corrections(
    quick: Context, queue: Queue
) -> None:
    run(quick, queue, None)


def run(context: Context, queue: Queue, companies: int | None) -> None:
    """Compares every figure with the raw year; and again after 500 corrections."""
    before, after = figures_of_year(context, queue, companies, check)
    assert len(before) == 12
    assert len(after) >= 12
    assert after != before


def check(context: Context, raw: RawYear) -> dict[str, ClubMonth]:
    """Compares every figure of the club and of each company; returns the club's months."""
    companies = companies_of(context, raw)
    fold = Fold(LAST)
    for each in companies:
        fold.add(each)
    months = {f"{each.month:%Y-%m}": each for each in fold.months()}
    check_sums(raw, months)
    check_moves(raw, months)
    check_bridges(raw, fold)
    check_moved(raw, fold)
    check_recent(raw, months)
    check_splits(raw, fold)
    check_cohorts(raw, fold)
    check_wallet(raw, months)
    check_companies(companies, fold)
    check_own(context, raw)
    check_promotions(context, raw)
    return months


def check_own(context: Context, raw: RawYear) -> None:
    """Each company's own analytics of the year, by month, quarter, brand, category and article."""
    by: Any
    for by, column in (*((name, name) for name in ("month", "quarter", "brand", "category")), ("product", "sku")):
        told = raw.rows(f"""
            SELECT company, {column}, sum(amount), sum(quantity), count(DISTINCT document)
            FROM lines WHERE month BETWEEN '2009-12' AND '2010-11' GROUP BY 1, 2
        """)
        companies = sorted({row[0] for row in told})
        query = AnalyticsQuery.model_validate({"from": "2009-12", "to": "2010-11", "by": by, "currency": "GBP"})
        found = {
            (company, row.name, row.net.amount, row.units, row.documents)
            for company in companies
            for row in own.analytics(context, company, query, "en").rows
            if row.documents
        }
        assert found == {tuple(row) for row in told}, by


def check_promotions(context: Context, raw: RawYear) -> None:
    """The sales of promoted goods beside the weeks and the year before, and the companies told of them beside those held out of letters."""
    pounds, letters = with_figures(context, Club, currency="GBP"), context.config[Campaigns]
    several = [
        Measured(
            Promotion(
                f"prm_{number}", "x", "x", goods, (Bracket(1, Decimal(10)),), first, last, months=frozenset(months)
            ),
            until,
        )
        for number, (goods, first, last, months, until, _) in enumerate(PROMOTIONS)
    ]
    companies = [company for (company,) in raw.rows("SELECT DISTINCT company FROM lines")]
    rows = [row for company in companies for row in promotions.rows_of(pounds, company, several)]
    promotions.write(pounds, several, rows, context.at)
    query = PromotionEffectsQuery.model_validate({"from": "2010-01", "to": "2011-12"})
    found = {row.promotion_id: row for row in promotions.show(pounds, query, "en").rows}
    for number, (_, first, last, months, until, goods) in enumerate(PROMOTIONS):
        row = found[f"prm_{number}"]
        season = f"month(day) IN {months}" if months else "true"
        [said] = raw.rows(f"""
            WITH sums AS (
                SELECT company,
                    ('0x' || left(sha256('{letters.holdout_salt}' || chr(31) || company), 16))::UBIGINT % 10000 < {letters.holdout_percent} * 100 AS held,
                    coalesce(sum(amount) FILTER ({goods} AND {season} AND day BETWEEN '{first}' AND least('{last}'::DATE, '{until}')), 0) AS during,
                    coalesce(sum(amount) FILTER ({goods} AND day >= '{first}'::DATE - 56 AND day < '{first}'), 0) AS before,
                    coalesce(sum(amount) FILTER ({goods} AND {season} AND day BETWEEN '{first}'::DATE - INTERVAL 1 YEAR
                        AND least('{last}'::DATE, '{until}') - INTERVAL 1 YEAR), 0) AS year_before
                FROM lines GROUP BY ALL
            ), ran AS (
                SELECT count(*) AS days FROM (SELECT unnest(range('{first}'::DATE, least('{last}'::DATE, '{until}') + 1, INTERVAL 1 DAY)) AS day) WHERE {season}
            )
            SELECT sum(during), round(sum(before) * any_value(days) / 56, 2), sum(year_before), any_value(days), count(*) FILTER (held),
                avg(during) FILTER (NOT held) - avg(during) FILTER (held)
                    - coalesce(regr_slope(during, before), 0) * (avg(before) FILTER (NOT held) - avg(before) FILTER (held))
            FROM sums, ran
        """)
        net, expected, year_before, days, held, difference = said
        assert (row.net, row.year_before, row.days, row.held_out) == (net, year_before, days, held), row
        assert float(row.expected) == pytest.approx(float(expected), abs=0.006)
        assert (row.basis, float(row.difference or 0)) == ("hold_out", pytest.approx(difference, abs=0.006))
        assert net + year_before


def check_wallet(raw: RawYear, months: dict[str, ClubMonth]) -> None:
    """From its first month on, a company that told its yearly total counts with its purchases of a year."""
    for name, month in months.items():
        began = f"{plus(month.month, -11):%Y-%m}"
        told = raw.rows(f"""
            SELECT count(*), sum(net), sum(company::INT % {TOLD} * 1000) FROM (
                SELECT company, coalesce(sum(net) FILTER (month >= '{began}'), 0) AS net FROM months
                WHERE month <= '{name}' AND company::INT % {TOLD} > 0 GROUP BY 1
            )
        """)
        assert [tuple(month.wallet)] == told, name


def check_companies(companies: list[CompanyMonths], fold: Fold) -> None:
    """The companies behind each row of each month add up to it; of all companies in some rows, since each row asks each of them."""
    for month, splits in fold.splits().items():
        for split, shares in splits.items():
            own = {month: shares.keys() - {REST}}
            every = 1 + len(companies) * len(shares) // ASKED
            for name, share in sorted(shares.items())[::every]:
                asked = RowAsked(month, month, split, name, own_names=own)
                rows = [row for each in companies if (row := company_row(each, asked, idle=False))]
                assert sum(row.net for row in rows) == share.net, (month, split, name)


def check_sums(raw: RawYear, months: dict[str, ClubMonth]) -> None:
    told = raw.asked("SELECT month, sum(net), sum(orders), count(*) FILTER (net > 0) FROM months GROUP BY 1")
    assert {name: (each.net, each.orders, each.active) for name, each in months.items()} == told
    largest = raw.asked(
        """
        SELECT month, sum(net) FROM (
            SELECT month, net, row_number() OVER (PARTITION BY month ORDER BY net DESC) AS place FROM months WHERE net > 0
        ) WHERE place <= 10 GROUP BY 1
        """,
    )
    assert {name: each.largest for name, each in months.items()} == largest
    year = "FROM months WHERE month BETWEEN '2009-12' AND '2010-11'"
    of_year = raw.rows(f"SELECT company, sum(net) AS net {year} GROUP BY 1 ORDER BY 2 DESC LIMIT 10")
    november = months["2010-11"]
    assert [(each.company_id, each.net) for each in november.largest_of_year] == of_year
    assert [(november.net_of_year,)] == raw.rows(f"SELECT sum(net) {year}")


def check_moves(raw: RawYear, months: dict[str, ClubMonth]) -> None:
    for before, now in pairwise(sorted(months)):
        told = raw.asked(
            f"""
            WITH two AS (
                SELECT company, coalesce(sum(net) FILTER (month = '{before}'), 0) AS earlier,
                    coalesce(sum(net) FILTER (month = '{now}'), 0) AS later,
                    bool_or(month < '{before}' AND net > 0) AS bought FROM months GROUP BY 1
            )
            SELECT CASE
                WHEN earlier > 0 AND later <= 0 THEN 'lost' WHEN earlier <= 0 AND later > 0 THEN if(bought, 'won_back', 'new')
                WHEN later > earlier THEN 'grown' WHEN later < earlier THEN 'shrunk' ELSE 'kept' END,
                count(*), sum(later - earlier) FROM two WHERE earlier != 0 OR later != 0 GROUP BY 1
            """,
        )
        assert {name: tuple(each) for name, each in months[now].moves.items()} == told, now
        known = f"SELECT 1, count(DISTINCT company) FROM months WHERE month < '{now}' AND net > 0"
        assert raw.asked(known) == {1: months[now].known}


def check_bridges(raw: RawYear, fold: Fold) -> None:
    """The moves under each name of each split, against the month before and the year before."""
    for (split, month), bridges in fold.bridges().items():
        if split not in NAMES:
            continue
        for against, back in BACK.items():
            now, before = f"{month:%Y-%m}", f"{plus(month, -back):%Y-%m}"
            told = raw.rows(f"""
                WITH two AS (
                    SELECT {split} AS name, company, coalesce(sum(amount) FILTER (month = '{before}'), 0) AS earlier,
                        coalesce(sum(amount) FILTER (month = '{now}'), 0) AS later FROM lines GROUP BY ALL
                ), bought AS (
                    SELECT name, company, min(month) AS first FROM (
                        SELECT {split} AS name, company, month FROM lines GROUP BY ALL HAVING sum(amount) > 0
                    ) GROUP BY ALL
                )
                SELECT name, CASE
                    WHEN earlier > 0 AND later <= 0 THEN 'lost'
                    WHEN earlier <= 0 AND later > 0 THEN if(first < '{before}', 'won_back', 'new')
                    WHEN later > earlier THEN 'grown' WHEN later < earlier THEN 'shrunk' ELSE 'kept' END,
                    count(*), sum(later - earlier) FROM two LEFT JOIN bought USING (name, company)
                WHERE earlier != 0 OR later != 0 GROUP BY 1, 2
            """)
            found = {
                (name, move, *moved)
                for name, bridge in bridges.get(against, {}).items()
                for move, moved in bridge.moves.items()
            }
            assert found == set(told), (split, now, against)


def check_moved(raw: RawYear, fold: Fold) -> None:
    """The companies that left in a month, the largest first."""
    for month, moved in fold.moved().items():
        now, before = f"{month:%Y-%m}", f"{plus(month, -1):%Y-%m}"
        lost = raw.rows(f"""
            SELECT earlier, later FROM (
                SELECT company, coalesce(sum(net) FILTER (month = '{before}'), 0) AS earlier,
                    coalesce(sum(net) FILTER (month = '{now}'), 0) AS later FROM months GROUP BY 1
            ) WHERE earlier > 0 AND later <= 0 ORDER BY earlier - later DESC LIMIT {MOST_MOVED}
        """)
        named = moved.get("month", {}).get("lost", ())
        assert [each.before - each.net for each in named] == [earlier - later for earlier, later in lost], now


def check_recent(raw: RawYear, months: dict[str, ClubMonth]) -> None:
    names = sorted(months)
    for place, name in enumerate(names):
        first = names[max(0, place - 2)]
        between = f"month BETWEEN '{first}' AND '{name}'"
        repeat = f"SELECT count(*) FILTER (orders > 1), count(*) FROM (SELECT sum(orders) AS orders FROM months WHERE {between} GROUP BY company HAVING sum(orders) > 0)"
        assert raw.rows(repeat) == [tuple(months[name].repeat)], name
        cross = f"""
            SELECT count(*) FILTER (categories > 1), count(*) FROM (
                SELECT company, count(DISTINCT category) AS categories FROM (
                    SELECT company, month, category FROM lines WHERE {between} AND category != '' GROUP BY ALL HAVING sum(amount) > 0
                ) GROUP BY company
            )
        """
        assert raw.rows(cross) == [tuple(months[name].cross)], name


def check_splits(raw: RawYear, fold: Fold) -> None:
    for split in NAMES:
        told = raw.rows(f"""
            SELECT month, {split}, sum(net), count(*) FILTER (net > 0) FROM (
                SELECT month, {split}, company, sum(amount) AS net FROM lines GROUP BY ALL HAVING sum(amount) != 0
            ) GROUP BY 1, 2
        """)
        found = {
            (f"{month:%Y-%m}", name): tuple(share)
            for month, splits in fold.splits().items()
            for name, share in splits[split].items()  # type: ignore[index]
        }
        assert found == {(month, name): (net, companies) for month, name, net, companies in told}


def check_cohorts(raw: RawYear, fold: Fold) -> None:
    told = raw.rows("""
        WITH first AS (
            SELECT company, min(month) AS month FROM months WHERE net > 0 GROUP BY 1
        ), quarters AS (
            SELECT company, quarter, sum(amount) AS net FROM lines GROUP BY ALL
        )
        SELECT (left(first.month, 4) || '-Q' || ((month(strptime(first.month, '%Y-%m')) + 2) // 3)::INT), quarter, sum(net), count(*) FILTER (net > 0)
        FROM first JOIN quarters USING (company) GROUP BY 1, 2
    """)
    found = {
        (each.quarter, quarter): tuple(share) for each in fold.cohorts() for quarter, share in each.quarters.items()
    }
    assert found == {(cohort, quarter): (net, companies) for cohort, quarter, net, companies in told}
    assert len(found) > 10
