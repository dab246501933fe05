"""A wholesaler's real year: the lines in the lake are those of the raw file, and again after 500 documents were corrected, moved, recorded late
and voided; the night of those changes comes to the same as an export of all.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0).
"""

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib import sales
from chalicelib.datasets.refresh import keys
from chalicelib.platform.context import Context
from chalicelib.sales.rules import SaleDocument
from tests.analytics.rollups.test_real_year import FILE, Oracle, corrected, documents_of
from tests.datasets.test_refresh import delete
from tests.support.lake import Lake
from tests.support.public_data import data_file

COMPANIES = 100  # of 4,336; all of them in the slow test


def check(lake: Lake, documents: list[SaleDocument], folder: Path) -> int:
    """Compares every company, month and article; returns the number of lines."""
    oracle = Oracle(documents, folder)
    month = "strftime(counts_on, '%Y-%m')"
    sums = f"SELECT company_id, {month}, sum(amount), sum(quantity), count(DISTINCT document) FROM sale_lines GROUP BY 1, 2"
    found = lake.ask(sums)
    assert {row[:2]: row[2:] for row in found} == oracle.sums()
    products = f"SELECT company_id, {month}, sku, sum(amount) FROM sale_lines GROUP BY 1, 2, 3"
    assert {row[:3]: row[3] for row in lake.ask(products)} == oracle.products()
    [(lines,)] = lake.ask("SELECT count(*) FROM sale_lines")
    assert lines == sum(len(each.lines) for each in documents)
    return lines


def run(context: Context, lake: Lake, most: int | None, folder: Path) -> int:
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), most)
    sales.record(context, documents)
    lake.night(context)
    lines = check(lake, documents, folder)
    changed = corrected(documents, 500)
    sales.record(context, changed)
    voided = documents[:20]
    for each in voided:
        sales.void(context, each.ref, "not ours", "mbr_1", lambda tx: None)
    lake.night(replace(context, now=context.now + timedelta(days=1)))
    gone = {each.ref for each in voided}
    now = {each.ref: each for each in [*documents, *changed] if each.ref not in gone}
    check(lake, list(now.values()), folder)
    by_changes = lake.whole()
    delete(context, keys.lake())
    lake.night(replace(context, now=context.now + timedelta(days=2)))
    assert [each["type"] for each in lake.exports.values()] == ["FULL_EXPORT", "INCREMENTAL_EXPORT", "FULL_EXPORT"]
    assert lake.whole() == by_changes
    return lines


def test_every_line_of_a_part_of_the_real_year_is_in_the_lake(quick: Context, lake: Lake, tmp_path: Path) -> None:
    assert run(quick, lake, COMPANIES, tmp_path) > 10 * COMPANIES


@pytest.mark.slow
def test_every_line_of_the_real_year_is_in_the_lake(quick: Context, lake: Lake, tmp_path: Path) -> None:
    assert run(quick, lake, None, tmp_path) > 300_000
