"""Requests for cancellation and for returns: load, decide, one transaction."""

from collections.abc import Callable

from chalicelib.orders.config import Orders
from chalicelib.orders.lifecycle import rules
from chalicelib.orders.lifecycle.schemas import AcceptReturnForm, ReturnForm
from chalicelib.orders.lifecycle.service import change, event_line, step_writes
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.model import Return
from chalicelib.orders.order.rules import Actor, Order
from chalicelib.orders.placement import steps
from chalicelib.platform import DAY, Context, Problem, hold_throttle
from chalicelib.table import Item, Transaction

# --- cancellation -----------------------------------------------------------------------------------------------------


def request_cancellation(context: Context, company_id: str, member_id: str, order_id: str, reason: str) -> Order:
    """Raises 409 for an order that is not accepted or all shipped, and while another request is open."""
    by = Actor("company", member_id)
    return change(
        context,
        order_service.load_order(context, company_id, order_id),
        lambda order: rules.request_cancellation(order, reason=reason, by=by, at=context.at),
        step_writes(context),
    )


def approve_cancellation(context: Context, distributor_id: str, member_id: str, order_id: str, note: str) -> Order:
    """Raises 409 without an open request: all may have been shipped meanwhile."""
    return _respond(context, distributor_id, member_id, order_id, note, rules.approve_cancellation)


def decline_cancellation(context: Context, distributor_id: str, member_id: str, order_id: str, note: str) -> Order:
    return _respond(context, distributor_id, member_id, order_id, note, rules.decline_cancellation)


def _respond(
    context: Context, distributor_id: str, member_id: str, order_id: str, note: str, decide: Callable[..., Order]
) -> Order:
    by = Actor("distributor", member_id)
    return change(
        context,
        order_service.order_to_change(context, distributor_id, order_id),
        lambda order: decide(order, by=by, at=context.at, note=note),
        step_writes(context),
    )


# --- returns ----------------------------------------------------------------------------------------------------------


def request_return(context: Context, company_id: str, member_id: str, order_id: str, form: ReturnForm) -> Order:
    """The new return is the last of the order's. Raises 422 for more units than were shipped and not yet returned, 429 for too many of a day."""
    by, return_id = Actor("company", member_id), context.new_id("ret")
    asked = [line.part() for line in form.lines]
    most = context.config[Orders].returns_per_company_per_day
    told = step_writes(context, return_id=return_id)

    def write(tx: Transaction, order: Order) -> None:
        hold_throttle(tx, context, "returns", company_id, most, DAY)
        told(tx, order)

    return change(
        context,
        order_service.load_order(context, company_id, order_id),
        lambda order: rules.request_return(order, return_id, asked, reason=form.reason, by=by, at=context.at),
        write,
    )


def accept_return(
    context: Context, distributor_id: str, member_id: str, order_id: str, return_id: str, form: AcceptReturnForm
) -> Order:
    """Raises 422 for a day after tomorrow or before the shipment, 409 for a document that was used before."""
    by, day = Actor("distributor", member_id), form.day or context.today
    fewer = [line.part() for line in form.lines]
    if day > context.latest_day:
        raise Problem.invalid("in_future", "/day", f"This is still to come: today is {context.today}.")

    def write(tx: Transaction, order: Order) -> None:
        returned = _of(order, return_id)
        order_store.hold_return_document(tx, order, returned)
        steps.record_step(tx, context, order, **{"return": _return_facts(order, returned)})
        context.reply(tx, order)

    return change(
        context,
        order_service.order_to_change(context, distributor_id, order_id),
        lambda order: rules.accept_return(
            order, return_id, fewer, document=form.document, day=day, by=by, at=context.at
        ),
        write,
    )


def reject_return(
    context: Context, distributor_id: str, member_id: str, order_id: str, return_id: str, reason: str
) -> Order:
    by = Actor("distributor", member_id)
    return change(
        context,
        order_service.order_to_change(context, distributor_id, order_id),
        lambda order: rules.reject_return(order, return_id, reason=reason, by=by, at=context.at),
        step_writes(context, return_id=return_id, reason=reason),
    )


def _of(order: Order, return_id: str) -> Return:
    return next(each for each in order.returns if each.return_id == return_id)


def _return_facts(order: Order, returned: Return) -> Item:
    """The return for its event: whole, so that it lowers the purchase volume without a read of the order.

    `parts`: the returned lines by shipment, which bookkeeping keeps apart; `number`: the shipment's place in the order, from 1.
    """
    parts = [
        {
            "number": number,
            "document": shipment.document,
            "day": shipment.day.isoformat(),
            "lines": [
                event_line(line, line.counted)
                for line in returned.lines
                if line.document == shipment.document and line.counted
            ],
        }
        for number, shipment in enumerate(order.shipments, start=1)
    ]
    return {
        "return_id": returned.return_id,
        "document": returned.document,
        "day": returned.day.isoformat() if returned.day else "",
        "currency": order.currency,
        "parts": [part for part in parts if part["lines"]],
    }
