"""A file of shipments as rows: which column is which, and which rows are one shipment. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation

from chalicelib.exchange.columns.dates import day, typed_day
from chalicelib.exchange.columns.headings import heading_key
from chalicelib.exchange.columns.model import CellError, TypedMoment, TypedNumber
from chalicelib.exchange.shipments.model import FileShipment
from chalicelib.platform import code_key, spelled

WITHIN = 20  # rows in which the heading is looked for
NEEDED = ("order", "document")
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "order": ("order", "order number", "заказ", "номер заказа", "№ заказа", "заказ номер"),
    "document": (
        "document",
        "document number",
        "waybill",
        "документ",
        "номер документа",
        "накладная",
        "номер накладной",
        "№ накладной",
        "упд",
        "номер упд",
        "реализация",
    ),
    "day": ("day", "date", "дата", "дата документа", "дата накладной", "дата отгрузки"),
    "carrier": ("carrier", "перевозчик", "транспортная компания", "тк"),
    "tracking_number": (
        "tracking",
        "tracking number",
        "трек",
        "трек-номер",
        "номер отправления",
        "накладная перевозчика",
        "номер накладной перевозчика",
    ),
    "sku": ("sku", "article", "артикул", "код товара"),
    "quantity": ("quantity", "количество", "кол-во", "отгружено"),
}
_COLUMNS = {heading_key(heading): column for column, headings in HEADINGS.items() for heading in headings}


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """The place of each column that the heading names, the first of two; empty unless it names those that are needed."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if column := _COLUMNS.get(heading_key(cell)):
            found.setdefault(column, place)
    return found if all(column in found for column in NEEDED) else {}


def shipments_of(rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int]) -> list[FileShipment]:
    """The shipments of these rows, each a line and its cells, in the order of their first rows. Empty rows are left out.

    A value that only a later row of the shipment has is taken from there.
    """
    found: dict[tuple[str, str], FileShipment] = {}
    for line, row in rows:
        cells = {
            column: _text(row[place]) for column, place in columns.items() if place < len(row) and row[place].strip()
        }
        if not cells:
            continue
        order, document = cells.pop("order", ""), cells.pop("document", "")
        shipment = found.setdefault((code_key(order), document), FileShipment(line, order, document, {}))
        sku, quantity = cells.pop("sku", ""), cells.pop("quantity", "")
        if sku or quantity:
            shipment.goods.append((line, sku, quantity))
        shipment.cells = {**cells, **shipment.cells}
    return list(found.values())


def _text(cell: str) -> str:
    """A workbook keeps moments as such, and 123 as 123.0."""
    if isinstance(cell, TypedMoment):
        return cell
    return cell.removesuffix(".0") if isinstance(cell, TypedNumber) else spelled(cell)


def day_of(cell: str, zone: tzinfo) -> date:
    """Raises CellError for a cell that is no day."""
    return typed_day(cell) if isinstance(cell, TypedMoment | TypedNumber) else day(cell, "dmy", zone)


def units_of(cell: str) -> int:
    """Raises CellError for a cell that is no whole number."""
    try:
        units = Decimal(cell.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise CellError("number") from None
    if not units.is_finite() or units != units.to_integral_value() or abs(units) > 10**9:
        raise CellError("number")
    return int(units)
