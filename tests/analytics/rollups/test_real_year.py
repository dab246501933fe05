"""A wholesaler's real year: each rollup equals what DuckDB says of the raw file, for every company and month, and again after 500 documents
were corrected, moved, recorded late and voided.
"""

import csv
import gzip
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from chalicelib import sales
from chalicelib.analytics.rollups import service
from chalicelib.platform.context import Context
from chalicelib.sales.rules import SaleDocument, SaleLine
from tests.analytics import steps
from tests.analytics.raw_year import FILE, RawYear
from tests.support.nights import Queue
from tests.support.public_data import data_file

COMPANIES = 400  # of 4,336, those with the smallest numbers; all of them in the slow test
Sums = dict[tuple[str, str], tuple[Decimal, Decimal, int]]  # net, units, documents by company and month
Products = dict[tuple[str, str, str], Decimal]


def documents_of(text: str, most: int | None) -> list[SaleDocument]:
    """The file's documents; a cancellation is a return without its original's number."""
    lines: dict[tuple[str, str, date], list[SaleLine]] = defaultdict(list)
    for row in csv.DictReader(text.splitlines()):
        document = (row["customer_id"], row["invoice"], date.fromisoformat(row["date"]))
        lines[document].append(SaleLine.of(row["sku"], row["name"], Decimal(row["qty"]), Decimal(row["price"])))
    chosen = set(sorted({customer for customer, _, _ in lines})[:most])
    return [
        SaleDocument("uk", number, customer, day, "GBP", found, kind="return" if number.startswith("C") else "sale")
        for (customer, number, day), found in lines.items()
        if customer in chosen
    ]


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
    expected = sums_of(raw)
    sums, products = told(context, {company for company, _ in expected})
    assert sums == expected
    assert products == products_of(raw)
    return len(sums)


def corrected(documents: list[SaleDocument], number: int) -> list[tuple[SaleDocument, SaleDocument]]:
    """So many of them, and each with another sum, another day or another company, or as a late copy under another number."""
    random_ = random.Random(20101130)
    companies = sorted({each.company_id for each in documents})
    changed = []
    for place in random_.sample(range(len(documents)), number):
        before = after = documents[place]
        kind = random_.randrange(4)
        if kind == 0:
            after = replace(before, lines=[*before.lines, SaleLine.of("LATE", "Late", Decimal(1), Decimal("12.34"))])
        elif kind == 1:
            after = replace(before, business_date=before.business_date - timedelta(days=random_.randrange(1, 60)))
        elif kind == 2:
            after = replace(before, company_id=random_.choice(companies))
        else:
            day = before.business_date - timedelta(days=40)
            after = replace(before, number=f"{before.number}-late", business_date=day)
        changed.append((before, after))
    return changed


def change(context: Context, raw: RawYear, documents: list[SaleDocument]) -> None:
    """Corrects 500 of the documents and takes 20 back, in the club and in the raw year."""
    changes = corrected(documents, 500)
    sales.record(context, [after for _, after in changes])
    for before, after in changes:
        raw.change(before, after)
    for each in documents[:20]:
        sales.void(context, each.ref, "not ours", "mbr_1", lambda tx: None)
    raw.take_back(documents[:20])


def run(quick: Context, queue: Queue, most: int | None) -> int:
    raw = RawYear(most)
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), most)
    sales.record(quick, documents)
    heard: set[str] = set()
    steps.deliver_all(quick, heard)
    steps.work_off(quick, queue)
    found = check(quick, raw)
    change(quick, raw, documents)
    steps.deliver_all(quick, heard)
    steps.work_off(quick, queue)
    check(quick, raw)
    assert service.send_stale(quick) == 0
    return found


def test_every_month_of_a_part_of_the_real_year_is_what_the_file_says(quick: Context, queue: Queue) -> None:
    assert run(quick, queue, COMPANIES) > COMPANIES


@pytest.mark.slow
def test_every_company_and_month_of_the_real_year_is_what_the_file_says(quick: Context, queue: Queue) -> None:
    assert run(quick, queue, None) > 10_000
