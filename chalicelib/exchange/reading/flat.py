"""Rows of a flat table: what each row is, and what it leaves to the cells above it.

Besides rows of sales there are empty rows, repeated headings, totals, signatures, and rows that name a group for the rows below. A document
or a customer may stand only in its first row, as merged cells leave it; whether they do is decided for the whole file.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from chalicelib.exchange.columns.cells import named
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.headings import heading_key
from chalicelib.exchange.columns.model import TypedNumber
from chalicelib.exchange.columns.numbers import shape
from chalicelib.exchange.reading.model import RowFilterForm, SalesProfileForm
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.reading.survey import is_day, is_row_within_total, is_total_row
from chalicelib.exchange.tables.model import MOST_COLUMNS, Row, Unreadable
from chalicelib.exchange.tables.text import TextTable

Category = Literal["row", "group", "total", "empty", "heading", "note", "filtered", "broken"]

_BESIDE_SALES: tuple[Category, ...] = ("total", "empty", "heading", "note")
_CUSTOMER: tuple[FieldName, ...] = ("customer", "customer_name", "inn", "kpp")
_NUMBERS: tuple[FieldName, ...] = ("quantity", "amount", "net_amount", "unit_price")
_STATES: tuple[FieldName, ...] = ("status", "posted", "cancelled")
_ORIGINAL: tuple[FieldName, ...] = ("original", "original_date")
_FURTHER: tuple[FieldName, ...] = ("currency", "kind", *_ORIGINAL, "paid_on", "contract", "return_flag", *_STATES)
_MOST_NOTE_CELLS = 2
MOST_KEPT = 4 * 1024 * 1024  # bytes of a text: five times that in memory, of cells of one letter 28 times
_DIGIT = re.compile(r"\d")
_FEW_SHORT = 10  # one of more rows than this may have been cut
_TOTALS = ("итого", "всего", "итог", "total", "subtotal")  # in the column of goods
_TOTAL_OF = re.compile(
    rf"(?:{'|'.join(_TOTALS)})(?: (?:по|за|of|for|per) (?:документ|накладн|реализаци|чек|заказ|сч[её]т|отгрузк|document|invoice|order|receipt|bill).*)?"
)
_SIGNS = "-=_+: "  # that draw a line
_MEANS, _NOT_ZERO = re.compile(r"\w"), re.compile("[1-9]")
_COLUMN_NUMBER = re.compile(r"\d{1,2}[а-яa-z]?")  # `13а`
_MOST_COLUMN_NUMBER = 2  # digits: a row below the heading may number the columns


class FlatRow(NamedTuple):
    """A row below the heading. `length`: the number of its cells as written.

    `beyond`: its cells behind the last heading, unless all are empty and other rows have as many.
    """

    line: int
    category: Category
    cells: list[str]
    beyond: Sequence[str] = ()
    fault: str = ""
    carried: bool = False
    length: int = 0


@dataclass(slots=True)
class Carry:
    """The cells that may be empty because they stand above: all of a document, or its customer, or its day."""

    document: bool = False
    customer: bool = False
    day: bool = False


class FlatTable:
    """The rows below the heading of a place."""

    def __init__(self, place: Place, profile: SalesProfileForm) -> None:
        self.place = place
        self.carry = Carry()
        self.pads = False  # True once a row ends with an empty cell: its program leaves none out
        self._ends_empty = False  # True once a short row ends with an empty cell
        self._has_heads = False  # True where each document begins with a row of its sum, and its rows repeat its number
        self.leaves_out = False  # True where many rows end before the last column: empty cells at their end
        self._most_cells = MOST_COLUMNS  # of a row into which no further delimiter has got
        columns = place.heading.columns
        self.document_places = [columns["document"], *place.heading.key] if "document" in columns else []
        self._day = columns.get("business_date", -1)
        self._day_places = [self._day] if self._day >= 0 else []
        self._customer = [columns[each] for each in _CUSTOMER if each in columns]
        self._goods = [columns[each] for each in ("sku", "name") if each in columns]
        self._numbers = [columns[each] for each in _NUMBERS if each in columns]
        factors: tuple[FieldName, ...] = ("quantity", "unit_price")
        self._factors = [columns[each] for each in factors if each in columns]
        self._keys = [heading_key(name) for name in place.names]
        self._filters = [(self._column(each), each) for each in profile.only]
        self._kept: list[FlatRow] | None = None  # every row, once `looked_at` has read them
        self._plain: tuple[int, int, int, int] | None = None
        self._plain_above: tuple[str, str] | None = None  # document and day
        self._day_name = place.names[self._day].strip() if self._day >= 0 else ""
        if self._numbers and self._goods and self._day >= 0 and len(self.document_places) == 1 and not self._filters:
            self._plain = (self.document_places[0], self._day, self._goods[-1], self._numbers[0])
        self._carried_places = sorted({*self.document_places, self._day, *self._customer} - {-1})
        self._further = [columns[each] for each in _FURTHER if each in columns]
        self._of_document = [columns[each] for each in ("kind", *_STATES) if each in columns]
        self._read = {*self._carried_places, *self._further}
        # A row that fills all of them leaves nothing to the cells above.
        self._told = [*self.document_places, *self._customer, *self._day_places, *self._of_document]

    def rows(self) -> Iterator[FlatRow]:
        """Every row below the heading, with its cells as they stand."""
        width = self.place.width
        for row in self.place.table.rows(width):
            if row.line > self.place.last:
                yield self._sorted(row, width)

    def looked_at(self) -> Iterator[FlatRow]:
        """Every row, while what may be left to the rows above is decided. To be read to its end before `carried`."""
        shown = Counter[str]()  # of cells that are left to the rows above
        before: tuple[str, str, str] | None = None
        lengths = Counter[int]()
        begun = ""
        above: list[str] | None = None  # document, day and customer of the row above
        kept: list[FlatRow] | None = [] if self._may_be_kept() else None
        for row in self.rows():
            if kept is not None:
                kept.append(row)
                if row.length != self.place.width:  # what it is depends on the rows below
                    kept = None
            if row.category == "row":
                head = [row.cells[at] for at in self._carried_places]
                if head == above and shown["repeated"]:  # it tells what the row above told
                    lengths[row.length] += 1
                    yield row
                    continue
                above = head
            elif row.category == "group":
                above = None
            number = self.document_of(row.cells).strip() if row.category in ("row", "group") else ""
            if number and number != begun:
                begun = number
                shown["heads"] += self._is_head(row.cells)
                shown["headless"] += not self._is_head(row.cells)
            if row.category == "row":
                lengths[row.length] += 1
                before = self._show(shown, row.cells, before)
            elif row.category == "group" and self._names_period(row.cells):
                shown["day_groups"] += 1
            elif row.category == "group" and self._names_another(row.cells):
                pass
            elif row.category == "group":
                shown["groups"] += 1
            yield row
        self._kept = kept
        # A delimiter within a text makes its row longer than the others, whatever its last cells hold.
        self._most_cells = max(self.place.width, min(lengths, key=lambda each: (-lengths[each], each), default=0))
        short = sum(count for length, count in lengths.items() if length < self.place.width)
        self.leaves_out = short * _FEW_SHORT >= lengths.total()
        # Whoever writes an empty last cell leaves no cell out: a row shorter than others has lost one.
        self.pads = self.pads or (self._ends_empty and short < lengths.total())
        document = self.place.heading.columns.get("document", -1)
        carries = shown["empty"] > 0 and shown["repeated"] == 0
        self._has_heads = bool(shown["heads"]) and not shown["headless"]
        # One empty cell is a slip, unless documents stand in their first rows too.
        few = 0 if carries else 1
        self.carry = Carry(
            document=carries,
            customer=(shown["groups"] > 0 and shown["customer_told"] == 0)
            or (
                shown["customer_empty"] > few
                and shown["customer_repeated"] == 0
                and _all_left(self._customer, document)
            ),
            day=(shown["day_empty"] > few and shown["day_repeated"] == 0 and 0 <= self._day < document)
            or (shown["day_groups"] > 0 and not shown["day_told"]),
        )

    def carried(self) -> Iterator[FlatRow]:
        """The rows with the cells that stand above them."""
        above: list[str] = [""] * (self.place.width + 1)
        torn = False  # whether a row above may have begun a document that nobody can read
        kept, self._kept = self._kept, None  # their cells are filled, so once
        for row in self.rows() if kept is None else kept:
            if torn and row.category in ("row", "group"):
                torn = not self.document_of(row.cells).strip()
                if torn and self.carry.document and not any(row.cells[at].strip() for at in self._carried_places):
                    yield row._replace(category="broken", fault="row_above")
                    continue
            torn |= row.category not in _BESIDE_SALES and (is_torn(row) or self._has_quoted_document(row))
            if row.category == "row":
                yield self._filled(row, above)
            elif row.category == "group" and self._names_period(row.cells):
                if is_day(row.cells[self._day]):
                    for at in (*self.document_places, self._day):
                        above[at] = row.cells[at]
                yield row
            elif row.category == "group" and self._names_another(row.cells):
                for at in self.document_places:
                    above[at] = ""
                yield row
            elif row.category == "group" and self.carry.document:
                self._take_group(above, row.cells)
                yield row
            elif row.category == "group" and (self._is_subtotal(row.cells) or self._names_customer(row.cells)):
                if self.carry.customer:
                    self._take_group(above, row.cells)
                yield row
            elif row.category == "group" and (self._is_text(row.cells) or self._is_remark(row.cells, above)):
                yield row._replace(category="note")
            elif row.category == "group" and self._has_heads and self._is_head(row.cells):
                above[:] = row.cells
                yield row
            elif row.category == "group":
                yield self._filled(row._replace(category="row"), above)
            else:
                yield row

    def _may_be_kept(self) -> bool:
        """True for a text that is small enough to be kept in memory, so that it is not read again."""
        table = self.place.table
        return isinstance(table, TextTable) and table.path.stat().st_size <= MOST_KEPT

    def _has_quoted_document(self, row: FlatRow) -> bool:
        """True where quotation marks that do not match are in the cell of the document."""
        return row.fault == "stray_quote" and '"' in self.document_of(row.cells)

    def document_of(self, cells: Sequence[str]) -> str:
        if len(self.document_places) == 1:
            return cells[self.document_places[0]]
        return "-".join(filter(None, (cells[at].strip() for at in self.document_places)))

    def day_of(self, cells: Sequence[str]) -> str:
        return cells[self._day] if self._day >= 0 else named(self.document_of(cells)).day or ""

    # --- sorting ---

    def _sorted(self, row: Row, width: int) -> FlatRow:
        line, cells, fault = row
        beyond: Sequence[str] = ()
        length = len(cells)
        if length != width:
            beyond = cells[width:] if length > self._most_cells or any(map(str.strip, cells[width:])) else ()
            cells = [*cells[:width], *[""] * (width - len(cells))]
        elif not cells[-1]:
            self.pads = True
        cells.append("")  # for fields without a column
        if fault in ("quote", "order_unknown"):
            return FlatRow(line, "broken", cells, beyond, fault)
        category: Category = "row" if self._is_plain(cells) else self._category(cells)
        if fault == "too_few_cells" and category == "row":
            if self.pads:
                return FlatRow(line, "broken", cells, beyond, fault)
            self._ends_empty = self._ends_empty or not row.cells[-1]
        return tuple.__new__(FlatRow, (line, category, cells, beyond, fault, False, length))  # in half the time

    def _is_plain(self, cells: list[str]) -> bool:
        """True for a row with a document, a day, goods and a number: nearly all rows, so it is asked first."""
        if self._plain is None:
            return False
        document_at, day_at, goods_at, number_at = self._plain
        document, day, goods = cells[document_at], cells[day_at], cells[goods_at]
        if not goods or not cells[number_at][-1:].isdigit() or _begins_total(goods):
            return False
        if (document, day) != self._plain_above:
            if (
                len(day) <= _MOST_COLUMN_NUMBER
                or document == day
                or not document
                or document.isspace()
                or day.strip() == self._day_name
                or not day.strip(_SIGNS)
            ):
                return False
            self._plain_above = document, day
        return True

    def _category(self, cells: list[str]) -> Category:
        filled = [cell for cell in cells if cell and not cell.isspace()]
        if not filled or (len(filled) > 1 and not any(cell.strip(_SIGNS) for cell in filled)):
            return "empty"
        document, day = self.document_of(cells), self.day_of(cells)
        goods = any(cells[at].strip() for at in self._goods)
        if is_total_row(cells, document, day if goods or document.strip() else ""):
            return "total"
        if is_row_within_total(cells, document, day):
            return "note"
        if (not goods and self._is_numbers_alone(cells)) or any(
            _TOTAL_OF.fullmatch(cells[at].strip(" :").casefold()) for at in self._goods
        ):
            return "total"
        if self._names_period(cells):
            return "group"
        if len(filled) > 1 and self._is_heading(cells, filled):
            return "heading"
        if self._is_text(cells) and not self._is_group(cells):
            return "note"
        if (
            self._goods
            and not goods
            and any(is_one(cells) for is_one in (self._is_group, self._names_another, self._is_head))
        ):
            return "group"
        if self._filters and not all(_passes(cells[at], each) for at, each in self._filters):
            return "filtered"
        return "row"

    def _is_heading(self, cells: list[str], filled: list[str]) -> bool:
        """The heading again, as on each printed page, or the numbers of columns below it."""
        if all(not cell or heading_key(cell) == key for cell, key in zip(cells, self._keys, strict=False)):
            return True
        return (
            len(filled) > 2
            and filled[0] == "1"
            and all(map(_COLUMN_NUMBER.fullmatch, filled))
            and len(set(filled)) == len(filled)
        )

    def _is_numbers_alone(self, cells: list[str]) -> bool:
        """Sums without a word beside them: a total whose label was left out."""
        return bool(self._goods) and all(
            at in self._numbers or not _MEANS.search(cell) for at, cell in enumerate(cells)
        )

    def _is_group(self, cells: list[str]) -> bool:
        """A row that names a document or a customer and nothing of goods."""
        filled = {at for at, cell in enumerate(cells) if cell and not cell.isspace()}
        if not filled & {*self.document_places, *self._customer}:
            return False
        others = filled - {*self._carried_places, *self._further, *self._numbers}
        return bool(self._goods) and all(map(_is_number, (cells[at] for at in others)))

    def _is_head(self, cells: list[str]) -> bool:
        """A document, perhaps with its sum, in a row that tells no goods, quantity or price, as `Main Line` of NetSuite."""
        of_goods = any(cells[at].strip() for at in self._goods) or any(
            _NOT_ZERO.search(cells[at]) for at in self._factors
        )
        return bool(self._goods) and bool(self.document_of(cells).strip()) and not of_goods

    def _is_remark(self, cells: list[str], above: list[str]) -> bool:
        """A further row of the document above that tells neither goods nor a number."""
        same = self.document_of(cells).strip() == self.document_of(above).strip()
        return same and not any(_NOT_ZERO.search(cells[at]) for at in self._numbers)

    def _names_another(self, cells: list[str]) -> bool:
        """Sums beside a name in a column that is not read, left of the goods: of a manager, a warehouse or a month."""
        left = min((*self._goods, *self._numbers))
        filled = [at for at, cell in enumerate(cells) if cell and not cell.isspace()]
        names = [at for at in filled if at < left]
        if not names or not set(filled) & set(self._numbers) or set(names) & self._read:
            return False
        return all(at in self._numbers or _is_number(cells[at]) for at in filled if at > left)

    def _is_subtotal(self, cells: list[str]) -> bool:
        """The sums of a customer above its rows, which name the customer too."""
        return not self.document_of(cells).strip() and any(cells[at].strip() for at in self._numbers)

    def _names_customer(self, cells: list[str]) -> bool:
        """A customer above its rows, which leave it to this row."""
        return (
            self.carry.customer
            and any(cells[at].strip() for at in self._customer)
            and not any(cells[at].strip() for at in (*self.document_places, *self._day_places))
        )

    def _names_period(self, cells: list[str]) -> bool:
        """A day above the documents of that day, perhaps with their sums, or the sums of a month."""
        if self._day < 0 or not self._goods or self._day in (*self.document_places, *self._customer):
            return False
        filled = {at for at, cell in enumerate(cells) if cell and not cell.isspace()}
        if self._day not in filled or filled - {self._day, *self._numbers}:
            return False
        return len(filled) > 1 or is_day(cells[self._day])

    def _is_text(self, cells: list[str]) -> bool:
        """A signature or a remark: few cells, or a line to write on, and no number."""
        if any("__" in cell for cell in cells):
            return not any(_DIGIT.search(cells[at]) for at in self._numbers)
        filled = sum(1 for cell in cells if cell and not cell.isspace())
        return filled <= _MOST_NOTE_CELLS and not any(cells[at].strip() for at in self._numbers)

    def _column(self, row_filter: RowFilterForm) -> int:
        key = heading_key(row_filter.column)
        found = [at for at, name in enumerate(self.place.names) if heading_key(name) == key]
        if not found:
            raise Unreadable("filter_column", column=row_filter.column)
        return found[0]

    # --- cells of the rows above ---

    def _show(self, shown: Counter[str], cells: list[str], before: tuple[str, str, str] | None) -> tuple[str, str, str]:
        document, day = self.document_of(cells).strip(), cells[self._day].strip() if self._day >= 0 else ""
        customer = "\n".join([cells[at].strip() for at in self._customer]).strip()
        if not document:
            if not day and not customer:
                shown["empty"] += 1
            return before or ("", "", "")
        shown["customer_told"] += bool(customer)
        shown["day_told"] += bool(day)
        if before is None:
            return document, day, customer
        if document == before[0]:
            shown["repeated"] += 1
        else:
            if self._customer:
                shown["customer_empty"] += not customer
                shown["customer_repeated"] += bool(customer) and customer == before[2]
            if self._day >= 0:
                shown["day_empty"] += not day
                shown["day_repeated"] += bool(day) and day == before[1]
        return document, day or before[1], customer or before[2]

    def _take_group(self, above: list[str], cells: list[str]) -> None:
        """A group of customers begins again without a document; a document keeps its customer."""
        if not any(cells[at].strip() for at in self.document_places):
            for at in (*self.document_places, *self._further, *self._day_places):
                above[at] = cells[at]
            for at in self._customer:
                above[at] = cells[at]
            return
        for at in (*self._carried_places, *self._further):
            if cells[at].strip() or at in self.document_places:
                above[at] = cells[at]

    def _filled(self, row: FlatRow, above: list[str]) -> FlatRow:
        """The row with what may stand above it; `above` becomes the row."""
        cells = row.cells
        for at in self._told:
            if not cells[at] or cells[at].isspace():
                break
        else:
            above[:] = cells
            return row
        document = self.document_of(cells).strip()
        if self.carry.document and not document and not any(cells[at].strip() for at in self._carried_places):
            for at in (*self._carried_places, *self._further):
                cells[at] = above[at]
            return row._replace(carried=True)
        carried = False
        same = bool(document) and document == self.document_of(above).strip()
        if same or self.carry.customer:
            carried |= self._take(cells, above, self._customer)
        if same or self.carry.day:
            carried |= self._take(cells, above, self._day_places)
        if same:
            for at in self._of_document:
                carried |= self._take(cells, above, [at])
        if self.carry.document and document and not same and row.category == "row":
            # Below a row of its group, a document may leave the customer to it.
            carried |= (
                bool(self._customer) and self._is_below_group(cells, above) and self._take(cells, above, self._customer)
            )
        above[:] = cells
        return row._replace(carried=True) if carried else row

    def _is_below_group(self, cells: list[str], above: list[str]) -> bool:
        return not self.document_of(above).strip() and not any(cells[at].strip() for at in self._customer)

    @staticmethod
    def _take(cells: list[str], above: list[str], places: Sequence[int]) -> bool:
        """Takes these cells from above, where all of them are empty."""
        for at in places:
            if cells[at].strip():
                return False
        for at in places:
            cells[at] = above[at]
        return any(cells[at].strip() for at in places)


@lru_cache(maxsize=4096)
def _begins_total(goods: str) -> bool:
    return goods.casefold().startswith(_TOTALS)


def _is_number(cell: str) -> bool:
    return isinstance(cell, TypedNumber) or shape(cell.strip()) != "wrong"


def is_torn(row: FlatRow) -> bool:
    """True where the cells of a row may stand in columns that are not theirs."""
    return row.fault == "quote" or bool(row.beyond) or (row.category == "broken" and row.fault == "too_few_cells")


def _all_left(places: Sequence[int], of: int) -> bool:
    return bool(places) and max(places) < of


def _passes(cell: str, row_filter: RowFilterForm) -> bool:
    text = " ".join((str(cell) if isinstance(cell, TypedNumber) else cell).split()).casefold()
    named = any(text == " ".join(value.split()).casefold() for value in row_filter.values)
    return named != row_filter.leave_out
