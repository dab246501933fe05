"""The rhythm of customers from a sales file, without a cloud: the same rules as in the club.

    python -m infra.rhythm SALES.csv --as-of 2010-09-01 [--horizon 90] [--suggest 10] [--out scores.csv]

The file has a heading and a row for each line or document: customer, date, sum (or quantity and price), if known document and sku. Names of
columns in English or Russian, a unit behind them ("Сумма, руб.") is dropped; any of the delimiters , ; | and tab, UTF-8, UTF-16 or cp1251, gzip or plain; dates
as 2010-09-01 or 01.09.2010, a time behind them is dropped; sums as 1234.56, 1 234,56, 1.234,56 or 1,234.56. A negative sum is a return. Rows after the day asked
for are not read. Every row counts as it stands: a document that is in the file twice counts twice.

The answer is CSV, a row for each customer: customer, p_no_order (no order within the horizon), early_warning (this silence passes the
horizon), expected_orders and expected_sum within the horizon, window_from and window_to of the next order; with --suggest also usual and new,
articles divided by semicolons. Parameters and counts go to standard error, and each of the first rows that cannot be read.
"""

import argparse
import csv
import gzip
import re
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import IO, NamedTuple

from chalicelib.retention.rhythm.orders.rules import Line, OrderDay, order_days
from chalicelib.retention.rhythm.rules import HORIZON, ClubRhythm, figures, learn_club
from chalicelib.retention.suggestions.rules import Assortment, suggest

COLUMNS = {
    "customer": "customer customer_id client client_id partner company buyer account покупатель клиент контрагент партнер партнёр инн",
    "date": "date day invoice_date invoicedate order_date orderdate дата дата_документа дата_заказа день период",
    "sum": "sum amount total value revenue turnover сумма стоимость выручка",
    "quantity": "quantity qty count количество кол-во",
    "price": "price unit_price unitprice цена",
    "sku": "sku article article_id product product_id item stock_code stockcode артикул номенклатура товар код",
}
HEADING = ["customer", "p_no_order", "early_warning", "expected_orders", "expected_sum", "window_from", "window_to"]
TOLD = 5  # bad rows that are shown
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_RUSSIAN = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})(?: .*)?")


class Lines:
    """The lines of a customer, 16 bytes each: a million rows take little memory."""

    def __init__(self, skus: Sequence[str]) -> None:
        """`skus`: of all customers, by number."""
        self._skus = skus
        self._days, self._numbers, self._amounts = array("i"), array("i"), array("d")

    def add(self, day: int, number: int, amount: float) -> None:
        self._days.append(day)
        self._numbers.append(number)
        self._amounts.append(amount)

    def __iter__(self) -> Iterator[Line]:
        for day, number, amount in zip(self._days, self._numbers, self._amounts, strict=True):
            yield Line(day, self._skus[number], amount)


class Sales(NamedTuple):
    """The lines of each customer, and the rows that were skipped: later than asked for, and not understood, of which `told` are the first."""

    lines: dict[str, Lines]
    rows: int
    later: int
    bad: int
    told: list[str]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.rhythm", description="The rhythm of customers from a sales file."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--as-of", type=date.fromisoformat, required=True, help="the last day that is known: 2010-09-01"
    )
    parser.add_argument("--horizon", type=int, default=HORIZON, help="days (90)")
    parser.add_argument("--suggest", type=int, default=0, help="articles in each list (0: no lists)")
    parser.add_argument("--out", type=Path, help="file of the answer (standard output)")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.horizon <= 365 or not 0 <= asked.suggest <= 100:
        parser.error("--horizon goes from 1 to 365 days, --suggest from 0 to 100 articles")
    today = asked.as_of.toordinal()
    try:
        with open_text(asked.file) as text:
            sales = read(text, today)
    except (OSError, EOFError, ValueError, csv.Error) as error:
        parser.error(f"{asked.file}: {error}")
    _tell(f"{sales.rows} rows; {sales.later} after {asked.as_of} left out; {sales.bad} not understood")
    for sentence in sales.told:
        _tell(sentence)
    histories = {customer: found for customer, lines in sales.lines.items() if (found := _history(lines))}
    if len(sales.lines) > len(histories):
        _tell(f"{len(sales.lines) - len(histories)} customers without a purchase left out")
    if not histories:
        parser.error(f"{asked.file}: no purchase up to {asked.as_of}")
    club = learn_club(list(histories.values()), today, asked.horizon)
    _tell_parameters(club, len(histories))
    assortment = Assortment(sales.lines.values(), today) if asked.suggest else None
    with asked.out.open("w", encoding="utf-8", newline="") if asked.out else sys.stdout as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*HEADING, "usual", "new"] if assortment else HEADING)
        for customer, orders in sorted(histories.items()):
            found = figures(club, orders, today)
            row: list[object] = [
                customer,
                f"{found.no_order:.6f}",
                f"{found.early_warning:.6f}",
                f"{found.expected_orders:.4f}",
                f"{found.expected_sum:.2f}",
                date.fromordinal(found.window_from),
                date.fromordinal(found.window_to),
            ]
            if assortment:
                row += map(";".join, suggest(assortment, sales.lines[customer], today, asked.suggest))
            writer.writerow(row)
    return 0


