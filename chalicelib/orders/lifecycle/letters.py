"""Letters on the steps of an order, to the orderer and to the distributor."""

from chalicelib import members
from chalicelib.companies import buyer_reader
from chalicelib.mail import Facts, Reader, Recipient, Unsendable, letter
from chalicelib.members import speaking_reader
from chalicelib.orders.order import events as order_events
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order.readers import distributor_reader, the_distributor, the_orderer
from chalicelib.orders.order.rules import Line, Order
from chalicelib.platform import Club, Context, Language, clock, line_sum
from chalicelib.table import Item


def _the_distributor_if_others_did(context: Context, event: Item) -> list[Recipient]:
    return [] if event["by"] == "distributor" else the_distributor(context, event)


def _the_orderer_if_the_distributor_did(context: Context, event: Item) -> list[Recipient]:
    return the_orderer(context, event) if event["by"] == "distributor" else []


def _the_orderer_if_the_club_did(context: Context, event: Item) -> list[Recipient]:
    return the_orderer(context, event) if event["by"] == "staff" else []


def _the_orderer_of_a_new_number(context: Context, event: Item) -> list[Recipient]:
    return the_orderer(context, event) if "tracking_number" in event else []


@letter("order_placed", on=order_events.PLACED, to=the_distributor, page="distributor_order")
@letter("order_placed_for_you", on=order_events.PLACED, to=_the_orderer_if_the_club_did, page="order")
@letter("order_confirmed", on=order_events.CONFIRMED, to=the_distributor, page="distributor_order")
@letter("order_accepted", on=order_events.ACCEPTED, to=the_orderer, page="order")
@letter("order_rejected", on=order_events.REJECTED, to=the_orderer, page="order")
@letter("order_shipped", on=order_events.SHIPPED, to=the_orderer, page="order")
@letter("order_cancelled", on=order_events.CANCELLED, to=_the_distributor_if_others_did, page="distributor_order")
@letter("order_cancelled_for_you", on=order_events.CANCELLED, to=_the_orderer_if_the_club_did, page="order")
@letter("order_cancellation_approved", on=order_events.CANCELLED, to=_the_orderer_if_the_distributor_did, page="order")
@letter("order_cancellation_approved", on=order_events.COMPLETED, to=the_orderer, page="order")
@letter("order_cancellation_declined", on=order_events.CANCELLATION_DECLINED, to=the_orderer, page="order")
def of_the_order(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    order = order_of(context, event)
    to_orderer = recipient.kind == "orderer"
    if recipient.kind == "distributor":
        reader = distributor_reader(context, order.distributor_id)
    elif to_orderer:
        reader = speaking_reader(context, order.placed_by.member_id, order.company_id)
    else:
        reader = buyer_reader(context, recipient.id, order.company_id)
    language = reader.language
    by_club = order.placed_by.side == "staff"
    manager = members.member(context, order.placed_by.member_id) if by_club else None
    return reader, {
        "by_club": by_club,
        "ordered_by": "club" if by_club else "reader" if to_orderer else "company",
        "manager_name": manager.name if manager else "",
        "number": order.number,
        "placed_on": clock.local_day(clock.moment(order.placed_at), context.config[Club].zone),
        "company": order.company_name,
        "inn": order.company_inn,
        "distributor": order.distributor_name,
        "currency": order.currency,
        "comment": order.comment,
        "buyer_order_number": order.buyer_order_number,
        "delivery": order.delivery,
        "note": _note(order, event),
        "lines": [line_facts(line, line.agreed, language) for line in order.lines],
        "total": order.total,
        "shipped": bool(order.shipments),
        "shipment": _shipment(order, event["shipment"]["document"], language) if "shipment" in event else None,
    }


@letter("order_tracked", on=order_events.TRACKED, to=_the_orderer_of_a_new_number, page="order")
def of_the_number(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """Unsendable if the shipment has another number by now, which its own letter tells."""
    reader, facts = of_the_order(context, recipient, event)
    shipment = _shipment(order_of(context, event), event["document"], reader.language)
    if shipment["tracking_number"] != event["tracking_number"]:
        raise Unsendable("over")
    return reader, {**facts, "shipment": shipment}


@letter("order_changed", on=order_events.CHANGED, to=the_orderer, page="order")
def of_the_proposal(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """With the current proposal; unsendable if it was answered meanwhile."""
    reader, facts = of_the_order(context, recipient, event)
    order = order_of(context, event)
    if order.proposed_total is None:
        raise Unsendable("answered")
    proposed = [line._replace(unit_price=line.proposed_unit_price) for line in order.lines]
    return reader, {
        **facts,
        "proposed_lines": [line_facts(line, line.proposed or 0, reader.language) for line in proposed],
        "proposed_total": order.proposed_total,
        "lower_prices": any(line.proposed_price for line in order.lines),
    }


def order_of(context: Context, event: Item) -> Order:
    order = order_service.order_of_event(context, event)
    if order is None:
        raise Unsendable("order_gone")
    return order


def line_facts(line: Line, quantity: int, language: Language) -> Facts:
    return {
        "sku": line.sku,
        "name": line.name_ru if language == "ru" else line.name,
        "unit": line.unit,
        "ordered": line.quantity,
        "quantity": quantity,
        "unit_price": line.unit_price,
        "amount": line_sum(line.unit_price, quantity),
    }


def _note(order: Order, event: Item) -> str:
    """Note of the event's step; the same step may have been taken again since."""
    step = event["event"].removeprefix("order.")
    taken = [each for each in reversed(order.history) if each.step == step]
    return next((each.note for each in taken if each.at == event["at"]), taken[0].note if taken else "")


def _shipment(order: Order, document: str, language: Language) -> Facts:
    """The shipment of this document; the order may have further ones."""
    shipment = next((each for each in order.shipments if each.document == document), None)
    if shipment is None:
        raise Unsendable("shipment_gone")
    ordered = {line.sku: line for line in order.lines}
    return {
        "document": document,
        "day": shipment.day,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "lines": [
            line_facts(ordered[line.sku], line.quantity, language)
            | {"ordered": line.quantity, "unit_price": line.unit_price, "amount": line.amount}
            for line in shipment.lines
        ],
        "total": shipment.total,
        "left": order.left,
    }


@letter(
    "order_cancellation_requested", on=order_events.CANCELLATION_REQUESTED, to=the_distributor, page="distributor_order"
)
def of_the_cancellation(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    cancellation = order_of(context, event).cancellation
    if cancellation is None or (cancellation.asked_at, cancellation.state) != (event["at"], "waiting"):
        raise Unsendable("answered")
    return of_the_order(context, recipient, event)


@letter("order_return_requested", on=order_events.RETURN_REQUESTED, to=the_distributor, page="distributor_order")
@letter("order_returned", on=order_events.RETURNED, to=the_orderer, page="order")
@letter("order_return_rejected", on=order_events.RETURN_REJECTED, to=the_orderer, page="order")
def of_the_return(context: Context, recipient: Recipient, event: Item) -> tuple[Reader, Facts]:
    """With the lines of the return."""
    reader, facts = of_the_order(context, recipient, event)
    order = order_of(context, event)
    return_id = event.get("return_id") or event["return"]["return_id"]
    returned = next((each for each in order.returns if each.return_id == return_id), None)
    if returned is None:
        raise Unsendable("return_gone")
    if event["event"] == order_events.RETURN_REQUESTED and returned.state != "requested":
        raise Unsendable("answered")
    ordered = {line.sku: line for line in order.lines}
    lines = []
    for line in returned.lines:
        if line.counted:
            facts_of_line = line_facts(ordered[line.sku], line.counted, reader.language)
            lines.append(
                facts_of_line
                | {"name": f"{facts_of_line['name']} · {line.document}", "ordered": line.counted}
                | {"unit_price": line.unit_price, "amount": line.amount}
            )
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
