"""A wholesaler's real year: each of the club's figures, and each company's own, equals what DuckDB says of the raw file, for every month; and again
after 500 documents were corrected, moved, recorded late and taken back.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0). The file has no brands and no categories: the test gives an
article a brand by its first two figures and a category by its last one, to the catalogue and to DuckDB alike.
"""

import gzip
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chalicelib import sales
from chalicelib.analytics.club import service
from chalicelib.analytics.club.rules import ClubMonth, Fold
from chalicelib.analytics.company import service as own
from chalicelib.analytics.company.schemas import AnalyticsQuery
from chalicelib.analytics.rollups import purchases
from chalicelib.platform.context import Context
from chalicelib.sales.rules import SaleDocument
from tests.analytics import steps
from tests.analytics.rollups.test_real_year import FILE, Oracle, corrected, documents_of
from tests.support.nights import Queue
from tests.support.public_data import data_file

COMPANIES = 300
LAST = date(2010, 11, 1)


class Product:
    def __init__(self, sku: str) -> None:
        self.brand, self.category = sku[:2], sku[-1:].upper()


@pytest.fixture
def year(quick: Context, queue: Queue, monkeypatch: pytest.MonkeyPatch) -> list[SaleDocument]:
    """The documents of the first companies of the file, recorded and folded."""

    def products(context: Context, skus: Iterable[str]) -> dict[str, Product]:
        return {sku: Product(sku) for sku in skus if sku}

    monkeypatch.setattr(purchases, "_products", products)
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), COMPANIES)
    sales.record(quick, documents)
    steps.deliver_all(quick)
    steps.work_off(quick, queue)
    return documents


def fold_of(context: Context, documents: Iterable[SaleDocument]) -> Fold:
    """The fold of these documents' companies, from their rollups."""
    fold = Fold(LAST)
    for company_id in sorted({each.company_id for each in documents}):
        for currency, *row in service._rows(context, [company_id, "", "", "", "GBP", 0], LAST):
            assert currency == "GBP"
            fold.add(service._company(row))
    return fold


def connection_of(documents: list[SaleDocument], folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the documents' lines as the table `lines`."""
    connection = duckdb.connect()
    connection.sql(f"""
        CREATE TABLE lines AS SELECT *, strftime(day, '%Y-%m') AS month, document LIKE 'C%' AS is_return,
            year(day) || '-Q' || quarter(day) AS quarter, left(sku, 2) AS brand, upper(right(sku, 1)) AS category
        FROM {Oracle(documents, folder)._lines}
    """)
    connection.sql("""
        CREATE TABLE months AS SELECT company, month, sum(amount) AS net,
            count(DISTINCT document) FILTER (NOT is_return) AS orders FROM lines GROUP BY ALL
    """)
    return connection


def asked(connection: duckdb.DuckDBPyConnection, question: str) -> dict[Any, Any]:
    """The rows by their first column; of rows of two columns, the second."""
    found = connection.sql(question).fetchall()
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in found}


def test_every_figure_is_what_the_raw_file_says_and_again_after_500_corrections(
    quick: Context, queue: Queue, year: list[SaleDocument], tmp_path: Path
) -> None:
    assert len(check(quick, year, tmp_path)) == 12
    changed = corrected(year, 500)
    sales.record(quick, changed)
    taken_back = {each.ref for each in year[:20]}
    for ref in sorted(taken_back):
        sales.void(quick, ref, "not ours", "mbr_1", lambda tx: None)
    steps.deliver_all(quick)
    steps.work_off(quick, queue)
    now = {each.ref: each for each in [*year, *changed]}
    left = [each for ref, each in now.items() if ref not in taken_back]
    assert left != year
    assert len(check(quick, left, tmp_path)) >= 12


def check(context: Context, documents: list[SaleDocument], folder: Path) -> dict[str, ClubMonth]:
    """Compares every figure of the club and of each company; returns the club's months."""
    fold, connection = fold_of(context, documents), connection_of(documents, folder)
    months = {f"{each.month:%Y-%m}": each for each in fold.months()}
    check_sums(connection, months)
    check_moves(connection, months)
    check_recent(connection, months)
    check_splits(connection, fold)
    check_cohorts(connection, fold)
    check_own(context, connection)
    return months


