"""A wholesaler's real year: each rollup equals what DuckDB says of the raw file, for every company and month, and again after 500 documents
were corrected, moved, recorded late and voided.
"""

from decimal import Decimal

import pytest

from chalicelib.analytics.rollups import service
from chalicelib.platform.context import Context
from tests.analytics import steps
from tests.analytics.raw_year import RawYear, figures_of_year
from tests.support.nights import Queue

COMPANIES = 400  # of 4,336, those with the smallest numbers; all of them in the slow test
Sums = dict[tuple[str, str], tuple[Decimal, Decimal, int]]  # net, units, documents by company and month
Products = dict[tuple[str, str, str], Decimal]


def sums_of(raw: RawYear) -> Sums:
    asked = "SELECT company, month, sum(amount), sum(quantity), count(DISTINCT document) FROM lines GROUP BY ALL"
    return {(company, month): (net, units, documents) for company, month, net, units, documents in raw.rows(asked)}


def products_of(raw: RawYear) -> Products:
    asked = "SELECT company, month, sku, sum(amount) FROM lines GROUP BY ALL"
    return {(company, month, sku): net for company, month, sku, net in raw.rows(asked)}


def told(context: Context, companies: set[str]) -> tuple[Sums, Products]:
    """The sums of the rollups."""
    sums: Sums = {}
    products: Products = {}
    for company in companies:
        steps.check_rows(context, company)
        for month, (each, rows) in steps.kept(context, company).items():
            for totals in each.totals.values():
                sums[company, f"{month:%Y-%m}"] = (totals.net, totals.units, totals.documents)
            for row in rows["GBP"]["product"]:
                products[company, f"{month:%Y-%m}", row.name] = row.net
    return sums, products


def check(context: Context, raw: RawYear) -> int:
    """Compares every company and month, and every article of each; returns the number of company-months."""
    assert service.send_stale(context) == 0
    expected = sums_of(raw)
    sums, products = told(context, {company for company, _ in expected})
    assert sums == expected
    assert products == products_of(raw)
    return len(sums)


def test_every_month_of_a_part_of_the_real_year_is_what_the_file_says(quick: Context, queue: Queue) -> None:
    before, _ = figures_of_year(quick, queue, COMPANIES, check)
    assert before > COMPANIES


@pytest.mark.slow
def test_every_company_and_month_of_the_real_year_is_what_the_file_says(quick: Context, queue: Queue) -> None:
    before, _ = figures_of_year(quick, queue, None, check)
    assert before > 10_000
