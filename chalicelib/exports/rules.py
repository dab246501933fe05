"""Rows of an export as they wait in a part: every cell a text, read back by the kind of its column."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from chalicelib.exports.model import Cell, Description, ExportColumn
from chalicelib.platform.money import totals_of


def packed(row: Sequence[Cell]) -> list[str | None]:
    return [None if cell is None else str(cell) for cell in row]


def unpacked(row: Sequence[str | None], columns: Sequence[ExportColumn]) -> list[Cell]:
    return [_cell(text, column) for text, column in zip(row, columns, strict=True)]


def control_totals(rows: Sequence[Sequence[Cell]], description: Description) -> dict[str, Decimal]:
    """The sum of the control column by currency; empty for a table without."""
    if not description.control:
        return {}
    names = [each.name for each in description.columns]
    place, currency = names.index(description.control), names.index("currency")
    return totals_of((str(row[currency]), amount) for row in rows if isinstance(amount := row[place], Decimal))


def _cell(text: str | None, column: ExportColumn) -> Cell:
    if text is None:
        return None
    if column.kind == "amount":
        return Decimal(text)
    if column.kind == "day":
        return date.fromisoformat(text)
    return int(text) if column.kind == "count" else text