def read(text: IO[str], today: int) -> Sales:
    """The sales of a file up to today. Raises ValueError without the columns that are needed."""
    heading = next((line for line in text if line.strip()), "")
    delimiter = max(",;\t|", key=heading.count)
    place = columns(next(csv.reader([heading], delimiter=delimiter), []))
    skus: list[str] = []
    numbers: dict[str, int] = {}
    lines: dict[str, Lines] = defaultdict(lambda: Lines(skus))
    rows = later = bad = 0
    told: list[str] = []
    for row in csv.reader(text, delimiter=delimiter):
        if not row:
            continue
        rows += 1
        try:
            customer, day = row[place["customer"]].strip(), _day(row[place["date"]])
            if day > today:
                later += 1
                continue
            amount = (
                _number(row[place["sum"]])
                if "sum" in place
                else _number(row[place["quantity"]]) * _number(row[place["price"]])
            )
            if not customer:
                raise ValueError("no customer")
            sku = row[place["sku"]].strip() if "sku" in place else ""
            number = numbers.setdefault(sku, len(skus))
            if number == len(skus):
                skus.append(sku)
            lines[customer].add(day, number, amount)
        except (ValueError, IndexError) as error:
            bad += 1
            if bad <= TOLD:
                told.append(f"row {rows + 1}: {'it has too few columns' if isinstance(error, IndexError) else error}")
    return Sales(lines, rows, later, bad, told)


def columns(heading: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known by its name. Raises ValueError, with the missing ones."""
    known = {name: column for column, names in COLUMNS.items() for name in names.split()}
    place: dict[str, int] = {}
    for number, title in enumerate(heading):
        named = re.split(r"[,(]", title)[0]  # without the unit
        column = known.get(named.strip().strip('"\ufeff').lower().replace(" ", "_"))
        if column:
            place.setdefault(column, number)
    missing = [name for name in ("customer", "date") if name not in place]
    if "sum" not in place and not {"quantity", "price"} <= place.keys():
        missing.append("sum (or quantity and price)")
    if missing:
        raise ValueError(f"no column for {', '.join(missing)} among: {', '.join(heading)}")
    return place


def _history(lines: Lines) -> list[OrderDay]:
    """The order days; those of the cancelled orders, where every order was cancelled."""
    return order_days(lines) or order_days(line for line in lines if line.amount > 0)


@lru_cache(maxsize=100_000)
def _day(text: str) -> int:
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _RUSSIAN.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        raise ValueError(f"no date: {text!r}")
    return date(year, month, day).toordinal()


def _number(text: str) -> float:
    """The decimal sign is the last of the signs; one that stands more than once groups thousands."""
    try:
        number = float(text)
    except ValueError:
        plain = "".join(text.split()).replace("\N{MINUS SIGN}", "-")
        decimal = max(",.", key=plain.rfind)
        whole, _, rest = plain.rpartition(decimal) if plain.count(decimal) == 1 else (plain, "", "0")
        try:
            number = float(f"{whole.replace(',', '').replace('.', '')}.{rest}")
        except ValueError:
            raise ValueError(f"no number: {text!r}") from None
    if not isfinite(number) or not any(map(str.isdigit, text)):
        raise ValueError(f"no number: {text!r}")
    return number


def open_text(file: Path) -> IO[str]:
    """The text of a file, unpacked: UTF-8, UTF-16 with its mark, or else cp1251. Raises ValueError for a workbook."""
    packed = file.open("rb").read(2) == b"\x1f\x8b"
    opened = gzip.open if packed else open
    with opened(file, "rb") as sample:
        start = sample.read(1 << 16)
    if start.startswith(b"PK\x03\x04"):
        raise ValueError("a workbook is not read: save it as CSV")
    encoding = "utf-8-sig"
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        try:
            start[: start.rfind(b"\n") + 1].decode(encoding)
        except UnicodeDecodeError:
            encoding = "cp1251"
    return opened(file, "rt", encoding=encoding, errors="replace", newline="")  # type: ignore[return-value]


def _tell_parameters(club: ClubRhythm, customers: int) -> None:
    r, alpha, a, b = club.model
    _tell(f"{customers} customers; r {r:.4f}, alpha {alpha:.3f} days, a {a:.4f}, b {b:.4f}")
    _tell(f"gaps: r {club.gaps.r:.4f}, alpha {club.gaps.alpha:.3f} days; mean order {club.mean_order:.2f}")
    for name, correction in (("score", club.score), ("early warning", club.warning)):
        if correction:
            weights = " ".join(f"{weight:+.3f}" for weight in correction.weights)
            _tell(f"correction of the {name}: {correction.level:+.3f}; {weights}")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
