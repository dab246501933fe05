"""A file of shipments as rows: which column is which, and which rows are one shipment. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, tzinfo
from decimal import Decimal, InvalidOperation

from chalicelib.exchange.columns.cells import is_total
from chalicelib.exchange.columns.dates import day, typed_day
from chalicelib.exchange.columns.headings import heading_key, usual
from chalicelib.exchange.columns.model import CellError, TypedMoment, TypedNumber
from chalicelib.exchange.shipments.model import FileShipment
from chalicelib.exchange.tables.small_files import text_of
from chalicelib.platform import code_key, spelled

NEEDED = ("order", "document")
# Likeliest first.
HEADINGS: Mapping[str, str] = {
    "order": "order; order number; order no; заказ; номер заказа; № заказа; заказ номер; заказ клуба; номер заказа клуба; заказ клиента; "
    "номер заказа клиента; заказ покупателя; номер заказа покупателя; номер заказа по данным клиента; основание; документ-основание",
    "document": "document; document number; waybill; документ; номер документа; № документа; документ отгрузки; номер отгрузки; накладная; "
    "номер накладной; № накладной; расходная накладная; товарная накладная; торг-12; упд; номер упд; № упд; реализация; номер реализации; "
    "документ реализации; реализация товаров и услуг; реализация (акт, накладная, упд); реализация (акт, накладная); регистратор; отгрузка",
    "day": "day; date; дата; дата документа; дата накладной; дата отгрузки; дата реализации; дата упд",
    "carrier": "carrier; перевозчик; транспортная компания; тк; служба доставки; экспедитор",
    "tracking_number": "tracking; tracking number; tracking no; трек; трек-номер; трекинг; трек-код; номер отправления; номер отслеживания; "
    "накладная перевозчика; номер накладной перевозчика; накладная тк; номер накладной тк; экспедиторская расписка; номер груза",
}
_RANKS: Mapping[str, Mapping[str, int]] = {
    **{
        column: {heading_key(name): rank for rank, name in enumerate(names.split("; "))}
        for column, names in HEADINGS.items()
    },
    "sku": usual("sku"),
    "quantity": usual("quantity"),
}
_COLUMN_OF = {key: column for column, ranks in reversed([*_RANKS.items()]) for key in ranks}
# As it stands among other words, too: `Заказ клиента 261120-7K3QX от 20.11.2026`.
_NUMBER = re.compile(r"(?<![\w-])\d{6}\s*[-–—]\s*[0-9A-ZА-Я]{5}(?![\w-])", re.IGNORECASE)


def columns_of(cells: Sequence[str]) -> dict[str, int]:
    """The place of each column by its likeliest heading, the first of two; empty unless the heading names those that are needed."""
    keys = [heading_key(cell) for cell in cells]
    found: dict[str, int] = {}
    for place, key in enumerate(keys):
        if (column := _COLUMN_OF.get(key)) and (
            column not in found or _RANKS[column][key] < _RANKS[column][keys[found[column]]]
        ):
            found[column] = place
    return found if all(column in found for column in NEEDED) else {}


def shipments_of(rows: Iterable[tuple[int, Sequence[str]]], columns: Mapping[str, int]) -> list[FileShipment]:
    """The shipments of these rows, each a line and its cells, in the order of their first rows. Empty rows and totals are left out.

    A row that names neither order nor document, but goods, belongs to the shipment above it. A value that only a later row of the shipment
    has is taken from there.
    """
    found: dict[tuple[str, str], FileShipment] = {}
    above = ("", "")
    for line, row in rows:
        cells = {
            column: _text(row[place]) for column, place in columns.items() if place < len(row) and row[place].strip()
        }
        order, document = _number_in(cells.pop("order", "")), cells.pop("document", "")
        if not document and is_total(row):
            continue
        sku, quantity = cells.pop("sku", ""), cells.pop("quantity", "")
        if sku and not order and not document:
            order, document = above
        above = (order, document)
        if not any((order, document, sku, quantity, cells)):
            continue
        shipment = found.setdefault((code_key(order), document), FileShipment(line, order, document, {}))
        if sku or quantity:
            shipment.goods.append((line, sku, quantity))
        shipment.cells = {**cells, **shipment.cells}
    return list(found.values())


def _number_in(cell: str) -> str:
    """The one number of the club in the cell; the cell if it has none or several."""
    found = set(_NUMBER.findall(cell))
    return str(found.pop()) if len(found) == 1 else cell


def _text(cell: str) -> str:
    return text_of(cell) if isinstance(cell, TypedMoment) else spelled(text_of(cell))


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
