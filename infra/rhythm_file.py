"""The rows of a sales file, whoever wrote it: for `infra.rhythm`.

The heading is looked for in the first lines, under each delimiter; its names are those that an imported sales file may have, compared in the same way. Whether 1/2/2010 is in January or in February follows from all dates of the file, and whether 1,234 is a thousand from its numbers. A row that cannot be read is told, and
takes no other with it: a lone quotation mark is a letter.
"""

import csv
import gzip
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain, islice
from math import isfinite
from pathlib import Path
from typing import IO, NamedTuple

from chalicelib.exchange.columns.dates import SlashOrder, slash_order
from chalicelib.exchange.columns.dates import day as house_day
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.headings import heading_key, usual
from chalicelib.exchange.columns.model import CellError, DecimalMark
from chalicelib.exchange.columns.numbers import Shape, shape
from chalicelib.exchange.columns.numbers import number as house_number
from chalicelib.retention.rhythm.orders.rules import Line

# By column: the fields of an imported sales file that stand for it, whose headings it may have; and further headings, since a row here may be a document.
COLUMNS: dict[str, tuple[tuple[FieldName, ...], str]] = {
    "customer": (
        ("customer", "customer_name", "inn"),
        "user userid uid custid clientref customerref memberid shop shopid store storeid retailer email",
    ),
    "date": (
        ("business_date",),
        "timestamp ordertime orderedat eventtime dt purchasetimestamp orderpurchasetimestamp dateofpurchase shipdate ts orderts week isoweek",
    ),
    "sum": (
        ("amount", "net_amount"),
        "turnover value spend umsatz суммадокумента суммазаказа суммачека ordertotal ordervalue orderamount invoicetotal invoiceamount invoicevalue totalsum grandtotal grosssales totalsales totalpaid transactionamount netvalue gmv",
    ),
    "quantity": (("quantity",), "count"),
    "price": (("unit_price",), ""),
    "sku": (("sku", "name"), "articleid"),
}
DELIMITERS = ",;\t|"
TITLES = 20  # lines within which the heading stands
OVER_LINES = 20  # lines that a quoted field may go over
SAMPLE = 100  # rows: where none of them has a date with strokes, no row has
TOLD = 5  # bad rows that are shown
MOST_SUM = 1e15  # of a row; sums of sums stay numbers
FIRST, LAST = date(1990, 1, 1), date(2100, 1, 1)  # a date outside is an empty one, or a mistake
_MARKS: tuple[DecimalMark, ...] = ("comma", "point")
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d\d?)\2(\d\d?)(?:[T ].*)?")
_WEEK = re.compile(r"\d{4}-?W\d\d(?:-?[1-7])?")  # of ISO 8601, and a day of it; else its Monday
_SECONDS = re.compile(r"(\d{10})(?:\d{3}|\.\d+)?")  # since 1970, or thousandths
_YEAR_LAST = re.compile(r"(\d\d?)([./-])(\d\d?)\2(\d{4}|\d\d)(?:[, ].*)?")


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


class _Heading(NamedTuple):
    """`line`: its number in the file, from 1; `place`: of each column that is known; `width`: in columns."""

    line: int
    delimiter: str
    place: dict[str, int]
    width: int


def read_file(file: Path, today: int) -> Sales:
    """The sales of a file up to today. Raises ValueError without the columns that are needed, and for a workbook."""
    try:
        with open_text(file) as text:
            return read(text, today)
    except UnicodeDecodeError:  # it began in letters that both encodings have
        with open_text(file, "cp1251") as text:
            return read(text, today)


