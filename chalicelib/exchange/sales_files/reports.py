"""Texts on faults: the reason of a failed import, and the list of rows that were left out."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from chalicelib.exchange.reading.reasons import REASONS, failure_text, missing_columns
from chalicelib.exchange.sales_files.schemas import ImportFailureView
from chalicelib.exchange.sales_files.summary import Change
from chalicelib.platform.files import csv
from chalicelib.platform.files.csv import harmless
from chalicelib.platform.http.problems import Fault

MOST_LISTED = 100_000  # bad rows of one import


class BadRow(NamedTuple):
    """A row that was left out. `column` is its heading in the file."""

    row: int
    document: str
    column: str
    value: str
    code: str


def reason(code: str, facts: dict[str, Any], language: str) -> ImportFailureView:
    errors = [
        Fault(pointer=f"/mapping/{field}", code=code, detail=detail)
        for field, detail in missing_columns(facts, language)
    ]
    return ImportFailureView(code=code, detail=failure_text(code, facts, language), errors=errors)


def change_listing(changes: Iterable[Change]) -> bytes:
    """Documents that were known before, with their old and new sums, as spreadsheets open them in either language."""
    return csv.listing(
        ["document", "day", "old day", "old sum", "new sum", "currency"],
        (
            [harmless(each.title), each.day, each.before.day, each.before.total, each.after, each.currency]
            for each in changes
            if each.before
        ),
    )


def listing(rows: Iterable[BadRow]) -> bytes:
    """The list as spreadsheets open it in either language."""
    return csv.listing(
        ["row", "document", "column", "value", "code", "reason", "причина"],
        (
            [bad.row, harmless(bad.document), harmless(bad.column), harmless(bad.value), bad.code, *REASONS[bad.code]]
            for bad in rows
        ),
    )
