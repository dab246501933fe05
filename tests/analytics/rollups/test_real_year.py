"""A wholesaler's real year: each rollup equals what DuckDB says of the raw file, for every company and month, and again after 500 documents
were corrected, moved, recorded late and voided.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0).
"""

import csv
import gzip
import random
from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from chalicelib import sales
from chalicelib.analytics.rollups import service
from chalicelib.analytics.rollups.rules import REST
from chalicelib.platform.context import Context
from chalicelib.sales.rules import SaleDocument, SaleLine
from tests.analytics import steps
from tests.support.nights import Queue
from tests.support.public_data import data_file

FILE = "online_retail_2009_12_to_2010_11.csv.gz"
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


class Oracle:
    """The documents' lines as a table of DuckDB, and what it says of them."""

    def __init__(self, documents: list[SaleDocument], folder: Path) -> None:
        file = folder / "lines.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["company", "document", "day", "sku", "quantity", "amount"])
            for each in documents:
                for line in each.lines:
                    writer.writerow(
                        [each.company_id, each.number, each.business_date, line.sku, line.quantity, line.amount]
                    )
        types = "{'company': 'VARCHAR', 'document': 'VARCHAR', 'day': 'DATE', 'sku': 'VARCHAR', 'quantity': 'DECIMAL(18,3)', 'amount': 'DECIMAL(18,2)'}"
        self._lines = f"read_csv('{file}', header = true, columns = {types})"

    def sums(self) -> Sums:
        asked = f"""
            SELECT company, strftime(day, '%Y-%m'), sum(amount), sum(quantity), count(DISTINCT document)
            FROM {self._lines} GROUP BY ALL
        """
        return {
            (company, month): (net, units, documents)
            for company, month, net, units, documents in duckdb.sql(asked).fetchall()
        }

    def products(self) -> Products:
        asked = f"SELECT company, strftime(day, '%Y-%m'), sku, sum(amount) FROM {self._lines} GROUP BY ALL"
        return {(company, month, sku): net for company, month, sku, net in duckdb.sql(asked).fetchall()}


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


def check(context: Context, documents: list[SaleDocument], folder: Path) -> int:
    """Compares every company and month, and every product that has a row of its own; returns the number of company-months."""
    oracle = Oracle(documents, folder)
    sums, products = told(context, {each.company_id for each in documents})
    assert sums == oracle.sums()
    expected = oracle.products()
    rest = {(company, month) for company, month, sku in products if sku == REST}
    for key, net in products.items():
        if key[2] != REST:
            assert expected.pop(key) == net, key
    assert {key[:2] for key in expected} == rest
    return len(sums)


def corrected(documents: list[SaleDocument], number: int) -> list[SaleDocument]:
    """So many of them with another sum, another day or another company; and as many late ones."""
    random_ = random.Random(20101130)
    companies = sorted({each.company_id for each in documents})
    changed = []
    for place in random_.sample(range(len(documents)), number):
        each = documents[place]
        kind = random_.randrange(4)
        if kind == 0:
            each = replace(each, lines=[*each.lines, SaleLine.of("LATE", "Late", Decimal(1), Decimal("12.34"))])
        elif kind == 1:
            each = replace(each, business_date=each.business_date - timedelta(days=random_.randrange(1, 60)))
        elif kind == 2:
            each = replace(each, company_id=random_.choice(companies))
        else:
            each = replace(each, number=f"{each.number}-late", business_date=each.business_date - timedelta(days=40))
        changed.append(each)
    return changed


def run(quick: Context, queue: Queue, most: int | None, folder: Path) -> int:
    text = gzip.decompress(data_file(FILE).read_bytes()).decode()
    documents = documents_of(text, most)
    sales.record(quick, documents)
    heard: set[str] = set()
    steps.deliver_all(quick, heard)
    steps.work_off(quick, queue)
    found = check(quick, documents, folder)
    changed = corrected(documents, 500)
    sales.record(quick, changed)
    voided = documents[:20]
    for each in voided:
        sales.void(quick, each.ref, "not ours", "mbr_1", lambda tx: None)
    steps.deliver_all(quick, heard)
    steps.work_off(quick, queue)
    now = {each.ref: each for each in [*documents, *changed]}
    check(quick, [each for ref, each in now.items() if ref not in {each.ref for each in voided}], folder)
    assert service.send_stale(quick) == 0
    return found


def test_every_month_of_a_part_of_the_real_year_is_what_the_file_says(
    quick: Context, queue: Queue, tmp_path: Path
) -> None:
    assert run(quick, queue, COMPANIES, tmp_path) > COMPANIES


@pytest.mark.slow
def test_every_company_and_month_of_the_real_year_is_what_the_file_says(
    quick: Context, queue: Queue, tmp_path: Path
) -> None:
    assert run(quick, queue, None, tmp_path) > 10_000