def read(text: IO[str], today: int) -> Sales:
    """The sales of a text that can be read twice. Raises ValueError without the columns that are needed."""
    heading = _heading(text)
    place = heading.place
    order = _day_order(_rows(text, heading), place["date"])
    mark = _decimal_mark(_rows(text, heading), [place[each] for each in ("sum", "quantity", "price") if each in place])
    skus: list[str] = []
    numbers: dict[str, int] = {}
    lines: dict[str, Lines] = defaultdict(lambda: Lines(skus))
    rows = later = bad = 0
    told: list[str] = []
    for row in _rows(text, heading):
        rows += 1
        try:
            customer, day = row[place["customer"]].strip(), day_of(row[place["date"]], order)
            if day > today:
                later += 1
                continue
            amount = (
                _number(row[place["sum"]], mark)
                if "sum" in place
                else _number(row[place["quantity"]], mark) * _number(row[place["price"]], mark)
            )
            if not customer:
                raise ValueError("no customer")
            if abs(amount) > MOST_SUM:
                raise ValueError(f"no sum of money: {amount:g}")
            sku = row[place["sku"]].strip() if "sku" in place else ""
            article = numbers.setdefault(sku, len(skus))
            if article == len(skus):
                skus.append(sku)
            lines[customer].add(day, article, amount)
        except (ValueError, IndexError) as error:
            bad += 1
            if bad <= TOLD:
                words = "it has too few columns" if isinstance(error, IndexError) else error
                told.append(f"row {rows + heading.line}: {words}")
    return Sales(lines, rows, later, bad, told)


# --- the heading ------------------------------------------------------------------------------------------------------


def _heading(text: IO[str]) -> _Heading:
    """The first line with all columns that are needed. Raises ValueError with what the likeliest line lacks."""
    refused: dict[int, ValueError] = {}
    for number, line in enumerate(islice(text, TITLES), 1):
        if line.strip() and not line.startswith("sep="):
            for delimiter in sorted(DELIMITERS, key=line.count, reverse=True):
                try:
                    titles = next(csv.reader([line], delimiter=delimiter))
                    return _Heading(number, delimiter, columns(titles), len(titles))
                except ValueError as error:
                    refused.setdefault(len(titles), error)
    raise refused[max(refused)] if refused else ValueError("no column for customer: the file is empty")


def columns(titles: Sequence[str]) -> dict[str, int]:
    """The place of each column that is known by its name; its own name goes before all others. Raises ValueError, with the missing ones."""
    keys = [
        {heading_key(title), heading_key(re.split("[,(]", title)[0])} for title in titles
    ]  # with what is behind it, and without
    place: dict[str, int] = {}
    for column, (fields, more) in COLUMNS.items():
        names = [column, *chain.from_iterable(map(usual, fields)), *more.split()]
        found = (number for name in names for number, key in enumerate(keys) if name in key)
        number = next((each for each in found if each not in place.values()), None)
        if number is not None:
            place[column] = number
    missing = [name for name in ("customer", "date") if name not in place]
    if "sum" not in place and not {"quantity", "price"} <= place.keys():
        missing.append("sum (or quantity and price)")
    if missing:
        raise ValueError(f"no column for {', '.join(missing)} among: {', '.join(map(str.strip, titles))}")
    return place


# --- the rows ---------------------------------------------------------------------------------------------------------


def _rows(text: IO[str], heading: _Heading) -> Iterator[list[str]]:
    """The rows below the heading, from the beginning; empty ones are left out."""
    text.seek(0)
    below = islice(text, heading.line, None)
    return filter(None, csv.reader(_closed(below, heading), delimiter=heading.delimiter))


def _closed(lines: Iterable[str], heading: _Heading) -> Iterator[str]:
    """The lines without a lone quotation mark, which would take the rows below into its field: a row follows it, or nothing closes it soon."""
    waiting: list[str] = []

    def released() -> Iterator[str]:
        if waiting:
            yield _without_last_mark(waiting[0])
            yield from waiting[1:]
            waiting.clear()

    for line in lines:
        odd = line.count('"') % 2
        if waiting and (len(waiting) > OVER_LINES or line.count(heading.delimiter) >= heading.width - 1):
            yield from released()
        if not waiting and not odd:
            yield line
            continue
        waiting.append(line)
        if odd and len(waiting) > 1:
            yield from waiting
            waiting.clear()
    yield from released()


