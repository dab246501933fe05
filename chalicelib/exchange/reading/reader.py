"""A sales file, understood: its table, its columns, its conventions, and its rows.

    open_sales_file   finds table and heading, looks at every row once and decides the conventions; refuses what it does not understand
    SalesFile.rows    reads every row once more, and checks the totals of the file against them

Both read the file from its beginning and hold none of it, so a file of any length passes through the same memory.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import chain, islice
from math import gcd
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chalicelib.exchange.answers.notes import MOST_EXAMPLES, Notes
from chalicelib.exchange.columns.cells import currency_in, currency_told, is_total, named, sum_told, total_of
from chalicelib.exchange.columns.dates import is_period
from chalicelib.exchange.columns.fields import FIELDS, SUMS, FieldName
from chalicelib.exchange.columns.headings import Heading, field_of, heading_key, letter_of
from chalicelib.exchange.columns.model import TypedNumber
from chalicelib.exchange.columns.numbers import is_percent, shape
from chalicelib.exchange.reading.conventions import decide
from chalicelib.exchange.reading.doubts import Doubts
from chalicelib.exchange.reading.flat import FlatRow, FlatTable, is_torn
from chalicelib.exchange.reading.grouped import GroupedTable
from chalicelib.exchange.reading.joining import JoinedTable, joined
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.places import (
    Place,
    best_place,
    refuse_missing,
    refuse_thousands,
    refuse_thousands_told,
)
from chalicelib.exchange.reading.rows import CENT, ZERO, Conventions, RowReader, Terms, Written
from chalicelib.exchange.reading.rules import CellFault, SaleRow
from chalicelib.exchange.reading.sections import Section, section_above, section_of, titles
from chalicelib.exchange.reading.survey import NUMBERS, Survey, is_day, value_of
from chalicelib.exchange.reading.torn import Named, TornRows
from chalicelib.exchange.reading.totals import Mismatch, OwnTotal, Totals
from chalicelib.exchange.tables.encodings import is_garbled, is_guessed
from chalicelib.exchange.tables.files import Readings, tables_of
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.exchange.tables.spool import SpooledTable, stacked
from chalicelib.exchange.tables.text import TextTable
from chalicelib.sales import word_kind


class ReadRow(NamedTuple):
    """A row of sales or its faults, and its document as the file names it, so that rows of one document can be kept together."""

    document: str
    read: SaleRow | list[CellFault]


@dataclass(slots=True)
class Counted:
    """Rows below the heading by what they are."""

    rows: int = 0
    skipped: int = 0
    begun: bool = False  # a row of sales was met, if only a cancelled one


@dataclass(slots=True)
class SalesFile:
    """A file that was understood."""

    place: Place
    profile: SalesProfileForm
    terms: Terms
    conventions: Conventions
    columns: dict[FieldName, int]
    body: FlatTable | GroupedTable
    notes: Notes = field(default_factory=Notes)
    counted: Counted = field(default_factory=Counted)
    own_total: OwnTotal | None = None
    named: Named = field(default_factory=Named)
    cut_at: int = 0  # the last row, where its sum begins as quantity times price does, and ends too early
    warehouse: int = -1
    doubtful: tuple[int, str, Decimal] | None = None  # the first row that may be a total: line, text, sum

    @property
    def column_names(self) -> dict[FieldName, str]:
        levels = {level: self.place.level_names[at] for at, level in enumerate(self.place.levels) if level}
        return {wanted: levels.get(wanted) or self.place.shown(at) for wanted, at in self.columns.items()}

    @property
    def column_letters(self) -> dict[FieldName, str]:
        width = self.place.width
        return {wanted: letter_of(at if at < width else self.place.label) for wanted, at in self.columns.items()}

    def rows(self) -> Iterator[ReadRow]:
        """Every row of sales, or its faults. At the end the totals are checked. Raises Unreadable."""
        fields = [wanted for wanted in FIELDS if wanted in self.columns]
        places = [self.columns[wanted] for wanted in fields]
        zone = _zone(self.profile, self.terms)
        reader = RowReader(fields, self.profile.constant_fields, self.terms, self.conventions, zone)
        totals, counted, notes = Totals(), self.counted, self.notes
        document_at = fields.index("document") if "document" in fields else -1
        unread = 0
        cancelled = ZERO
        made: dict[str, Decimal] | None = {} if isinstance(self.place.table, JoinedTable) else None
        partly: set[str] = set()  # documents of which some rows do not count
        section = section_above(self.place, self.profile)
        moved = self._places_moved()
        doubles = _Doubles()
        torn = TornRows(self.named, carries=isinstance(self.body, FlatTable) and self.body.carry.document)
        self._open_total_above(totals)
        beside = _Beside([self.columns[wanted] for wanted in _HEAD if wanted in self.columns])
        for row in _in_time(self.body_rows(), self.terms):
            counted.rows += 1
            category = row.category
            if category not in ("row", "filtered"):
                if category == "broken":
                    unread += 1
                    uncertain = is_torn(row) and not self._is_document_before_quotes(row)
                    yield from map(_named, torn.looked_at(row.cells, row.beyond, self._broken(row), uncertain))
                else:
                    counted.skipped += 1
                    self._skip(row, totals, bool(unread))
                    if row.category == "note":
                        section = self._section_below(row, section)
                continue
            counted.begun = True
            doubles.look(row.cells)
            cells = [row.cells[at] for at in places]
            if self.place.heading.key:
                cells[document_at] = self._document_of(row.cells)
            read, written = reader.read(row.line, cells, bool(row.beyond))
            if self.warehouse >= 0 and isinstance(read, SaleRow):
                read = read._replace(warehouse=row.cells[self.warehouse].strip()[:100])
            if category == "filtered":
                counted.skipped += 1
                notes.count("filtered", row.line)
                partly.add(read.number if isinstance(read, SaleRow) else read[0].number)
                self._add(totals, written, None)
                continue
            if row.fault:
                notes.count(row.fault, row.line, _text(row.cells)[:60])
            if row.carried:
                notes.count("carried", row.line)
            if isinstance(read, SaleRow) and moved and self._may_be_moved([row.cells[at] for at in moved]):
                read = [CellFault(row.line, read.number, "", "", "cells_moved")]
            elif isinstance(read, SaleRow) and row.fault == "too_few_cells" and self._may_be_cut(row):
                read = [CellFault(row.line, read.number, "", "", "too_few_cells")]
            if row.fault == "stray_quote" and isinstance(read, SaleRow) and '"' in read.number:
                read = [CellFault(row.line, read.number, "document", read.shown, "quote")]
            read = beside.looked_at(row.line, row.cells, read)
            if not isinstance(read, SaleRow):
                partly.update(fault.number for fault in read)
            if not isinstance(read, SaleRow) and _may_be_torn(row, read):
                unread += _has_unread_number(read)
                self._add(totals, written, None, document=read[0].number)
                yield from map(_named, torn.looked_at(row.cells, row.beyond, read, True))
                continue
            if isinstance(read, SaleRow):
                if section and not read.returned and read.quantity >= 0:
                    raise Unreadable("section", line=section[0], text=section[1], row=read.row)
                if read.cancelled:
                    counted.skipped += 1
                    notes.count("cancelled", row.line)
                    partly.add(read.number)
                    cancelled += _amount(read)
                else:
                    self._look_at_arithmetic(read)
                    if row.carried:
                        self._look_at_carried(row, read, written, totals)
                    if made is not None:
                        made[read.number] = made.get(read.number, ZERO) + _amount(read)
                self._add(totals, written, read)
            else:
                unread += _has_unread_number(read)
                self._add(totals, written, None, document=read[0].number)
            if (above := torn.followed_by(read)) is not None:
                yield _named(above)
        if (last := torn.end()) is not None:
            yield _named(last)
        notes.tell("cancelled", amount=f"{cancelled:.2f}")
        if doubles.everywhere:
            raise Unreadable("rows_doubled", count=counted.rows - counted.skipped)
        self._look_at_orders(made or {}, partly)
        self._finish(totals, reader, bool(unread))

    def _open_total_above(self, totals: Totals) -> None:
        """Keeps a total that stands above the heading, over its columns."""
        width = self.place.width
        for row in self.place.table.rows():
            if row.line >= self.place.line:
                return
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            quantity, amount = self._numbers_of_total(cells)
            if is_total(cells) and amount is not None:
                totals.open_whole(row.line, _text(cells), quantity, amount)

    def _places_moved(self) -> list[int]:
        """The numbers of a row and the column behind them, where a delimiter within a text can move them unnoticed.

        It can where rows may leave out their last cells: elsewhere the row is longer than the others.
        """
        numbers = self._number_places()
        behind = numbers[-1] + 1
        if not (isinstance(self.body, FlatTable) and isinstance(self.place.table, TextTable) and not self.body.pads):
            return []
        proven = len(numbers) == _PROVEN
        doubtful = self.columns.get("amount") == behind - 1 if proven else self.body.leaves_out
        side_by_side = numbers == list(range(behind - len(numbers), behind))
        return [*numbers, behind] if doubtful and side_by_side and behind < self.place.width else []

    def _number_places(self) -> list[int]:
        sums: FieldName = "amount" if "amount" in self.columns else "net_amount"
        return sorted(self.columns[each] for each in ("quantity", "unit_price", sums) if each in self.columns) or [-1]

    def _may_be_moved(self, cells: Sequence[str]) -> bool:
        """True where the numbers fit as they stand, and one column to the right as well: factors and their amount, or any numbers."""
        numbers = [self._read(cell) for cell in cells]
        if not all(numbers):
            return False
        if len(numbers) <= _PROVEN:
            return True
        first, second, third, fourth = (number or ZERO for number in numbers)
        return abs(first * second - third) <= CENT and abs(second * third - fourth) <= CENT

    def _may_be_cut(self, row: FlatRow) -> bool:
        """True for one of few short rows that ends in a number which no other number of the row proves: the rest of it may be lost."""
        numbers = self._number_places()
        rare = isinstance(self.body, FlatTable) and not self.body.leaves_out
        return rare and len(numbers) < _PROVEN and row.length - 1 in numbers

    def _section_below(self, row: FlatRow, above: Section) -> Section:
        """The section that begins with this text, or goes on below it."""
        text = _text(row.cells)
        if section_of(text, self.profile):
            return row.line, text
        return None if word_kind(text) == "sale" else above

    def _skip(self, row: FlatRow, totals: Totals, unread: bool) -> None:
        """Notes and checks a row that is no sale."""
        if row.category == "note":
            self.notes.count("skipped_texts", row.line, _text(row.cells))
        elif row.category == "group":
            self._open_group(row, totals)
        elif row.category == "total":
            self._check_total(row, totals, unread)

    def _broken(self, row: FlatRow) -> list[CellFault]:
        document = named(self._document_of(row.cells)).number
        return [CellFault(row.line, document, "", _text(row.cells)[:60], row.fault)]

    def _is_document_before_quotes(self, row: FlatRow) -> bool:
        """True where quotation marks that do not match stand behind the document, so that its cell is its own."""
        places = self.body.document_places if isinstance(self.body, FlatTable) else []
        before = row.cells[: max(places, default=-1) + 1]
        return row.fault == "quote" and bool(self._document_of(row.cells).strip()) and '"' not in "".join(before)

    def body_rows(self) -> Iterator[FlatRow]:
        """Every row below the heading, with the cells that stand above it. Raises Unreadable."""
        return self.body.rows(self.conventions.mark) if isinstance(self.body, GroupedTable) else self.body.carried()

    def _document_of(self, cells: Sequence[str]) -> str:
        return self.body.document_of(cells) if isinstance(self.body, FlatTable) else ""

    def _open_group(self, row: FlatRow, totals: Totals) -> None:
        """A row that names a group and tells its sums, for the rows below it."""
        # Groups stand from left to right, and documents below them all.
        label = next(at for at, cell in enumerate(row.cells) if cell.strip())
        depth = self.place.width if self._document_of(row.cells).strip() else label
        quantity, amount = self._numbers_of_total(row.cells)
        self._refuse(totals.open_group(depth, row.line, _text(row.cells), quantity, amount), "group_differs")

    def _refuse(self, wrong: Mismatch | None, code: str) -> None:
        if wrong is None:
            return
        at = self.columns.get("quantity" if wrong.field == "quantity" else "amount", self.columns.get("net_amount", 0))
        told = {"said": f"{wrong.said:f}", "found": f"{wrong.found:f}"}
        raise Unreadable(code, line=wrong.line, label=wrong.label, column=self.place.shown(at), **told)

    def _add(self, totals: Totals, written: Written, read: SaleRow | None, document: str = "") -> None:
        quantity, amount = written.quantity or ZERO, written.amount or ZERO
        if read is None:
            totals.add(quantity, amount, quantity, amount, document, "")
        elif read.cancelled:
            totals.add(quantity, amount, ZERO, ZERO, read.number, read.customer.ref)
        else:
            totals.add(quantity, amount, read.quantity, read.amount or ZERO, read.number, read.customer.ref)

    def _look_at_arithmetic(self, row: SaleRow) -> None:
        """Tells rows whose price times quantity is far from their amount; both stand in the note."""
        self.cut_at = 0
        if self.conventions.source in ("price", "price_plus_vat") or row.unit_price is None or row.amount is None:
            return
        product = row.quantity * row.unit_price
        if product == row.amount:
            return
        off = abs(abs(product) - abs(row.amount))
        if off > CENT and off * 100 > abs(row.amount) and off > abs(row.quantity) * CENT:
            if f"{abs(product):f}".startswith(f"{abs(row.amount):f}"):
                self.cut_at = row.row
            self.notes.count("arithmetic", row.row, f"{row.quantity:f} × {row.unit_price:f} ≠ {row.amount:f}")

    def _look_at_carried(self, row: FlatRow, read: SaleRow, written: Written, totals: Totals) -> None:
        """Keeps the first row without a document, a code and a price that tells the sums of the rows above it."""
        if self.doubtful or not written.amount or read.sku or read.unit_price is not None:
            return
        if isinstance(self.body, FlatTable) and self.body.carry.document:
            label = read.name or _text(row.cells)
            if totals.repeats(written.quantity, written.amount):
                self.doubtful = row.line, label[:100], written.amount

    def _refuse_unproven(self) -> None:
        """Raises Unreadable where only a total of the file can prove its sums, and it has none."""
        if self.own_total is not None and self.own_total.amount is not None:
            return
        if self.conventions.sums_of_documents:
            raise Unreadable("amount_of_document", column=self.place.shown(self.columns["amount"]))
        if self.doubtful:
            line, label, amount = self.doubtful
            raise Unreadable("row_may_be_total", line=line, label=label, amount=f"{amount:f}")

    def _look_at_orders(self, made: Mapping[str, Decimal], partly: AbstractSet[str]) -> None:
        """Raises Unreadable where the table of documents proves the rows of some documents, and those of others make another sum.

        If it proves none, its sums mean something else: with delivery, or without discounts. A profile that names the sums of rows settles it.
        `partly`: documents of which some rows do not count.
        """
        table = self.place.table
        if not isinstance(table, JoinedTable):
            return
        may_be_cancelled = not self.columns.keys().isdisjoint(("status", "posted", "cancelled"))
        differ: list[str] = []
        proven = 0
        for document, text in table.sums.items():
            said = self._read(text)
            lost = document not in table.used and not may_be_cancelled
            if not said or document in partly or not (document in made or lost):
                continue
            if abs(abs(said) - abs(made.get(document, ZERO))) > _ROUNDING:
                differ.append(f"{document}: {said:f} ≠ {made.get(document, ZERO).quantize(CENT):f}")
            else:
                proven += 1
        if differ and proven and "amount" not in self.profile.columns:
            raise Unreadable("orders_differ", count=len(differ), examples=differ[:MOST_EXAMPLES])
        for example in differ:
            self.notes.count("orders_differ", 0, example)

    def _check_total(self, row: FlatRow, totals: Totals, unread: bool) -> None:
        quantity, amount = self._numbers_of_total(row.cells)
        if quantity is None and amount is None:
            amount = self._read(sum_told(row.cells))
        if quantity is None and amount is None:
            self.notes.count("skipped_texts", row.line, _text(row.cells))
            return
        self._refuse(totals.close_groups(0), "group_differs")
        label = next(cell for cell in row.cells if cell.strip())[:100]
        if not self.counted.begun:
            totals.open_whole(row.line, label, quantity, amount)
            return
        wrong = totals.check(row.line, label, total_of(row.cells), quantity, amount)
        if wrong is None:
            return
        if unread:
            self.notes.count("total_unproven", row.line, label)
            return
        self._refuse(wrong, "total_differs")

    def _numbers_of_total(self, cells: Sequence[str]) -> tuple[Decimal | None, Decimal | None]:
        source = self.conventions.source
        quantity = self._number(cells, "quantity")
        if source == "amount":
            return quantity, self._number(cells, "amount")
        if source in ("price", "price_plus_vat"):
            return quantity, None
        net = self._number(cells, "net_amount")
        if source in ("net", "net_plus_rate") or net is None:
            return quantity, net
        return quantity, net + (self._number(cells, "vat") or ZERO)

    def _number(self, cells: Sequence[str], wanted: FieldName) -> Decimal | None:
        at = self.columns.get(wanted)
        return self._read(cells[at]) if at is not None else None

    def _read(self, cell: str) -> Decimal | None:
        return None if is_percent(cell.strip()) else value_of(cell, self.conventions.mark)

    def _finish(self, totals: Totals, reader: RowReader, unread: bool) -> None:
        self._refuse(totals.close_groups(0), "group_differs")
        if (wrong := totals.close_whole()) and unread:
            self.notes.count("total_unproven", wrong.line, wrong.label)
        else:
            self._refuse(wrong, "group_differs")
        self.own_total = totals.last if totals.last and totals.last.whole else None
        if isinstance(self.body, GroupedTable) and self.body.total:
            total = self.body.total
            self.own_total = OwnTotal(total.line, total.quantity, total.amount, whole=True)
        self._refuse_unproven()
        if self.own_total is None:
            if not self.notes.counted("total_unproven"):
                self.notes.add("no_total")
            if isinstance(self.place.table, TextTable | SpooledTable) and self.place.table.is_cut_off():
                if self.cut_at:
                    raise Unreadable("cut_within_number", line=self.cut_at)
                self.notes.add("cut_off")
        table = self.place.table
        if isinstance(table, JoinedTable) and table.unused:
            self.notes.add("orders_without_lines", count=table.unused)
        if reader.ignored_inns:
            self.notes.add("inn_ignored", count=reader.ignored_inns)
        if reader.services:
            self.notes.add("services", count=reader.services)


_PROVEN = 3  # numbers of a row, where quantity times price shows whether the amount is right
_ROUNDING = Decimal("0.05")  # of the lines of a document
# Day and customer of a row.
_HEAD: tuple[FieldName, ...] = ("business_date", "customer", "customer_name", "inn")


@dataclass(slots=True)
class _Doubles:
    """Equal rows one below the other. `everywhere`: there are several, and each stands as many times, or a multiple of that."""

    _above: Sequence[str] = ()
    _equal: int = 0
    _times: int = 0  # 1 once a row stands alone

    def look(self, cells: Sequence[str]) -> None:
        if self._times == 1:
            return
        if cells == self._above:
            self._equal += 1
            return
        self._times = gcd(self._times, self._equal)
        self._above, self._equal = list(cells), 1

    @property
    def everywhere(self) -> bool:
        return self._times > 1 and gcd(self._times, self._equal) > 1


@dataclass(slots=True)
class _Beside:
    """The documents beside a row without a number: it may be theirs, so a document of the same day and customer is not read in part.

    `places`: of day and customer. `cells`: the last row with a document. `unnamed`: day and customer of the row without one above.
    """

    places: Sequence[int]
    document: str = ""
    cells: Sequence[str] = ()
    unnamed: Sequence[str] | None = None

    def looked_at(self, line: int, cells: Sequence[str], read: SaleRow | list[CellFault]) -> SaleRow | list[CellFault]:
        if isinstance(read, SaleRow):
            number = read.number
            if self.unnamed is not None:
                suspect = number != self.document and self._head(cells) == self.unnamed
                self.unnamed = None
                if suspect:
                    read = [CellFault(line, number, "", "", "document_left_out")]
        elif number := read[0].number:
            self.unnamed = None
        else:
            self.unnamed = self._head(cells)
            number = self.document if self.unnamed == self._head(self.cells) else ""
            return [fault._replace(number=number) for fault in read]
        self.document, self.cells = number, cells
        return read

    def _head(self, cells: Sequence[str]) -> Sequence[str]:
        return [cells[at].strip() for at in self.places] if cells else ()


def open_sales_file(path: Path, folder: Path, profile: SalesProfileForm, terms: Terms) -> SalesFile:
    """`folder`: an empty one for what must be unpacked; it must stay until the rows are read. Raises Unreadable."""
    _zone(profile, terms)
    tables = tables_of(path, folder, profile.format.encoding, profile.format.delimiter)
    place, left = _place(tables, profile)
    if not profile.format.encoding:
        _refuse_garbled(place)
    refuse_thousands(place)
    refuse_missing(place, profile)
    notes = Notes()
    survey, doubts = Survey(place), Doubts(place, profile, notes)
    if left:
        notes.add("tables_left", names=left)
    if isinstance(place.table, SpooledTable) and place.table.name not in [each.name for each in tables]:
        notes.add("sheets_stacked", names=place.table.name)
    if isinstance(place.table, SpooledTable) and place.table.hidden:
        notes.add("hidden_rows", count=place.table.hidden)
    known = Named()
    body: FlatTable | GroupedTable
    if place.levels:
        body = GroupedTable(place)
        for row in _in_time(body.looked_at(), terms):
            if row.category == "row":
                label = body.label_of(row.cells)
                day = named(label).day or ""
                survey.look(row.line, row.cells, label if day else "", day)
                doubts.look(row.line, row.cells)
            elif row.category == "note":
                _look_at_text(row, place, terms)
    else:
        body = FlatTable(place, profile)
        for row in _in_time(body.looked_at(), terms):
            if row.category in ("row", "filtered"):
                document, filtered = body.document_of(row.cells), row.category == "filtered"
                survey.look(row.line, row.cells, document, body.day_of(row.cells), filtered=filtered)
                if not filtered:
                    doubts.look(row.line, row.cells)
                if not row.beyond and not row.fault:
                    known.look(document)
            elif row.category == "group":
                survey.look_at_group(row.line, row.cells, body.day_of(row.cells))
            elif row.category in ("note", "total"):
                _look_at_text(row, place, terms)
    if survey.rows and not survey.days and "business_date" not in place.heading.columns:
        # Neither a column nor the document tells the day.
        refuse_missing(replace(place, heading=Heading(place.heading.columns, [("business_date",)])), profile)
    _refuse_currency(survey, terms)
    if not survey.rows:
        notes.add("no_rows", row=place.line)
    if profile.heading_row:
        notes.add("heading_named", row=place.line)
    else:
        notes.add("heading", row=place.line, columns=list(place.column_names().values()))
    _tell_day(place, profile, notes)
    conventions, columns = decide(survey, profile, notes)
    doubts.refuse(survey, columns, terms.currency)
    if isinstance(body, GroupedTable):
        columns |= body.columns()
        notes.add("grouped", levels=list(place.level_names))
    return SalesFile(place, profile, terms, conventions, columns, body, notes, named=known, warehouse=doubts.warehouse)


_SAMPLE_ROWS = 500
ROWS_BETWEEN_LOOKS = 4096  # at the clock


def _in_time(rows: Iterator[FlatRow], terms: Terms) -> Iterator[FlatRow]:
    """The rows. Raises Unreadable once the time for reading is over: who brings the file hears of it, and not only the log."""
    for count, row in enumerate(rows, 1):
        if not count % ROWS_BETWEEN_LOOKS and terms.is_late():
            raise Unreadable("takes_too_long", line=row.line)
        yield row


def _refuse_currency(survey: Survey, terms: Terms) -> None:
    """Raises Unreadable: sums, their headings or their formats show another currency than rows without one count in."""
    place = survey.place
    columns = place.heading.columns
    if "currency" in columns:
        return
    headings = [(place.line, place.shown(columns[each])) for each in SUMS if each in columns]
    kept = place.table.money if isinstance(place.table, SpooledTable) else {}
    formats = [told for each in SUMS for told in kept.get(columns.get(each, -1), ())]
    for line, text in [*survey.money.values(), *headings, *formats]:
        if (found := currency_in(text)) not in ("", terms.currency):
            raise Unreadable("currency_shown", found=found, shown=text[:60], line=line, expected=terms.currency)
    for line, text in titles(place):
        _refuse_currency_told(line, text, terms)


def _look_at_text(row: FlatRow, place: Place, terms: Terms) -> None:
    """Raises Unreadable where a text below the heading says that the sums are in thousands or in another currency."""
    text = _text(row.cells)
    refuse_thousands_told(text)
    if "currency" not in place.heading.columns:
        _refuse_currency_told(row.line, text, terms)


def _refuse_currency_told(line: int, text: str, terms: Terms) -> None:
    if (found := currency_told(text)) not in ("", terms.currency):
        raise Unreadable("currency_shown", found=found, shown=text[:60], line=line, expected=terms.currency)


def _refuse_garbled(place: Place) -> None:
    """Raises Unreadable where the encoding of a text was guessed, and neither its words nor its headings are any."""
    table = place.table
    if isinstance(table, TextTable) and is_guessed(table.encoding):
        text = "\n".join(chain.from_iterable(row.cells for row in islice(table.rows(), _SAMPLE_ROWS)))
        if not place.heading.columns or is_garbled(text, table.encoding):
            found = [" ".join(name.split())[:60] for name in place.names if name.strip()][:20]
            raise Unreadable("encoding_unknown", encoding=table.encoding, found=found)


def _tell_day(place: Place, profile: SalesProfileForm, notes: Notes) -> None:
    """A note on the column that was taken for the day of a document, where others hold days as well."""
    chosen = place.heading.columns.get("business_date")
    if chosen is None or "business_date" in profile.columns:
        return
    others = [
        place.shown(at)
        for at, name in enumerate(place.names)
        if at != chosen and (_A_DAY.search(name) or field_of(name) in _DAYS)
    ]
    if others:
        notes.add("day_chosen", column=place.shown(chosen), others=others)


def matching_profile(path: Path, folder: Path, kept: Mapping[str, SalesProfileForm]) -> SalesProfileForm | None:
    """The profile, of those kept by fingerprint, that a file with the same headings was read with. `folder`: an empty one."""
    tables = tables_of(path, folder)
    for fingerprint, profile in kept.items():
        for each in tables:
            place = best_place(each.ways, profile)
            if place and not place.heading.missing and place.fingerprint == fingerprint:
                return profile
    return None


_A_DAY = re.compile(r"\bдата\b|\bdate\b|datum\b", re.IGNORECASE)
_DAYS: tuple[FieldName, ...] = ("business_date", "paid_on", "original_date")
_FEW = 2  # groups of columns that a sheet of sales may lack


def _place(tables: Sequence[Readings], profile: SalesProfileForm) -> tuple[Place, list[str]]:
    """The table of sales, and the names of the tables that are left. Raises Unreadable."""
    if profile.sheet and [each.name for each in tables] != [""]:
        tables = [each for each in tables if each.name == profile.sheet]
        if not tables:
            raise Unreadable("sheet_missing", sheet=profile.sheet)
    places = [place for each in tables if (place := best_place(each.ways, profile))]
    if not places:
        raise Unreadable("heading_row_missing" if profile.heading_row else "not_a_table", kind="unknown")
    whole = [place for place in places if not place.heading.missing]
    if not whole:
        if together := joined(places):
            return together, []
        return max(places, key=lambda place: (-len(place.heading.missing), len(place.heading.columns))), []
    # A sheet of returns or of another month may have a heading that is not known.
    near = [place for place in places if len(place.heading.missing) < _FEW and "document" in place.heading.columns]
    names = [place.table.name for place in near]
    names += [each.name for each in tables if each.name not in names and _goes_on(each, whole[0])]
    if len(names) > 1 and whole[0].table.name in names:
        if len(names) > len(near) or (together := _periods(near)) is None:
            raise Unreadable("several_tables", names=names[:20])
        return together, [place.table.name for place in places if place not in near][:20]
    return whole[0], [place.table.name for place in places if place is not whole[0]][:20]


def _periods(places: Sequence[Place]) -> Place | None:
    """The sheets as one, if each is named for a month or another period, and all have the same headings."""
    sheets = [place.table for place in places if isinstance(place.table, SpooledTable) and is_period(place.table.name)]
    alike = all([*map(heading_key, place.names)] == [*map(heading_key, places[0].names)] for place in places)
    return replace(places[0], table=stacked(sheets)) if alike and len(sheets) == len(places) else None


def _goes_on(table: Readings, place: Place) -> bool:
    """True for a table without a heading whose first row fits below the heading of another one."""
    row = next(iter(table.ways[0].rows()), None)
    columns = place.heading.columns
    day, numbers = columns.get("business_date", -1), [columns[each] for each in NUMBERS if each in columns]
    if row is None or day < 0 or len(row.cells) <= max(day, *numbers):
        return False
    filled = [row.cells[at] for at in numbers if row.cells[at].strip()]
    return (
        is_day(row.cells[day])
        and bool(filled)
        and all(isinstance(each, TypedNumber) or shape(each.strip()) != "wrong" for each in filled)
    )


def _zone(profile: SalesProfileForm, terms: Terms) -> ZoneInfo:
    if not profile.format.time_zone:
        return terms.zone  # type: ignore[return-value]
    try:
        return ZoneInfo(profile.format.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Unreadable("time_zone", zone=profile.format.time_zone) from None


def _amount(row: SaleRow) -> Decimal:
    return row.amount if row.amount is not None else row.quantity * (row.unit_price or ZERO)


def _text(cells: Sequence[str]) -> str:
    return " ".join(" ".join(cells).split())[:100]


def _named(read: SaleRow | list[CellFault]) -> ReadRow:
    return tuple.__new__(ReadRow, (read.number if isinstance(read, SaleRow) else read[0].number, read))


def _may_be_torn(row: FlatRow, faults: Sequence[CellFault]) -> bool:
    """True for a wrong row whose cells may stand in columns that are not theirs, or hold marks that are not theirs."""
    return is_torn(row) or row.fault in ("too_few_cells", "stray_quote") or faults[0].code == "cells_moved"


def _has_unread_number(faults: Sequence[CellFault]) -> bool:
    return any(
        fault.field in ("quantity", "amount", "net_amount", "unit_price", "vat", "discount")
        and fault.code not in ("missing", "sign_differs")
        for fault in faults
    )
