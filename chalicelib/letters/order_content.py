"""What letters about orders say: to who ordered, to who delivers, and to the club's own people."""

from collections.abc import Callable

from chalicelib import members, orders
from chalicelib.letters.readers import Facts, Reader, Unsendable, distributor_reader, member_reader, speaking_reader
from chalicelib.letters.schemas import Letter
from chalicelib.orders import Order
from chalicelib.orders.rules import Line
from chalicelib.platform import clock
from chalicelib.platform.club_config import Club
from chalicelib.platform.figures import Language
from chalicelib.platform.work import Work
from chalicelib.table.transactions import Item


def _order(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    order = orders.order(work, event["company_id"], event["order_id"])
    if order is None:
        raise Unsendable("order_gone")
    to_orderer = letter.recipient.kind == "orderer"
    if letter.recipient.kind == "distributor":
        reader = distributor_reader(work, order.distributor_id)
    elif to_orderer:
        reader = speaking_reader(work, order.placed_by.member_id, order.company_id)
    else:
        reader = member_reader(work, letter.recipient.id)
    language = reader.language
    by_club = order.placed_by.side == "staff"
    manager = members.member(work, order.placed_by.member_id) if by_club else None
    return reader, {
        "by_club": by_club,
        "ordered_by": "club" if by_club else "reader" if to_orderer else "company",
        "manager_name": manager.name if manager else "",
        "number": order.number,
        "placed_on": clock.local_day(clock.moment(order.placed_at), work.config[Club].zone),
        "company": order.company_name,
        "inn": order.company_inn,
        "distributor": order.distributor_name,
        "currency": order.currency,
        "comment": order.comment,
        "note": _note(order, event),
        "lines": [_order_line(line, line.agreed, language) for line in order.lines],
        "total": order.total,
        "shipped": bool(order.shipments),
        "shipment": _shipment(order, event, language) if "shipment" in event else None,
    }


def _order_line(line: Line, quantity: int, language: Language) -> Facts:
    return {
        "sku": line.sku,
        "name": line.name_ru if language == "ru" else line.name,
        "unit": line.unit,
        "ordered": line.quantity,
        "quantity": quantity,
        "unit_price": line.unit_price,
        "amount": line.unit_price * quantity,
    }


def _note(order: Order, event: Item) -> str:
    """What was said at the step that the event tells of; the same step may have been taken again since."""
    step = event["event"].removeprefix("order.")
    taken = [each for each in reversed(order.history) if each.step == step]
    return next((each.note for each in taken if each.at == event["at"]), taken[0].note if taken else "")


def _order_changed(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """As it is proposed now; nothing, where the proposal was answered meanwhile."""
    reader, facts = _order(work, letter, event, code)
    order = orders.order(work, event["company_id"], event["order_id"])
    if order is None or order.proposed_total is None:
        raise Unsendable("answered")
    lines = [_order_line(line, line.proposed or 0, reader.language) for line in order.lines]
    return reader, {**facts, "proposed_lines": lines, "proposed_total": order.proposed_total}


def _order_cancellation_requested(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    order = orders.order(work, event["company_id"], event["order_id"])
    if order is None or order.cancellation is None or order.cancellation.asked_at != event["at"]:
        raise Unsendable("answered")
    if order.cancellation.state != "waiting":
        raise Unsendable("answered")
    return _order(work, letter, event, code)


def _order_return(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """With the goods that are to come back, or that did."""
    reader, facts = _order(work, letter, event, code)
    order = orders.order(work, event["company_id"], event["order_id"])
    return_id = event.get("return_id") or event["return"]["return_id"]
    returned = next((each for each in order.returns if each.return_id == return_id), None) if order else None
    if order is None or returned is None:
        raise Unsendable("return_gone")
    if letter.template == "order_return_requested" and returned.state != "requested":
        raise Unsendable("answered")
    ordered = {line.sku: line for line in order.lines}
    lines = []
    for line in returned.lines:
        if line.counted:
            told = _order_line(ordered[line.sku], line.counted, reader.language)
            lines.append({**told, "name": f"{told['name']} · {line.document}", "ordered": line.counted})
    return reader, {
        **facts,
        "returned": {
            "document": returned.document,
            "day": returned.day,
            "lines": lines,
            "total": returned.total,
            "fewer": any(line.counted < line.quantity for line in returned.lines),
        },
    }


def _shipment(order: Order, event: Item, language: Language) -> Facts:
    """The part that this event tells of; the order may have more by now."""
    document = event["shipment"]["document"]
    shipment = next((each for each in order.shipments if each.document == document), None)
    if shipment is None:
        raise Unsendable("shipment_gone")
    names = {line.sku: line.name_ru if language == "ru" else line.name for line in order.lines}
    units = {line.sku: line.unit for line in order.lines}
    return {
        "document": document,
        "day": shipment.day,
        "lines": [
            {
                "sku": line.sku,
                "name": names[line.sku],
                "unit": units[line.sku],
                "ordered": line.quantity,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "amount": line.amount,
            }
            for line in shipment.lines
        ],
        "total": shipment.total,
        "left": order.left,
    }


def _order_unanswered(work: Work, letter: Letter, event: Item, code: str) -> tuple[Reader, Facts]:
    """Of what the event tells only that which still waits: the distributor may have answered meanwhile."""
    order = orders.order(work, event["company_id"], event["order_id"])
    if order is None:
        raise Unsendable("order_gone")
    waits = orders.still_waiting(order, event["waits"])
    if not waits:
        raise Unsendable("answered")
    to_distributor = letter.recipient.kind == "distributor"
    reader = (
        distributor_reader(work, order.distributor_id) if to_distributor else member_reader(work, letter.recipient.id)
    )
    figures = work.config[orders.ResponseTimes]
    return reader, {
        "number": order.number,
        "company": order.company_name,
        "inn": order.company_inn,
        "distributor": order.distributor_name,
        "distributor_email": distributor_reader(work, order.distributor_id).address,
        "days": figures.escalate_after if letter.template == "order_escalated" else figures.remind_after,
        "waits": [
            {"kind": wait.kind, "since": clock.local_day(clock.moment(wait.since), work.config[Club].zone)}
            for wait in waits
        ],
        "total": order.total,
        "currency": order.currency,
    }


ORDER_COMPOSERS: dict[str, Callable[[Work, Letter, Item, str], tuple[Reader, Facts]]] = {
    "order_placed": _order,
    "order_accepted": _order,
    "order_rejected": _order,
    "order_shipped": _order,
    "order_cancelled": _order,
    "order_placed_for_you": _order,
    "order_cancelled_for_you": _order,
    "order_changed": _order_changed,
    "order_confirmed": _order,
    "order_cancellation_requested": _order_cancellation_requested,
    "order_cancellation_approved": _order,
    "order_cancellation_declined": _order,
    "order_return_requested": _order_return,
    "order_returned": _order_return,
    "order_return_rejected": _order_return,
    "order_unanswered": _order_unanswered,
    "order_escalated": _order_unanswered,
}
