"""Rows of an export as they wait in a part: every cell a text, read back by the kind of its column."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.exports.model import Cell, Description, ExportColumn


def packed(row: Sequence[Cell]) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in row]


def unpacked(row: Sequence[str | None], columns: Sequence[ExportColumn]) -> list[Cell]:
    return [_cell(text, column) for text, column in zip(row, columns, strict=True)]


def control_of(row: Sequence[Cell], description: Description) -> tuple[str, Decimal] | None:
    """The currency and the amount that the control totals sum; None for a row, or a table, without."""
    if not description.control:
        return None
    names = [each.name for each in description.columns]
    amount, currency = row[names.index(description.control)], row[names.index("currency")]
    return (str(currency), amount) if isinstance(amount, Decimal) else None


def _cell(text: str | None, column: ExportColumn) -> Cell:
    if text is None:
        return None
    if column.kind == "amount":
        return Decimal(text)
    if column.kind == "day":
        return date.fromisoformat(text)
    return int(text) if column.kind == "count" else text
