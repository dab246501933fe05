"""The steps of a placed order: load, decide, one transaction."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal

from chalicelib import companies
from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.orders.holds.service import HOLDS
from chalicelib.orders.lifecycle.rules import NoRequest, NoReturn, TooEarly
from chalicelib.orders.lifecycle.schemas import AcceptedOrderView, AcceptForm, CreditView, DebtView, ShipForm, TrackForm
from chalicelib.orders.order import carts
from chalicelib.orders.order import rules as order_rules
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.events import TRACKED
from chalicelib.orders.order.model import ReturnedLine
from chalicelib.orders.order.rules import (
    Actor,
    DocumentRepeated,
    InvalidLines,
    NothingLeft,
    Order,
    OrderState,
    RequestedLine,
    Shipment,
    ShippedLine,
    TooManyParts,
    TooOften,
    WrongState,
)
from chalicelib.orders.order.service import distributors_order, load_order, order_for_staff, order_to_change
from chalicelib.orders.placement.steps import (
    hold_problem,
    line_faults_problem,
    record,
    record_step,
    refusal_problem,
    repeated_document,
)
from chalicelib.platform import DAY, Club, Context, Money, clock, hold_throttle
from chalicelib.platform.http.problems import Problem, faults_of, or_not_found
from chalicelib.platform.http.sentences import BETWEEN
from chalicelib.pricing import order_terms_of
from chalicelib.table import Item, Overtaken, Refused, Transaction, retry

_ASK_TO_CANCEL = "The distributor has accepted the order: ask it to cancel the rest (POST /v1/orders/{order_id}/request-cancellation)."
MOST_TRACKED_A_DAY = 200  # changes of carriers and tracking numbers of an order: four of each of its parts


def latest(context: Context, company_id: str, most: int) -> list[Order]:
    """The company's newest orders, of any state."""
    page = order_store.company_orders(context.table, company_id, state=None, limit=most, after=None)
    return [order_store.order_of(item) for item in page.items]


# --- the company's side -----------------------------------------------------------------------------------------------


def cancel(context: Context, company_id: str, by: Actor, order_id: str, note: str) -> Order:
    """Raises 404 for an order that is not the company's, 409 once the distributor has accepted or rejected it."""

    def decide(order: Order) -> Order:
        if order.state in (OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED):
            raise Problem("wrong_state", _ASK_TO_CANCEL, extra={"state": order.state})
        return order_rules.cancel(order, by=by, at=context.at, note=note)

    load = order_for_staff if by.side == "staff" else load_order
    return change(context, load(context, company_id, order_id), decide, step_writes(context))


def confirm(context: Context, company_id: str, member_id: str, order_id: str, version: int, note: str) -> Order:
    """Confirms the proposal of this version. Raises 412 for a later proposal, 409 like placing."""
    by = Actor("company", member_id)
    before: Order | None = None

    def decide(order: Order) -> Order:
        nonlocal before
        before = order
        if order.state is OrderState.CHANGED and order.version != version:
            raise Problem("precondition_failed", "The distributor has made another proposal since: read it first.")
        return order_rules.confirm(order, by=by, at=context.at, note=note)

    def write(tx: Transaction, confirmed: Order) -> None:
        record_step(tx, context, confirmed, before=before)  # at a lower price it may have left a promotion
        context.reply(tx, confirmed)

    return change(context, load_order(context, company_id, order_id), decide, write)


def decline(context: Context, company_id: str, member_id: str, order_id: str, note: str) -> Order:
    """Cancels a changed order."""
    by = Actor("company", member_id)
    return change(
        context,
        load_order(context, company_id, order_id),
        lambda order: order_rules.decline(order, by=by, at=context.at, note=note),
        step_writes(context),
    )


def credit_of(context: Context, company_id: str) -> CreditView:
    """Raises `not_found` for an unknown company."""
    company = or_not_found(companies.read_company(context, company_id))
    limit = order_terms_of(context, company_id, context.today, company.currency).credit_limit
    item = context.table.get(holds_keys.credit(company_id), consistent=True)
    used = credit.used_credit(item)

    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=company.currency)

    return CreditView(
        limit=None if limit is None else money(limit),
        used=money(used),
        left=None if limit is None else money(max(limit - used, Decimal(0))),
        debts=[
            DebtView(
                document=debt.document,
                amount=money(debt.amount),
                due_on=debt.due_on,
                overdue=debt.due_on is not None and debt.due_on < context.today,
            )
            for debt in credit.debts_of(item)
        ],
    )


# --- the distributor's side -------------------------------------------------------------------------------------------


