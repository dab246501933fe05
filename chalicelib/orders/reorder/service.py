"""Repeated orders and the usual order.

The usual order is computed from the purchases at each request, those of sales files and of orders. It covers the newest documents, as many as
one read brings, so no derived state has to follow corrections.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from chalicelib import sales
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.carts import PricedCart
from chalicelib.orders.order.rules import Order, RequestedLine
from chalicelib.orders.placement import service as placement
from chalicelib.orders.quoting import deliverers
from chalicelib.orders.quoting import service as quoting
from chalicelib.orders.quoting.schemas import MOST_LINES, OrderDeliveryForm, OrderForm, OrderLineForm, QuoteLineView
from chalicelib.orders.reorder.config import UsualOrder
from chalicelib.orders.reorder.rules import Habit, habits, in_packs
from chalicelib.orders.reorder.schemas import (
    ReorderForm,
    UnavailableLineView,
    UsualLineView,
    UsualOrderForm,
    UsualOrderView,
)
from chalicelib.platform import Context, Fault, Problem, or_not_found

# Fields that an OrderForm shares.
_SHARED = ("distributor_id", "comment", "buyer_order_number", "delivery", "without_promotions", "without_offers")
MOST_DOCUMENTS = 100  # one read brings what fits into 1 MB of them
MOST_SKU = 64  # characters; a longer name in a sales file is no article of the catalogue


def reorder(context: Context, company_id: str, member_id: str, order_id: str, form: ReorderForm) -> Order:
    """A new order of the same lines at today's prices.

    Raises 404 for an order that is not the company's, 422 for lines that cannot be ordered any more, by their places in the old order, and
    for a delivery to an address that the company has removed since.
    """
    before = or_not_found(order_store.read_order(context.table, company_id, order_id))
    lines = [RequestedLine(line.sku, line.quantity) for line in before.lines]
    places = _wanted_places([line.sku for line in lines], form)
    wanted = [OrderLineForm.model_construct(sku=lines[place].sku, quantity=lines[place].quantity) for place in places]
    if "delivery" not in form.model_fields_set:
        form = form.model_copy(update={"delivery": _delivery_again(before)})
    return _placed(context, company_id, member_id, _order(wanted, form), places)


def usual_order(context: Context, company_id: str) -> UsualOrderView:
    """Three reads, and one more for every further hundred keys."""
    figures = context.config[UsualOrder]
    documents = sales.newest_documents(
        context, company_id, since=context.today - timedelta(days=figures.days - 1), most=MOST_DOCUMENTS
    )
    regular = habits(documents, today=context.today, least_days=figures.least_days, silent_days=figures.silent_days)
    found = [habit for habit in regular if 1 <= len(habit.sku) <= MOST_SKU][:MOST_LINES]
    cart, not_available = _orderable(_cart(context, company_id, found), found)
    quote = quoting.priced(context, cart, None)
    by_sku = {habit.sku: habit for habit in found}
    lines = [_line(cart, by_sku[line.sku], line) for line in quote.lines]
    return UsualOrderView(
        **{**dict(quote), "lines": lines, "can_be_ordered": quote.can_be_ordered and bool(lines)},
        seen=_fingerprint(lines),
        not_available=not_available,
    )


def place_usual(context: Context, company_id: str, member_id: str, form: UsualOrderForm) -> Order:
    """Places the usual order. Raises 409 if it differs from `seen`, 422 if the company buys nothing regularly."""
    usual = usual_order(context, company_id)
    if form.seen is not None and form.seen != usual.seen:
        raise Problem("conflict", "The usual order has changed: read it again.")
    if not usual.lines:
        raise Problem.invalid("nothing_usual", "", "The company buys no article regularly yet.")
    places = _wanted_places([line.sku for line in usual.lines], form)
    # The current prices are binding, unless the form leaves out a promotion or offer that made them.
    at_price = not (form.without_promotions or form.without_offers)
    wanted = [
        OrderLineForm.model_construct(
            sku=line.sku,
            quantity=line.quantity,
            unit_price=line.unit_price.amount if line.unit_price and at_price else None,
        )
        for line in (usual.lines[place] for place in places)
    ]
    return _placed(context, company_id, member_id, _order(wanted, form), places)


# --- lines ------------------------------------------------------------------------------------------------------------


def _wanted_places(skus: Sequence[str], form: ReorderForm) -> list[int]:
    """Places of the lines to order. Raises 422 for a `leave_out` that is no line, and if no line remains."""
    faults = [
        Fault(pointer=f"/leave_out/{place}", code="unknown_sku", detail="There is no such line.")
        for place, sku in enumerate(form.leave_out)
        if sku not in skus
    ]
    if faults:
        raise Problem("invalid", errors=faults)
    places = [place for place, sku in enumerate(skus) if sku not in form.leave_out]
    if not places:
        raise Problem.invalid("nothing_left", "/leave_out", "No line is left to order.")
    return places


def _delivery_again(order: Order) -> OrderDeliveryForm | None:
    """The delivery of an earlier order to its address as it is now, without the day, which has passed or soon will."""
    before = order.delivery
    if before is None:
        return None
    return OrderDeliveryForm(
        method=before.method,
        address_id=before.address.address_id if before.address else None,
        partial_shipment=before.partial_shipment,
    )


def _order(lines: Sequence[OrderLineForm], form: ReorderForm) -> OrderForm:
    return OrderForm.model_construct(lines=list(lines), **{name: getattr(form, name) for name in _SHARED})


def _placed(context: Context, company_id: str, member_id: str, form: OrderForm, places: Sequence[int]) -> Order:
    """Places the order. Faults point to places in the list that the member saw, which includes the lines left out."""
    try:
        return placement.place(context, company_id, member_id, form)
    except Problem as problem:
        problem.errors = [_pointing(fault, places) for fault in problem.errors]
        for line in problem.extra.get("lines", ()):
            if "line" in line:
                line["line"] = places[line["line"]]
        raise


def _pointing(fault: Fault, places: Sequence[int]) -> Fault:
    """The fault with the line's place in the list that the member saw."""
    _, name, *rest = fault.pointer.split("/") if fault.pointer.startswith("/lines/") else ("", "")
    if not rest:
        return fault
    return fault.model_copy(update={"pointer": "/".join(["", name, str(places[int(rest[0])]), *rest[1:]])})


