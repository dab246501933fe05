"""Lists for download: rows that were left out, and documents that change."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chalicelib.exchange.answers.reasons import REASONS
from chalicelib.exchange.documents.summary import Change
from chalicelib.platform.files import csv
from chalicelib.platform.files.csv import harmless

MOST_LISTED = 100_000  # bad rows of one import


class BadRow(NamedTuple):
    """A row that was left out. `column` is its heading in the file."""

    row: int
    document: str
    column: str
    value: str
    code: str


def change_listing(changes: Iterable[Change]) -> bytes:
    """Documents that were known before, with their old and new sums, as spreadsheets open them in either language."""
    return csv.listing(
        ["document", "day", "old day", "old sum", "new sum", "currency"],
        (
            [harmless(each.title), each.day, each.before.day, each.before.total, each.after, each.currency]
            for each in changes
            if each.before
        ),
        control=csv.Control(amount=4, currency=5),
    )


def listing(rows: Sequence[BadRow], of: int) -> bytes:
    """The list as spreadsheets open it in either language. `of`: how many rows of the file were left out, listed or not."""
    return csv.listing(
        ["row", "document", "column", "value", "code", "reason", "причина"],
        (
            [bad.row, harmless(bad.document), harmless(bad.column), harmless(bad.value), bad.code, *REASONS[bad.code]]
            for bad in rows
        ),
        of=of if len({bad.row for bad in rows}) < of else 0,
    )
