"""Records the shipments of a file, each with the checks and the transaction of `POST /v1/distributor/orders/{order_id}/ship`.

A shipment that an order has already, by the number of its document, is left as it is: so a file may be brought again, after a crash too. Where
the file has another carrier or tracking number for it and all else is so, it is given these; what the file says otherwise is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import ValidationError

from chalicelib import orders
from chalicelib.exchange.columns.model import CellError
from chalicelib.exchange.shipments import rows as file_rows
from chalicelib.exchange.shipments.model import MOST_SHIPMENTS, FileShipment
from chalicelib.exchange.shipments.schemas import FileShipmentView
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.exchange.tables.small_files import WITHIN, table_below
from chalicelib.orders import Order, ShipForm, Shipment, TrackForm
from chalicelib.platform import Club, Context, code_key
from chalicelib.platform.http import validation
from chalicelib.platform.http.problems import Fault, Problem, faults_of

MOST_NAMED = 20  # articles of a recorded shipment that a row is told of
_TRACKING = ("carrier", "tracking_number")  # what is known, or corrected, later


def ship(context: Context, distributor_id: str, author: str, content: bytes) -> Iterator[FileShipmentView]:
    """Raises 422 for a file that is no table, has no heading, or has no shipment or too many."""
    shipments = _read(content)
    if not shipments:
        raise Problem.invalid("empty", "/content", "The file has no shipment below its heading.")
    if len(shipments) > MOST_SHIPMENTS:
        raise Problem.invalid("too_many", "/content", f"A file has at most {MOST_SHIPMENTS} shipments.")
    known = orders.find_by_numbers(context, distributor_id, {each.order for each in shipments})
    return (_recorded(context, distributor_id, author, each, known[each.order]) for each in shipments)


def _read(content: bytes) -> list[FileShipment]:
    try:
        table = table_below(content, lambda cells: bool(file_rows.columns_of(cells)), MOST_SHIPMENTS * 200)
    except Unreadable:
        raise Problem.invalid("unreadable", "/content", "This is no table: bring CSV or XLSX.") from None
    if table is None:
        detail = f"No row of the first {WITHIN} is a heading with the columns order and document."
        raise Problem.invalid("unreadable", "/content", detail)
    return file_rows.shipments_of(((each.line, each.cells) for each in table.rows), file_rows.columns_of(table.heading))


def _recorded(
    context: Context, distributor_id: str, author: str, shipment: FileShipment, known: Sequence[Order]
) -> FileShipmentView:
    result: Literal["shipped", "tracked", "unchanged", "failed"] = "shipped"
    errors: list[Fault] = []
    try:
        order = _one(known)
        form = _form(context, shipment, order)
        if recorded := next((each for each in order.shipments if each.document == form.document), None):
            result, errors = "unchanged", list(_differences(form, recorded))
            if errors and all(each.pointer.removeprefix("/") in _TRACKING for each in errors):
                given = {name: value for name in _TRACKING if (value := getattr(form, name))}
                track = TrackForm(document=form.document, **given)
                orders.track_shipment(context, distributor_id, order.order_id, track)
                result, errors = "tracked", []
        else:
            orders.ship_order(context, distributor_id, author, order.order_id, form)
    except ValidationError as error:
        errors = _named(shipment, validation.faults(error))
    except Problem as problem:
        if problem.status == 403:  # the caller may not do it at all
            raise
        errors = _named(shipment, faults_of(problem))
    return FileShipmentView(
        line=shipment.line,
        order=shipment.order,
        document=shipment.document,
        result="failed" if errors else result,
        errors=errors,
    )


def _one(known: Sequence[Order]) -> Order:
    if not known:
        raise Problem.invalid("unknown_order", "/order", "You have no order with this number of the club.")
    if len(known) > 1:
        raise Problem.invalid(
            "ambiguous_order", "/order", "Two of your orders share this number: ship them one by one."
        )
    return known[0]


def _differences(form: ShipForm, recorded: Shipment) -> Iterator[Fault]:
    """What the file says of a recorded shipment that the order does not have so. Without articles or a value it says nothing of them."""
    asked = [(line.sku, line.quantity) for line in form.lines or ()]
    held = [(line.sku, line.quantity) for line in recorded.lines]
    pairs: list[tuple[str, object, object]] = [
        (name, getattr(form, name), getattr(recorded, name)) for name in ("day", *_TRACKING)
    ]
    if asked and sorted(asked) != sorted(held):
        pairs.insert(0, ("document", asked, ", ".join(f"{sku} {quantity}" for sku, quantity in held[:MOST_NAMED])))
    for name, given, was in pairs:
        if given and given != was:
            detail = f"The document is recorded already, with: {was or '—'}."
            yield Fault(pointer=f"/{name}", code="recorded_otherwise", detail=detail)


def _form(context: Context, shipment: FileShipment, order: Order) -> ShipForm:
    """Raises 422 and ValidationError for cells that do not fit."""
    given: dict[str, object] = {"document": shipment.document, **shipment.cells}
    try:
        if "day" in shipment.cells:
            given["day"] = file_rows.day_of(shipment.cells["day"], context.config[Club].zone).isoformat()
    except CellError:
        raise Problem.invalid("date", "/day", "This is no date: write 20.11.2026 or 2026-11-20.") from None
    if shipment.goods:
        ordered = {code_key(line.sku): line.sku for line in order.lines} | {line.sku: line.sku for line in order.lines}
        skus = [ordered.get(sku, ordered.get(code_key(sku), sku)) for _, sku, _ in shipment.goods]
        _check_each_once(shipment, skus)
        given["lines"] = [
            _line(place, sku, cell) for place, (sku, (_, _, cell)) in enumerate(zip(skus, shipment.goods, strict=True))
        ]
    return ShipForm.model_validate(given)


def _check_each_once(shipment: FileShipment, skus: Sequence[str]) -> None:
    """Raises 422 with the lines of the file for an article that stands in two of them."""
    lines = [line for line, _, _ in shipment.goods]
    for place, sku in enumerate(skus):
        if sku and (first := skus.index(sku)) != place:
            detail = f"Line {lines[first]} is of this product too: put them together."
            raise Problem.invalid("repeated", f"/lines/{place}/sku", detail)


def _line(place: int, sku: str, cell: str) -> Mapping[str, object]:
    try:
        return {"sku": sku, "quantity": file_rows.units_of(cell)}
    except CellError:
        raise Problem.invalid("whole_number", f"/lines/{place}/quantity", "This is not a whole number.") from None


def _named(shipment: FileShipment, faults: Sequence[Fault]) -> list[Fault]:
    """The faults by column: `/lines/2/quantity` is the `quantity` of that row of the file; what the order refuses as a whole is its column's."""
    named = []
    for fault in faults:
        parts = fault.pointer.split("/")
        if not fault.pointer:
            column = "document" if fault.code == "already_exists" else "order"
            fault = fault.model_copy(update={"pointer": f"/{column}"})
        elif parts[1:2] == ["lines"] and len(parts) == 4:
            fault = fault.model_copy(update={"pointer": f"/{shipment.goods[int(parts[2])][0]}/{parts[3]}"})
        named.append(fault)
    return named