def accept(context: Context, distributor_id: str, member_id: str, order_id: str, form: AcceptForm) -> Order:
    """Accepts with the form's quantities; more units of a line wait for the company, at lower prices where these hold for so many.

    Raises 422 if no line is left.
    """
    by = Actor("distributor", member_id)
    asked = [line.asked() for line in form.lines]

    def decide(order: Order) -> Order:
        accepted = order_rules.accept(order, asked, by=by, at=context.at, note=form.note)
        if accepted.state is not OrderState.CHANGED:
            return accepted
        proposed = [RequestedLine(line.sku, line.proposed) for line in accepted.lines if line.proposed]
        cart = _cart(context, order.company_id, proposed).for_placed(order)
        return order_rules.at_lower_prices(accepted, cart.proposed_prices(order.currency))

    return change(context, order_to_change(context, distributor_id, order_id), decide, step_writes(context))


def accept_several(
    context: Context, distributor_id: str, member_id: str, order_ids: Iterable[str]
) -> Iterator[AcceptedOrderView]:
    """Accepts each of these orders as it is, in a transaction of its own: one that cannot be accepted stops no other. Safe to repeat."""
    for order_id in dict.fromkeys(order_ids):
        errors = []
        result: Literal["accepted", "unchanged", "failed"] = "accepted"
        try:
            accept(context, distributor_id, member_id, order_id, AcceptForm())
        except Problem as problem:
            if problem.status == 403:  # the caller may not do it at all
                raise
            result = "unchanged" if problem.extra.get("state") in _ACCEPTED else "failed"
            errors = faults_of(problem) if result == "failed" else []
        yield AcceptedOrderView(order_id=order_id, result=result, errors=errors)


_ACCEPTED = (OrderState.ACCEPTED, OrderState.PARTLY_SHIPPED, OrderState.COMPLETED)


def reject(context: Context, distributor_id: str, member_id: str, order_id: str, reason: str) -> Order:
    by = Actor("distributor", member_id)
    return change(
        context,
        order_to_change(context, distributor_id, order_id),
        lambda order: order_rules.reject(order, reason=reason, by=by, at=context.at),
        step_writes(context, reason=reason),
    )


def ship(context: Context, distributor_id: str, member_id: str, order_id: str, form: ShipForm) -> Order:
    """Raises 422 for a day after tomorrow or two days before the order, 409 for a document that was used before."""
    by = Actor("distributor", member_id)
    asked = [line.asked() for line in form.lines] if form.lines else None
    day = form.day or context.today
    if day > context.latest_day:
        raise Problem.invalid("in_future", "/day", f"This is still to come: today is {context.today}.")
    present = or_not_found(order_to_change(context, distributor_id, order_id))
    on_credit, contract = None, ""
    if not present.other_currency:
        agreed = order_terms_of(context, present.company_id, day, present.currency)
        on_credit, contract = credit.on_credit(agreed, day), agreed.contract

    def decide(order: Order) -> Order:
        placed_on = clock.local_day(clock.moment(order.placed_at), context.config[Club].zone)
        # The order's day may have been yesterday still where the goods left.
        if day < placed_on - timedelta(days=1):
            raise Problem.invalid("before_order", "/day", f"The order was placed on {placed_on}.")
        return order_rules.ship(
            order,
            asked,
            document=form.document,
            day=day,
            by=by,
            at=context.at,
            on_credit=on_credit,
            carrier=form.carrier,
            tracking_number=form.tracking_number,
        )

    def write(tx: Transaction, shipped: Order) -> None:
        order_store.hold_document(tx, shipped)
        record_step(tx, context, shipped, shipment=_shipment_facts(shipped.shipments[-1], shipped.currency, contract))
        context.reply(tx, shipped)

    return change(context, present, decide, write)


def track(context: Context, distributor_id: str, order_id: str, form: TrackForm) -> Order:
    """Sets what the form gives. Raises 422 for a document that the order has no shipment of, 429 for too many changes of the day."""
    given = {name: value or "" for name, value in form.model_dump(exclude={"document"}, exclude_unset=True).items()}
    told: Item | None = None

    def decide(order: Order) -> Order:
        nonlocal told
        shipment = next((each for each in order.shipments if each.document == form.document), None)
        if shipment is None:
            raise Problem.invalid("unknown_document", "/document", "The order has no such shipment.")
        tracked, number = order_rules.track(order, form.document, given), given.get("tracking_number")
        told = None
        if tracked is not order:
            new = {"tracking_number": number} if number and number != shipment.tracking_number else {}
            told = {"document": form.document, **new}
        return tracked

    def write(tx: Transaction, tracked: Order) -> None:
        if told:
            hold_throttle(tx, context, "tracking", order_id, MOST_TRACKED_A_DAY, DAY)
            record(tx, context, tracked, TRACKED, by="distributor", **told)
        context.reply(tx, tracked)

    return change(context, order_to_change(context, distributor_id, order_id), decide, write)


