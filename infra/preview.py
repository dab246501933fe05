"""A file as a dry run shows it, without a cloud: what was found, the first documents, counts and control totals.

preview   cuts the file into parts on disk and reads part after part, so a file of any size passes through the same memory
"""

import tempfile
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from chalicelib.exchange.documents.rules import DocumentDraft, DocumentDrafts, repeated_rows
from chalicelib.exchange.reading.model import Found, SalesProfileForm, SplitFile, part_name
from chalicelib.exchange.reading.parts import cut, parts_for, read_part
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import CellFault, SaleRow
from chalicelib.exchange.reading.totals import says

FIRST_DOCUMENTS = 10
MOST_FAULTS = 100
_ZERO = Decimal(0)


@dataclass(slots=True)
class ControlTotals:
    """Of the documents that would be recorded. Sums are rounded line by line, as they are recorded."""

    documents: int = 0
    sales: int = 0
    returns: int = 0
    customers: set[int] = field(default_factory=set)
    quantity: Decimal = _ZERO
    amount: Decimal = _ZERO
    first_day: date | None = None
    last_day: date | None = None

    def add(self, draft: DocumentDraft) -> None:
        self.documents += 1
        if draft.is_return:
            self.returns += 1
        else:
            self.sales += 1
        # A number instead of the text: there may be many customers.
        self.customers.add(hash(draft.customer.ref))
        self.quantity += sum((row.quantity for row in draft.rows), _ZERO)
        self.amount += draft.total
        day = draft.business_date
        self.first_day = min(self.first_day or day, day)
        self.last_day = max(self.last_day or day, day)


@dataclass(slots=True)
class Preview:
    """`faults`: the first wrong rows. `left_out`: documents that would not be recorded."""

    found: Found
    rows: int
    skipped: int
    totals: ControlTotals = field(default_factory=ControlTotals)
    documents: list[DocumentDraft] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)
    bad_rows: int = 0
    left_out: int = 0
    repeated: int = 0
    repeated_lines: list[int] = field(default_factory=list)

    @property
    def equal(self) -> bool | None:
        """Whether the file's own total is that of the documents; None without such a total.

        A total that counts returns as sales is that of the rows and not of the documents.
        """
        total = self.found.own_total
        return None if total is None else says(total, self.totals.quantity, self.totals.amount)


def preview(path: Path, profile: SalesProfileForm, terms: Terms, most_lines: int) -> Preview:
    """Raises Unreadable."""
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder)
        made = cut(path, profile, terms, parts_for(path.stat().st_size), parts)
        return preview_of(made, parts, most_lines)


def preview_of(made: SplitFile, folder: Path, most_lines: int) -> Preview:
    shown = Preview(made.found, made.rows, made.skipped)
    for number in range(1, made.parts + 1):
        _add_part(shown, (folder / part_name(number)).read_bytes(), most_lines)
    shown.faults.sort()
    shown.documents.sort(key=lambda draft: draft.rows[0].row)
    return shown


def _add_part(shown: Preview, content: bytes, most_lines: int) -> None:
    drafts = DocumentDrafts(most_lines)
    faults: list[CellFault] = []
    for read in read_part(content):
        if isinstance(read, SaleRow):
            drafts.add(read)
        else:
            drafts.spoil(read[0].number)
            faults += read
            shown.bad_rows += 1
    drafts.settle()
    for draft in drafts.good():
        shown.totals.add(draft)
        repeated = repeated_rows(draft)
        shown.repeated += len(repeated)
        shown.repeated_lines = [*shown.repeated_lines, *repeated][:FIRST_DOCUMENTS]
        _keep_first(shown, draft)
    for draft in drafts.bad():
        faults += [CellFault(row.row, row.number, draft.field, "", draft.code) for row in draft.rows]
        shown.bad_rows += len(draft.rows)
    shown.left_out += drafts.left_out()
    shown.faults = sorted([*shown.faults, *faults])[:MOST_FAULTS]


def _keep_first(shown: Preview, draft: DocumentDraft) -> None:
    shown.documents.append(draft)
    if len(shown.documents) > FIRST_DOCUMENTS:
        shown.documents.remove(max(shown.documents, key=lambda each: each.rows[0].row))