def check_own(context: Context, connection: duckdb.DuckDBPyConnection) -> None:
    """Each company's own analytics of the year, by month, quarter, brand and category."""
    by: Any
    for by, column in (("month", "month"), ("quarter", "quarter"), ("brand", "brand"), ("category", "category")):
        told = connection.sql(f"""
            SELECT company, {column}, sum(amount), sum(quantity), count(DISTINCT document)
            FROM lines WHERE month BETWEEN '2009-12' AND '2010-11' GROUP BY 1, 2
        """).fetchall()
        companies = sorted({row[0] for row in told})
        query = AnalyticsQuery.model_validate({"from": "2009-12", "to": "2010-11", "by": by, "currency": "GBP"})
        found = {
            (company, row.name, row.net.amount, row.units, row.documents)
            for company in companies
            for row in own.analytics(context, company, query, "en").rows
            if row.documents
        }
        assert found == {tuple(row) for row in told}, by


def check_sums(connection: duckdb.DuckDBPyConnection, months: dict[str, ClubMonth]) -> None:
    told = asked(connection, "SELECT month, sum(net), sum(orders), count(*) FILTER (net > 0) FROM months GROUP BY 1")
    assert {name: (each.net, each.orders, each.active) for name, each in months.items()} == told
    largest = asked(
        connection,
        """
        SELECT month, sum(net) FROM (
            SELECT month, net, row_number() OVER (PARTITION BY month ORDER BY net DESC) AS place FROM months WHERE net > 0
        ) WHERE place <= 10 GROUP BY 1
        """,
    )
    assert {name: each.largest for name, each in months.items()} == largest
    year = "FROM months WHERE month BETWEEN '2009-12' AND '2010-11'"
    of_year = connection.sql(f"SELECT company, sum(net) AS net {year} GROUP BY 1 ORDER BY 2 DESC LIMIT 10").fetchall()
    november = months["2010-11"]
    assert [(each.company_id, each.net) for each in november.largest_of_year] == of_year
    assert [(november.net_of_year,)] == connection.sql(f"SELECT sum(net) {year}").fetchall()


def check_moves(connection: duckdb.DuckDBPyConnection, months: dict[str, ClubMonth]) -> None:
    for before, now in pairwise(sorted(months)):
        told = asked(
            connection,
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
        assert asked(connection, known) == {1: months[now].known}


def check_recent(connection: duckdb.DuckDBPyConnection, months: dict[str, ClubMonth]) -> None:
    names = sorted(months)
    for place, name in enumerate(names):
        first = names[max(0, place - 2)]
        between = f"month BETWEEN '{first}' AND '{name}'"
        repeat = f"SELECT count(*) FILTER (orders > 1), count(*) FROM (SELECT sum(orders) AS orders FROM months WHERE {between} GROUP BY company HAVING sum(orders) > 0)"
        assert connection.sql(repeat).fetchall() == [tuple(months[name].repeat)], name
        cross = f"""
            SELECT count(*) FILTER (categories > 1), count(*) FROM (
                SELECT company, count(DISTINCT category) AS categories FROM (
                    SELECT company, month, category FROM lines WHERE {between} AND category != '' GROUP BY ALL HAVING sum(amount) > 0
                ) GROUP BY company
            )
        """
        assert connection.sql(cross).fetchall() == [tuple(months[name].cross)], name


def check_splits(connection: duckdb.DuckDBPyConnection, fold: Fold) -> None:
    for split in ("brand", "category"):
        told = connection.sql(f"""
            SELECT month, {split}, sum(net), count(*) FILTER (net > 0) FROM (
                SELECT month, {split}, company, sum(amount) AS net FROM lines GROUP BY ALL HAVING sum(amount) != 0
            ) GROUP BY 1, 2
        """).fetchall()
        found = {
            (f"{month:%Y-%m}", name): tuple(share)
            for month, splits in fold.splits().items()
            for name, share in splits[split].items()  # type: ignore[index]
        }
        assert found == {(month, name): (net, companies) for month, name, net, companies in told}


def check_cohorts(connection: duckdb.DuckDBPyConnection, fold: Fold) -> None:
    told = connection.sql("""
        WITH first AS (
            SELECT company, min(month) AS month FROM months WHERE net > 0 GROUP BY 1
        ), quarters AS (
            SELECT company, quarter, sum(amount) AS net FROM lines GROUP BY ALL
        )
        SELECT (left(first.month, 4) || '-Q' || ((month(strptime(first.month, '%Y-%m')) + 2) // 3)::INT), quarter, sum(net), count(*) FILTER (net > 0)
        FROM first JOIN quarters USING (company) GROUP BY 1, 2
    """).fetchall()
    found = {
        (each.quarter, quarter): tuple(share) for each in fold.cohorts() for quarter, share in each.quarters.items()
    }
    assert found == {(cohort, quarter): (net, companies) for cohort, quarter, net, companies in told}
    assert len(found) > 10