def step_writes(context: Context, **facts: Any) -> Callable[[Transaction, Order], None]:
    """The writes of a step, beside the order: its event, and the answer."""

    def write(tx: Transaction, changed: Order) -> None:
        record_step(tx, context, changed, **facts)
        context.reply(tx, changed)

    return write


def _shipment_facts(shipment: Shipment, currency: str, contract: str) -> Item:
    """The shipment for its event: whole, so that it becomes purchase volume without a read of the order. `on_credit`: set if it may be owed."""
    return {
        "document": shipment.document,
        "day": shipment.day.isoformat(),
        "currency": currency,
        "lines": [event_line(line, line.quantity) for line in shipment.lines],
        **({"on_credit": True} if shipment.on_credit else {}),
        **({"contract": contract} if contract else {}),
    }


def event_line(line: ShippedLine | ReturnedLine, quantity: int) -> Item:
    """A shipped or returned line for its event."""
    return {
        "sku": line.sku,
        "name": line.name,
        "quantity": quantity,
        "unit_price": line.unit_price,
        "amount": line.amount,
    }


# --- shared by all steps ---------------------------------------------------------------------------------------------


def change(
    context: Context,
    present: Order | None,
    decide: Callable[[Order], Order],
    write: Callable[[Transaction, Order], None],
) -> Order:
    """Takes a step; decides again if the order changed meanwhile. `present` may be older: no step is refused by an order that is no more.

    A decision for the same order writes no other one.
    """

    @retry("order")
    def attempt(context: Context) -> Order:
        nonlocal present
        if present is None:
            raise Problem.absent("order")
        try:
            changed = _decided(decide, present)
        except Problem:
            seen, present = present, distributors_order(context, present.distributor_id, present.order_id)
            if present == seen:
                raise
            raise Overtaken from None
        cart = _cart_if_grown(context, present, changed)
        tx = Transaction()
        if changed is present:
            order_store.check_version(tx, changed)
        else:
            order_store.replace_order(tx, changed)
        for hold in HOLDS:
            hold.follow(tx, present, changed, cart)
        write(tx, changed)
        try:
            context.table.commit(tx)
        except Refused as refused:
            if problem := refusal_problem(refused):
                raise problem from None
            if "order" not in refused:
                raise hold_problem(refused, Placing(changed, cart, present) if cart else None) or refused from None
            item = refused.items["order"]
            # An order that is not there any more went to another company.
            present = (
                order_store.order_of(item)
                if item
                else distributors_order(context, present.distributor_id, present.order_id)
            )
            raise
        return changed

    return attempt(context)


def _cart_if_grown(context: Context, before: Order, after: Order) -> PricedCart | None:
    """The order's lines at today's conditions if one of them grew, else None."""
    if not any(now.agreed > was.agreed for was, now in zip(before.lines, after.lines, strict=True)):
        return None
    return _cart(context, after.company_id, [RequestedLine(line.sku, line.agreed) for line in after.lines])


def _cart(context: Context, company_id: str, asked: Sequence[RequestedLine]) -> PricedCart:
    return carts.cart_of(context, company_id, asked, context.table.get_many(carts.keys_of(company_id, asked)))


def _decided(decide: Callable[[Order], Order], present: Order) -> Order:
    try:
        return decide(present)
    except WrongState as wrong:
        fit = BETWEEN.join(wrong.fit)
        detail = f"The order is {wrong.state}; this can be done while it is one of: {fit}."
        raise Problem("wrong_state", detail, extra={"state": wrong.state}) from None
    except NothingLeft:
        raise Problem.invalid("nothing_left", "/lines", "No line is left: reject the order instead.") from None
    except (NoRequest, NoReturn, TooEarly, TooOften, DocumentRepeated) as refused:
        raise _request_problem(refused) from None
    except TooManyParts:
        most, lines = order_rules.MOST_PARTS, order_rules.MOST_PART_LINES
        detail = f"An order is shipped in {most} parts at most, of {lines} lines together. Ship all that is left."
        raise Problem.invalid("too_many_parts", "/lines", detail) from None
    except InvalidLines as unfit:
        raise line_faults_problem(unfit.line_faults) from None


def _request_problem(refused: Exception) -> Problem:
    match refused:
        case NoReturn():
            return Problem("not_found")
        case NoRequest():
            return Problem("wrong_state", "A request is open already, or there is none to answer.")
        case TooEarly():
            return Problem.invalid("before_shipment", "/day", f"The goods were shipped on {refused.args[0]}.")
        case TooOften():
            return Problem("limit_exceeded", str(refused))
        case _:
            return repeated_document()
