"""A wholesaler's real year: each of the club's figures equals what DuckDB says of the raw file, for every month.

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
from chalicelib.analytics.rollups import purchases
from chalicelib.analytics.rollups.service import build
from chalicelib.platform.context import Context
from tests.analytics.rollups.test_real_year import FILE, Oracle, documents_of
from tests.support.nights import Queue
from tests.support.public_data import data_file

COMPANIES = 300
LAST = date(2010, 11, 1)


class Product:
    def __init__(self, sku: str) -> None:
        self.brand, self.category = sku[:2], sku[-1:].upper()


@pytest.fixture
def club(
    quick: Context, queue: Queue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Fold, duckdb.DuckDBPyConnection]:
    """The fold of the first companies of the file, and a connection with their lines as the table `lines`."""

    def products(context: Context, skus: Iterable[str]) -> dict[str, Product]:
        return {sku: Product(sku) for sku in skus if sku}

    monkeypatch.setattr(purchases, "_products", products)
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), COMPANIES)
    sales.record(quick, documents)
    fold = Fold(LAST)
    for company_id in sorted({each.company_id for each in documents}):
        build(quick, company_id)
        for currency, *row in service._rows(quick, [company_id, "", "", "", "GBP", 0], LAST):
            assert currency == "GBP"
            fold.add(service._company(row))
    connection = duckdb.connect()
    connection.sql(f"""
        CREATE TABLE lines AS SELECT *, strftime(day, '%Y-%m') AS month, document LIKE 'C%' AS is_return,
            year(day) || '-Q' || quarter(day) AS quarter, left(sku, 2) AS brand, upper(right(sku, 1)) AS category
        FROM {Oracle(documents, tmp_path)._lines}
    """)
    connection.sql("""
        CREATE TABLE months AS SELECT company, month, sum(amount) AS net,
            count(DISTINCT document) FILTER (NOT is_return) AS orders FROM lines GROUP BY ALL
    """)
    return fold, connection


def asked(connection: duckdb.DuckDBPyConnection, question: str) -> dict[Any, Any]:
    """The rows by their first column; of rows of two columns, the second."""
    found = connection.sql(question).fetchall()
    return {row[0]: row[1] if len(row) == 2 else row[1:] for row in found}


def test_the_clubs_figures_are_what_the_raw_file_says(club: tuple[Fold, duckdb.DuckDBPyConnection]) -> None:
    fold, connection = club
    months = {f"{each.month:%Y-%m}": each for each in fold.months()}
    assert len(months) == 12
    check_sums(connection, months)
    check_moves(connection, months)
    check_recent(connection, months)
    check_splits(connection, fold)
    check_cohorts(connection, fold)


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
    of_year = connection.sql(
        "SELECT company, sum(net) AS net FROM months GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
    ).fetchall()
    november = months["2010-11"]
    assert [(each.company_id, each.net) for each in november.largest_of_year] == of_year
    assert [(november.net_of_year,)] == connection.sql("SELECT sum(net) FROM months").fetchall()


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
