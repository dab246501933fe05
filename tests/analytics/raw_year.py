"""A wholesaler's raw year in DuckDB, and changes of it in SQL: an account of the same documents that shares no code with the product.

Online Retail II (D. Chen, UCI Machine Learning Repository, 2019, CC BY 4.0). The file has no brands, categories, regions, managers and
distributors: an article has a brand by its first two figures and a category by its last one, a company the others by its number, to the
product and to DuckDB alike.
"""

from collections.abc import Iterable
from typing import Any

import duckdb

from chalicelib.sales.rules import SaleDocument
from tests.support.public_data import data_file

FILE = "online_retail_2009_12_to_2010_11.csv.gz"
REGIONS, MANAGERS, DISTRIBUTORS = 7, 5, 3
NAMES = {
    "region": f"'R' || company::INT % {REGIONS}",
    "manager": f"'M' || company::INT % {MANAGERS}",
    "distributor": f"'D' || company::INT % {DISTRIBUTORS}",
    "brand": "left(sku, 2)",
    "category": "upper(right(sku, 1))",
}


def member(company_id: str) -> list[Any]:
    """The company as the club's fold takes it: id, region, manager, distributor, currency, yearly total."""
    number = int(company_id)
    return [company_id, f"R{number % REGIONS}", f"M{number % MANAGERS}", f"D{number % DISTRIBUTORS}", "GBP", 0]


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