def _without_last_mark(line: str) -> str:
    before, _, after = line.rpartition('"')
    return before + after


def _day_order(rows: Iterator[list[str]], place: int) -> SlashOrder:
    """Of dates with strokes: the month comes first where a second number is above 12, and no first one is."""
    seen = set()
    for number, row in enumerate(rows):
        if number == SAMPLE and not seen:
            return "dmy"
        if len(row) > place and (found := slash_order(row[place].strip())):
            seen.add(found)
    return "mdy" if "mdy" in seen and "dmy" not in seen else "dmy"


def _decimal_mark(rows: Iterator[list[str]], places: Sequence[int]) -> DecimalMark:
    """The mark that a number shows by itself. Where three digits stand behind each one, and none of four digits without one, it groups thousands."""
    shown: set[Shape] = set()
    has_long = False
    for row in rows:
        for text in (row[place].strip() for place in places if place < len(row)):
            if text.isdecimal():
                has_long |= len(text) > 3
                continue
            found = shape(text)
            if found == "comma" or found == "point":
                return found
            shown.add(found)
    if "comma?" in shown and "point?" not in shown:
        return "comma" if has_long else "point"
    return "comma" if "point?" in shown and not has_long else "point"


@lru_cache(maxsize=100_000)
def day_of(text: str, order: SlashOrder = "dmy") -> int:
    """The day of a date, a time behind it dropped; forms and spreadsheet's numbers as in an imported file. Raises ValueError."""
    text = text.strip()
    try:
        if found := _YEAR_FIRST.fullmatch(text):
            known = date(int(found[1]), int(found[3]), int(found[4]))
        elif found := _YEAR_LAST.fullmatch(text):
            first, second = int(found[1]), int(found[3])
            day, month = (second, first) if order == "mdy" and found[2] != "." else (first, second)
            known = date(int(found[4]) + (2000 if len(found[4]) == 2 else 0), month, day)
        elif _WEEK.fullmatch(text):
            known = date.fromisoformat(text)
        elif found := _SECONDS.fullmatch(text):
            known = datetime.fromtimestamp(int(found[1]), UTC).date()
        else:
            known = house_day(text, order, UTC, serials=True)
    except CellError:
        raise ValueError(f"no date: {text!r}") from None
    if not FIRST <= known <= LAST:
        raise ValueError(f"no date: {text!r}")
    return known.toordinal()


def _number(text: str, mark: DecimalMark) -> float:
    """With this decimal mark; a cell that shows the other one is read with that."""
    text = "".join(text.split())
    if mark == "point" or text.isdecimal():
        with suppress(ValueError):
            found = float(text)
            if isfinite(found):
                return found
    for each in (mark, *_MARKS):
        with suppress(CellError):
            return float(house_number(text, each))
    raise ValueError(f"no number: {text!r}")


def open_text(file: Path, encoding: str | None = None) -> IO[str]:
    """The text of a file, unpacked: UTF-8, UTF-16 with its mark, or else cp1251. Raises ValueError for a workbook.

    Reading raises UnicodeDecodeError where the beginning tells nothing, and what follows is no UTF-8.
    """
    packed = file.open("rb").read(2) == b"\x1f\x8b"
    opened = gzip.open if packed else open
    with opened(file, "rb") as sample:
        start = sample.read(1 << 16)
    if start.startswith(b"PK\x03\x04"):
        raise ValueError("a workbook is not read: save it as CSV")
    encoding = encoding or _encoding(start[: start.rfind(b"\n") + 1] or start)
    errors = "strict" if start.isascii() and encoding == "utf-8-sig" else "backslashreplace"  # two names stay two
    return opened(file, "rt", encoding=encoding, errors=errors, newline="")  # type: ignore[return-value]


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        start.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1251"
    return "utf-8-sig"
