"""A wholesaler's raw year in DuckDB, and changes of it in SQL: an account of the same documents that shares no code with the product.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0). The file has no brands, categories, regions, managers and
distributors: an article has a brand by its first two figures and a category by its last one, a company the others, its tiers and its yearly
total by its number, to the product and to DuckDB alike.
"""

import csv
import gzip
import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, TypeVar

import duckdb

from chalicelib import sales
from chalicelib.platform.context import Context
from chalicelib.sales.rules import SaleDocument, SaleLine
from tests.analytics import steps
from tests.support.nights import Queue
from tests.support.public_data import data_file

Figures = TypeVar("Figures")

FILE = "online_retail_2009_12_to_2010_11.csv.gz"
REGIONS, MANAGERS, DISTRIBUTORS = 7, 5, 3
TOLD, TIERED = 4, 3  # of each so many companies, those that do not tell their yearly total, and those that have tiers
NAMES = {
    "region": f"'R' || company::INT % {REGIONS}",
    "manager": f"'M' || company::INT % {MANAGERS}",
    "distributor": f"'D' || company::INT % {DISTRIBUTORS}",
    "brand": "left(sku, 2)",
    "category": "upper(right(sku, 1))",
    "tier": f"""CASE WHEN company::INT % {TIERED} > 0 OR day < '2010-03-01' THEN '' WHEN day < '2010-07-01' THEN 'silver' ELSE 'gold' END""",
}


def member(company_id: str) -> list[Any]:
    """The company as the club's fold takes it: id, region, manager, distributor, currency, yearly total."""
    number = int(company_id)
    apart = [f"R{number % REGIONS}", f"M{number % MANAGERS}", f"D{number % DISTRIBUTORS}"]
    return [company_id, *apart, "GBP", number % TOLD * 1000]


def tiers(company_id: str) -> list[tuple[date, str]]:
    """The days from which the company has a tier: one in three has silver and then gold."""
    return [(date(2010, 3, 31), "silver"), (date(2010, 7, 1), "gold")] if int(company_id) % TIERED == 0 else []


class RawYear:
    """The lines of the file's first companies: `lines` as they are now, and `months`, their sums by company and month."""

    def __init__(self, companies: int | None) -> None:
        self._connection = duckdb.connect()
        chosen = f"LIMIT {companies}" if companies else ""
        self._connection.sql(f"""
            CREATE TABLE facts AS
            SELECT customer_id AS company, invoice AS document, date AS day, sku, qty AS quantity, round(qty * price, 2)::DECIMAL(18, 2) AS amount
            FROM read_csv('{data_file(FILE)}', header = true, columns = {{
                'invoice': 'VARCHAR', 'date': 'DATE', 'customer_id': 'VARCHAR', 'sku': 'VARCHAR', 'name': 'VARCHAR',
                'qty': 'DECIMAL(12,3)', 'price': 'DECIMAL(12,4)', 'country': 'VARCHAR', 'is_cancel': 'VARCHAR'
            }})
            WHERE customer_id IN (
                SELECT DISTINCT customer_id FROM read_csv('{data_file(FILE)}', header = true, all_varchar = true) ORDER BY 1 {chosen}
            )
        """)
        named = ", ".join(f"{column} AS {name}" for name, column in NAMES.items())
        self._connection.sql(f"""
            CREATE VIEW lines AS SELECT *, strftime(day, '%Y-%m') AS month, document LIKE 'C%' AS is_return,
                year(day) || '-Q' || quarter(day) AS quarter, {named} FROM facts
        """)
        self._connection.sql("""
            CREATE VIEW months AS SELECT company, month, sum(amount) AS net,
                count(DISTINCT document) FILTER (NOT is_return) AS orders FROM lines GROUP BY ALL
        """)

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        return self._connection.sql(question).fetchall()

    def asked(self, question: str) -> dict[Any, Any]:
        """The rows by their first column; of rows of two columns, the second."""
        return {row[0]: row[1] if len(row) == 2 else row[1:] for row in self.rows(question)}

    def change(self, before: SaleDocument, after: SaleDocument) -> None:
        """Makes the change between the two: a late copy, another company, another day, or one line more."""
        number, day = before.number, after.business_date
        if after.number != number:
            self._do(
                "INSERT INTO facts SELECT company, ?, ?, sku, quantity, amount FROM facts WHERE document = ?",
                after.number,
                day,
                number,
            )
        elif after.company_id != before.company_id:
            self._do("UPDATE facts SET company = ? WHERE document = ?", after.company_id, number)
        elif day != before.business_date:
            self._do("UPDATE facts SET day = ? WHERE document = ?", day, number)
        elif len(after.lines) > len(before.lines):
            line = after.lines[-1]
            self._do(
                "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
                before.company_id, number, day, line.sku, line.quantity, line.amount,
            )  # fmt: skip

    def take_back(self, documents: Iterable[SaleDocument]) -> None:
        for each in documents:
            self._do("DELETE FROM facts WHERE document = ?", each.number)

    def _do(self, statement: str, *values: Any) -> None:
        self._connection.execute(statement, list(values))


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


def corrected(documents: list[SaleDocument], number: int) -> list[tuple[SaleDocument, SaleDocument]]:
    """So many of them, and each with another sum, another day or another company, or as a late copy under another number."""
    random_ = random.Random(20101130)
    companies = sorted({each.company_id for each in documents})
    changed = []
    for place in random_.sample(range(len(documents)), number):
        before = after = documents[place]
        kind = random_.randrange(4)
        if kind == 0:
            after = before._replace(lines=[*before.lines, SaleLine.of("LATE", "Late", Decimal(1), Decimal("12.34"))])
        elif kind == 1:
            after = before._replace(business_date=before.business_date - timedelta(days=random_.randrange(1, 60)))
        elif kind == 2:
            after = before._replace(company_id=random_.choice(companies))
        else:
            day = before.business_date - timedelta(days=40)
            after = before._replace(number=f"{before.number}-late", business_date=day)
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


def figures_of_year(
    context: Context, queue: Queue, companies: int | None, check: Callable[[Context, RawYear], Figures]
) -> tuple[Figures, Figures]:
    """What `check` finds after the year of the file's first companies was recorded and worked off, and after `change`."""
    raw = RawYear(companies)
    documents = documents_of(gzip.decompress(data_file(FILE).read_bytes()).decode(), companies)
    heard: set[str] = set()

    def worked_off() -> Figures:
        steps.deliver_all(context, heard)
        steps.work_off(context, queue)
        return check(context, raw)

    sales.record(context, documents)
    before = worked_off()
    change(context, raw, documents)
    return before, worked_off()
