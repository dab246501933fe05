"""A wholesaler's real year: the lines in the lake are those of the raw file, and again after 500 documents were corrected, moved, recorded late
and voided; the night of those changes comes to the same as an export of all.
"""

import gzip
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib import sales
from chalicelib.datasets.refresh import keys
from chalicelib.platform.context import Context
from tests.analytics.raw_year import FILE, RawYear, change, documents_of
from tests.analytics.rollups.test_real_year import products_of, sums_of
from tests.datasets.test_refresh import delete
from tests.support.lake import Lake
from tests.support.public_data import data_file

COMPANIES = 100  # of 4,336; all of them in the slow test


def check(lake: Lake, raw: RawYear) -> int:
    """Compares every company, month and article; returns the number of lines."""
    month = "strftime(counts_on, '%Y-%m')"
    sums = f"SELECT company_id, {month}, sum(amount), sum(quantity), count(DISTINCT document) FROM sale_lines GROUP BY 1, 2"
    assert {row[:2]: row[2:] for row in lake.ask(sums)} == sums_of(raw)
    products = f"SELECT company_id, {month}, sku, sum(amount) FROM sale_lines GROUP BY 1, 2, 3"
    assert {row[:3]: row[3] for row in lake.ask(products)} == products_of(raw)
    [(lines,)] = lake.ask("SELECT count(*) FROM sale_lines")
    assert [(lines,)] == raw.rows("SELECT count(*) FROM lines")
    return int(lines)


def run(context: Context, lake: Lake, most: int | None) -> int:
    raw = RawYear(most)
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), most)
    sales.record(context, documents)
    lake.night(context)
    lines = check(lake, raw)
    change(context, raw, documents)
    lake.night(replace(context, now=context.now + timedelta(days=1)))
    check(lake, raw)
    by_changes = lake.whole()
    delete(context, keys.lake())
    lake.night(replace(context, now=context.now + timedelta(days=2)))
    assert [each["type"] for each in lake.exports.values()] == ["FULL_EXPORT", "INCREMENTAL_EXPORT", "FULL_EXPORT"]
    assert lake.whole() == by_changes
    return lines


def test_every_line_of_a_part_of_the_real_year_is_in_the_lake(quick: Context, lake: Lake) -> None:
    assert run(quick, lake, COMPANIES) > 10 * COMPANIES


@pytest.mark.slow
def test_every_line_of_the_real_year_is_in_the_lake(quick: Context, lake: Lake) -> None:
    assert run(quick, lake, None) > 300_000