# --- the usual order --------------------------------------------------------------------------------------------------


def _cart(context: Context, company_id: str, found: Sequence[Habit]) -> PricedCart:
    """The usual quantities in whole packs. A cart with one unit of each article is read first, since it knows the pack sizes."""
    ones = [RequestedLine(habit.sku, 1) for habit in found]
    cart = deliverers.cart_at(context, company_id, ones)
    asked = [
        RequestedLine(habit.sku, in_packs(habit.quantity, cart.products[habit.sku].pack_multiple))
        if habit.sku in cart.products
        else RequestedLine(habit.sku, 1)
        for habit in found
    ]
    return replace(cart, asked=asked)


def _orderable(cart: PricedCart, found: Sequence[Habit]) -> tuple[PricedCart, list[UnavailableLineView]]:
    wrong = {line_fault.line: line_fault for line_fault in cart.line_faults}
    not_available = [
        UnavailableLineView(
            sku=found[place].sku,
            name=found[place].name,
            code=line_fault.code,
            detail=line_fault.detail,
            last_bought=found[place].last,
        )
        for place, line_fault in sorted(wrong.items())
    ]
    return replace(cart, asked=[line for place, line in enumerate(cart.asked) if place not in wrong]), not_available


def _line(cart: PricedCart, habit: Habit, line: QuoteLineView) -> UsualLineView:
    product = cart.products[line.sku]
    return UsualLineView(
        **dict(line),
        name=product.name,
        name_ru=product.name_ru,
        bought_on_days=habit.days,
        every_days=habit.every_days,
        last_bought=habit.last,
    )


def _fingerprint(lines: Sequence[UsualLineView]) -> str:
    parts = (f"{line.sku}\x1f{line.quantity}\x1f{line.unit_price}" for line in lines)
    return sha256("\x1e".join(parts).encode()).hexdigest()[:32]
