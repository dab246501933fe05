"""A real year of a wholesaler in each way in which its accountant might save it: the same documents every time."""

import csv
import gzip
import html
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlsxwriter

from chalicelib.sales import document_name
from tests.exchange.reading.steps import TERMS, read_file
from tests.exchange.sales_files.steps import data_file

CENT = Decimal("0.01")
HEADING = ("Дата", "Номер", "Код контрагента", "Артикул", "Номенклатура", "Количество", "Цена", "Сумма")
Sums = dict[str, Decimal]


class Row(NamedTuple):
    day: str
    number: str
    customer: str
    sku: str
    name: str
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(CENT, ROUND_HALF_UP)

    @property
    def cells(self) -> tuple[Any, ...]:
        return (self.day, self.number, self.customer, self.sku, self.name, self.quantity, self.price, self.amount)


@pytest.fixture(scope="module")
def year() -> list[Row]:
    with gzip.open(data_file("online_retail_2009_12_to_2010_11.csv.gz"), "rt", encoding="utf-8") as lines:
        rows = [
            Row(
                each["date"][:10],
                each["invoice"],
                each["customer_id"],
                each["sku"],
                each["name"].strip() or each["sku"],
                Decimal(each["qty"]),
                Decimal(each["price"]),
            )
            for each in csv.DictReader(lines)
        ]
    return sorted(rows, key=lambda row: (row.customer, row.day, row.number))


def expected(rows: Sequence[Row]) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for row in rows:
        sums[document_name(row.number).number] += row.amount
    return dict(sums)


def shown(value: Any) -> str:
    return f"{value:,f}".replace(",", "\u00a0").replace(".", ",") if isinstance(value, Decimal) else str(value)


def dotted(day: str) -> str:
    return datetime.fromisoformat(day).strftime("%d.%m.%Y")


def as_russian_text(rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="cp1251", errors="replace", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADING)
        writer.writerows([dotted(row.day), *map(shown, row.cells[1:])] for row in rows)
        writer.writerow(["Итого", *[""] * 4, *map(shown, totals(rows))])


def totals(rows: Sequence[Row]) -> tuple[Decimal, str, Decimal]:
    return sum((row.quantity for row in rows), Decimal(0)), "", sum((row.amount for row in rows), Decimal(0))


def as_workbook(rows: Sequence[Row], path: Path) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        for line, row in enumerate(rows, 1):
            for at, cell in enumerate(row.cells):
                if isinstance(cell, Decimal):
                    sheet.write_number(line, at, float(cell))
                else:
                    sheet.write_string(line, at, cell)


def as_page(rows: Sequence[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("<html><body><table>")
        for cells in [HEADING, *(row.cells for row in rows)]:
            file.write("<tr>" + "".join(f"<td>{html.escape(shown(cell))}</td>" for cell in cells) + "</tr>\n")
        file.write("</table></body></html>")


def as_report(rows: Sequence[Row], path: Path) -> None:
    def line(label: str, several: Sequence[Row]) -> list[str]:
        quantity, _, amount = totals(several)
        return [label, shown(quantity), shown(amount)]

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        writer.writerows([["Контрагент", "Количество", "Сумма"], ["Регистратор"], ["Номенклатура"]])
        for customer, theirs in groupby(rows, key=lambda row: row.customer):
            of_customer = list(theirs)
            writer.writerow(line(customer, of_customer))
            for (number, day), lines in groupby(of_customer, key=lambda row: (row.number, row.day)):
                of_document = list(lines)
                writer.writerow(line(f"Реализация товаров {number} от {dotted(day)} 0:00:00", of_document))
                writer.writerows([row.name, shown(row.quantity), shown(row.amount)] for row in of_document)
        writer.writerow(line("Итог", rows))


def as_two_files(rows: Sequence[Row], path: Path) -> None:
    documents = {row.number: [row.number, row.day, row.customer] for row in rows}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, cells in (
            ("orders.csv", [["order_id", "order_date", "customer_id"], *documents.values()]),
            ("lines.csv", _lines(rows)),
        ):
            with archive.open(name, "w") as part:
                for each in cells:
                    part.write((";".join(f'"{cell}"' for cell in each) + "\n").encode())


def _lines(rows: Sequence[Row]) -> Iterator[Sequence[Any]]:
    yield ["order_id", "product_id", "quantity", "unit_price"]
    for row in rows:
        yield [row.number, row.sku, row.quantity, row.price]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("write", [as_russian_text, as_workbook, as_page, as_report, as_two_files])
def test_a_real_year_is_the_same_in_every_form(
    year: list[Row], tmp_path: Path, write: Callable[[Sequence[Row], Path], None]
) -> None:
    path = tmp_path / "sales"
    write(year, path)
    read = read_file(path, terms=replace(TERMS, currency="GBP"))
    assert read.faults == []
    sums: Sums = defaultdict(Decimal)
    for row in read.rows:
        amount = row.amount if row.amount is not None else row.quantity * (row.unit_price or 0)
        sums[row.number] += amount.quantize(CENT, ROUND_HALF_UP)
    assert sums == expected(year)
    assert len(read.customers) == len({row.customer for row in year})
