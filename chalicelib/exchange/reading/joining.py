"""Two tables as one: documents in one, their rows in the other, with the number of the document in both.

The documents are held in memory, so their number is limited; the rows pass through.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.exchange.columns.cells import named
from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.columns.headings import Heading, heading_key
from chalicelib.exchange.reading.places import Place
from chalicelib.exchange.tables.model import Kind, Row, Table, Unreadable

MOST_ORDERS = 300_000
# Fields of a row, which only the table of rows tells.
_OF_ROWS: frozenset[FieldName] = frozenset(
    {"sku", "name", "quantity", "unit_price", "amount", "net_amount", "vat", "discount"}
)


@dataclass(slots=True)
class JoinedTable:
    """The rows of `lines`, each with the cells of its document behind its own. `sums`: of documents, as their own table writes them."""

    lines: Table
    kind: Kind
    name: str
    encoding: str
    delimiter: str
    last: int
    width: int
    key: int
    orders: dict[str, list[str]]
    sums: dict[str, str]
    used: set[str] = field(default_factory=set)

    def rows(self, width: int = 0) -> Iterator[Row]:
        blank = [""] * (width - self.width)
        for row in self.lines.rows(self.width):
            if row.line <= self.last:
                yield row
                continue
            cells = row.cells[: self.width] + [""] * (self.width - len(row.cells))
            beyond = row.cells[self.width :]
            key = named(cells[self.key]).number
            found = self.orders.get(key)
            if found is not None:
                self.used.add(key)
            fault = row.fault or ("order_unknown" if key and found is None else "")
            yield Row(row.line, [*cells, *(found or blank), *beyond], fault)

    @property
    def unused(self) -> int:
        return len(self.orders) - len(self.used)


def joined(places: Sequence[Place]) -> Place | None:
    """The place of the joined table, where exactly two tables make one; None where they do not."""
    pairs = [
        place
        for lines in places
        for orders in places
        if lines is not orders and (place := _join(lines, orders)) is not None
    ]
    return pairs[0] if len(pairs) == 1 else None


def _join(lines: Place, orders: Place) -> Place | None:
    if "quantity" not in lines.heading.columns or {"quantity"} & orders.heading.columns.keys():
        return None
    mine, other = _document_columns(lines), _document_columns(orders)
    shared = next((key for key in mine if key in other), None)
    if shared is None:
        return None
    told = {
        wanted: at
        for wanted, at in orders.heading.columns.items()
        if wanted not in _OF_ROWS and wanted != "document" and at != other[shared]
    }
    columns: dict[FieldName, int] = {wanted: at for wanted, at in lines.heading.columns.items() if wanted in _OF_ROWS}
    columns["document"] = mine[shared]
    columns |= {wanted: lines.width + behind for behind, wanted in enumerate(told)}
    missing = [
        several for several in {*lines.heading.missing, *orders.heading.missing} if not set(several) & columns.keys()
    ]
    if missing or "business_date" not in columns:
        return None
    others = {wanted: places for wanted, places in lines.heading.others.items() if wanted in _OF_ROWS}
    table = JoinedTable(
        lines.table,
        lines.table.kind,
        f"{lines.table.name} + {orders.table.name}",
        lines.table.encoding,
        lines.table.delimiter,
        lines.last,
        lines.width,
        mine[shared],
        *_orders(orders, other[shared], list(told.values())),
    )
    names = [*lines.names, *(orders.names[at] for at in told.values())]
    return Place(table, lines.line, lines.last, names, Heading(columns, others=others), lines.preamble)


def _document_columns(place: Place) -> dict[str, int]:
    """The columns that may be the number of the document, likeliest first, by the key of their heading."""
    columns = place.heading.columns
    if "document" not in columns:
        return {}
    places = [columns["document"], *place.heading.others.get("document", ())]
    return {heading_key(place.names[at]): at for at in places}


def _orders(place: Place, key: int, told: Sequence[int]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """The cells and the sum of each document. Raises Unreadable where a document stands twice with other cells."""
    found: dict[str, list[str]] = {}
    sums: dict[str, str] = {}
    amount = place.heading.columns.get("amount", -1)
    for row in place.table.rows(place.width):
        if row.line <= place.last or len(row.cells) <= key or not (number := named(row.cells[key]).number):
            continue
        cells = [row.cells[at] if at < len(row.cells) else "" for at in told]
        if found.setdefault(number, cells) != cells:
            raise Unreadable("order_twice", line=row.line, document=number[:100])
        if 0 <= amount < len(row.cells) and row.cells[amount].strip():
            sums[number] = row.cells[amount]
        if len(found) > MOST_ORDERS:
            raise Unreadable("orders_many", most=MOST_ORDERS)
    return found, sums
