"""Documents of a sales file, and the states of an import. Pure.

A document is recorded whole or not at all: when one of its rows is wrong, all of its rows are left out and reported.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Literal

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.reading.rules import Customer, SaleRow, original_of_return
from chalicelib.platform.spelling.words import is_spoilt
from chalicelib.sales import Original, SaleLine

ZERO = Decimal(0)
_AMOUNT = attrgetter("amount")
LEAST_TWICE = 3  # kinds of rows of a document that stand twice in a row

# --- documents --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class DocumentDraft:
    """The rows of one document. With a `code`, all of them are left out for this reason.

    `placed`: the series in which it is recorded, if that is not its own.
    """

    rows: list[SaleRow] = dataclass_field(default_factory=list)
    code: str = ""
    field: FieldName | Literal[""] = ""
    originals: set[tuple[str, date | None]] = dataclass_field(default_factory=set)
    payments: set[date] = dataclass_field(default_factory=set)
    placed: str = ""
    _lines: list[SaleLine] = dataclass_field(default_factory=list)
    _is_return: bool | None = None

    @property
    def number(self) -> str:
        return self.rows[0].number

    @property
    def title(self) -> str:
        """The number as the file writes it, where that is not its form for comparison."""
        shown = self.rows[0].shown
        return "" if shown == self.number else shown

    @property
    def business_date(self) -> date:
        return self.rows[0].business_date

    @property
    def customer(self) -> Customer:
        return self.rows[0].customer

    @property
    def currency(self) -> str:
        return self.rows[0].currency

    @property
    def is_return(self) -> bool:
        """Marked as a return, or with negative quantities only, or with negative amounts only. Worked out once, when all rows are there."""
        if self._is_return is None:
            self._is_return = (
                self.rows[0].returned or _only_negative(row.quantity for row in self.rows) or self.is_return_by_amounts
            )
        return self._is_return

    @property
    def is_return_by_amounts(self) -> bool:
        """True for a return whose quantities have no sign."""
        return _only_negative(row.amount or ZERO for row in self.rows) and all(
            row.amount is not None for row in self.rows
        )

    @property
    def series(self) -> str:
        """1C restarts the numbers of each kind of document every year."""
        if self.placed:
            return self.placed
        if self.rows[0].kind == "correction":
            return f"{self.business_date.year}-corrections"
        return f"{self.business_date.year}-returns" if self.is_return else str(self.business_date.year)

    @property
    def ref(self) -> str:
        """The document within its source."""
        return f"{self.series}/{self.number}"

    @property
    def is_marked(self) -> bool:
        """The file tells whether it is a sale or a return, beside the signs of its sums."""
        return self.rows[0].returned or self.rows[0].kind is not None

    @property
    def lines(self) -> list[SaleLine]:
        """Worked out once, when all rows are there."""
        if not self._lines:
            self._lines = [
                SaleLine.of(row.sku, row.name, row.quantity, row.unit_price, row.amount) for row in self.rows
            ]
        return self._lines

    @property
    def total(self) -> Decimal:
        return sum(map(_AMOUNT, self.lines), ZERO)

    @property
    def original(self) -> Original | None:
        """The original sale of a return; a sale has none, whatever its rows name."""
        if not self.originals or not self.is_return:
            return None
        [(number, day)] = self.originals
        return original_of_return(number, day, self.business_date)

    @property
    def contract(self) -> str:
        """The one that its rows name; empty where they name several."""
        named = {row.contract for row in self.rows if row.contract}
        return named.pop() if len(named) == 1 else ""

    @property
    def paid_on(self) -> date | None:
        """The day of full payment of a sale, the last of several; None without one."""
        return None if self.is_return else max(self.payments, default=None)

    def leave_out(self, code: str, wanted: FieldName | Literal[""] = "") -> None:
        """Keeps the first reason."""
        if not self.code:
            self.code, self.field = code, wanted


class DocumentDrafts:
    """The documents of a part, collected from rows in any order."""

    def __init__(self, most_lines: int) -> None:
        self._most_lines = most_lines
        self._drafts: dict[tuple[str, bool, bool, int], DocumentDraft] = {}
        self._cancelled: dict[tuple[str, bool, bool, int], DocumentDraft] = {}
        self._wrong: set[str] = set()
        self.cancelled_rows = 0
        self.unnamed = 0  # wrong rows whose document nobody knows

    def add(self, row: SaleRow) -> None:
        key = self._key(row)
        if row.cancelled:
            self.cancelled_rows += 1
            self._cancelled.setdefault(key, DocumentDraft([row]))
            return
        draft = self._drafts.get(key)
        if draft is None:
            draft = self._drafts[key] = DocumentDraft()
        if len(draft.rows) == self._most_lines:
            draft.leave_out("too_many_lines")
            return
        draft.rows.append(row)
        if row.original:
            draft.originals.add(row.original)
        if row.paid_on:
            draft.payments.add(row.paid_on)
        first = draft.rows[0]
        if row.business_date != first.business_date:
            draft.leave_out("date_differs", "business_date")
        elif row.customer.ref != first.customer.ref:
            draft.leave_out("customer_differs", "customer")
        elif row.currency != first.currency:
            draft.leave_out("currency_differs", "currency")

    def spoil(self, number: str) -> None:
        """Leaves out every document of this number, since the date of a wrong row may be wrong too."""
        if number and not is_spoilt(number):
            self._wrong.add(number)
        else:
            self.unnamed += 1

    def settle(self) -> None:
        """Judges the documents after the last row."""
        seen: dict[tuple[str, str], DocumentDraft] = {}
        for draft in self._drafts.values():
            if draft.is_return_by_amounts:
                draft.rows = [row._replace(quantity=-abs(row.quantity)) for row in draft.rows]
            if draft.number in self._wrong:
                draft.leave_out("document_left_out")
            other = seen.setdefault((draft.series, draft.number), draft)
            if other is not draft:
                # One draft is marked as a return, the other has negative quantities only.
                draft.leave_out("mark_differs", "return_flag")
                other.leave_out("mark_differs", "return_flag")
            if draft.originals and draft.is_return:
                _settle_original(draft)
            if _is_twice(draft):
                draft.leave_out("document_twice")

    @property
    def wrong(self) -> set[str]:
        """The numbers of documents with a wrong row."""
        return self._wrong

    def cancelled(self) -> list[DocumentDraft]:
        """The documents of which every row is cancelled, each with one of its rows."""
        named = {draft.number for draft in self._drafts.values()} | self._wrong
        return [draft for draft in self._cancelled.values() if draft.number not in named]

    def every(self) -> list[DocumentDraft]:
        return list(self._drafts.values())

    def good(self) -> Iterator[DocumentDraft]:
        return (draft for draft in self._drafts.values() if not draft.code)

    def bad(self) -> Iterator[DocumentDraft]:
        return (draft for draft in self._drafts.values() if draft.code)

    def of(self, row: SaleRow) -> DocumentDraft:
        return self._drafts[self._key(row)]

    def left_out(self) -> int:
        """The number of documents that are not recorded."""
        unread = self._wrong - {draft.number for draft in self._drafts.values()}
        return len(unread) + sum(1 for draft in self._drafts.values() if draft.code)

    def _key(self, row: SaleRow) -> tuple[str, bool, bool, int]:
        return row.number, row.returned, row.kind == "correction", row.business_date.year


def _only_negative(values: Iterable[Decimal]) -> bool:
    negative = False
    for value in values:
        if value > 0:
            return False
        negative |= value < 0
    return negative


def _settle_original(draft: DocumentDraft) -> None:
    if len(draft.originals) > 1:
        draft.leave_out("original_differs", "original")
    elif any(day and day > draft.business_date for _, day in draft.originals):
        draft.leave_out("original_after_return", "original_date")


def repeated_rows(draft: DocumentDraft) -> list[int]:
    """The rows that repeat another one of the document exactly, or name its goods again elsewhere in the file: one of the two may be there by
    mistake.
    """
    if len({row.goods for row in draft.rows}) == len(draft.rows):
        return []
    seen: set[tuple[object, ...]] = set()
    found = []
    before = draft.rows[0].row
    for row in draft.rows:
        content, goods = (*row.content, row.warehouse), row.goods
        if content in seen or (row.row - before > 1 and goods in seen):
            found.append(row.row)
        seen.add(content)
        seen.add(goods)
        before = row.row
    return found


def _is_twice(draft: DocumentDraft) -> bool:
    """True where all rows of the document come again in their order, as in a file that holds its table twice; elsewhere in the file, perhaps with
    other sums, as where it holds an earlier state of the document too.

    Rows next to each other are so only where they are three kinds at least: two came again in one of 22,686 documents of a real year, and were
    goods taken twice.
    """
    half, odd = divmod(len(draft.rows), 2)
    if odd:
        return False
    rows = sorted(draft.rows, key=attrgetter("row"))
    pairs = [(rows[at], rows[half + at]) for at in range(half)]
    apart = rows[half].row - rows[half - 1].row > 1
    same_goods = all(one.goods == other.goods for one, other in pairs)
    if apart and same_goods and len({one.goods for one, _ in pairs}) > 1:
        return True
    if not same_goods or any(one.content != other.content for one, other in pairs):
        return False
    return apart or len({row.content for row in rows}) >= LEAST_TWICE


# --- the recorded document --------------------------------------------------------------------------------------------

NEAR_NEW_YEAR = timedelta(days=45)
Likeness = Literal["same", "unclear", "other"]


def series_beside(draft: DocumentDraft) -> list[str]:
    """The series in which the document may be recorded, beside its own.

    The series of the other sign, unless the file tells sales from returns; and the series of the next year, near New Year.
    """
    year, _, kind = draft.series.partition("-")
    found = []
    if not draft.is_marked:
        found.append(year if kind else f"{year}-returns")
    for near in (draft.business_date - NEAR_NEW_YEAR, draft.business_date + NEAR_NEW_YEAR):
        if near.year != draft.business_date.year:
            found.append(f"{near.year}-{kind}" if kind else str(near.year))
    return found


def moved_across_new_year(draft: DocumentDraft, recorded_on: date, total: Decimal) -> Likeness:
    """Numbers begin again with the year, so one number on both sides of New Year is one document, if its sum is one."""
    if abs(recorded_on - draft.business_date) > NEAR_NEW_YEAR:
        return "other"
    return "same" if total == draft.total else "unclear"


def turned(draft: DocumentDraft, recorded_on: date, amounts: Sequence[Decimal]) -> Likeness:
    """Whether a document whose sum has the other sign is a correction of the recorded one of that day.

    A sale that was nothing but a sale is no correction of a return: either may have the number.
    """
    if recorded_on != draft.business_date:
        return "other"
    mine, recorded = (
        {amount > 0 for amount in several if amount} for several in ((line.amount for line in draft.lines), amounts)
    )
    return "unclear" if mine and recorded and mine.isdisjoint(recorded) else "same"
