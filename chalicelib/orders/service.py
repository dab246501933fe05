"""Cart to delivery: load, decide, one transaction.

An order of 20 lines takes three reads, that of the Idempotency-Key among them, and one transaction: whatever has a known key is read
in one batch, and only the distributor that the batch points at needs a read of its own.
"""

from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from chalicelib import companies
from chalicelib.auth import COMPANY_ROLES
from chalicelib.members import Member, Membership
from chalicelib.orders import carts, credit, rules, store
from chalicelib.orders.carts import Cart
from chalicelib.orders.rules import (
    Actor,
    Happened,
    Misfit,
    NothingLeft,
    Order,
    Shipment,
    State,
    ToldBefore,
    TooManyParts,
    Unfit,
    WrongState,
)
from chalicelib.orders.schemas import AcceptForm, CreditAnswer, DebtAnswer, OrderForm, ShipForm
from chalicelib.platform import clock, events
from chalicelib.platform.events import Event
from chalicelib.platform.idempotency import LABEL
from chalicelib.platform.money import Money, round_half_up
from chalicelib.platform.problems import Fault, Problem
from chalicelib.platform.work import Work
from chalicelib.pricing import Price, agreed_with
from chalicelib.table import Busy, Refused, Transaction, keys
from chalicelib.table.transactions import Item

Remember = Callable[[Transaction, Order], None]
"""Adds the answer that a repeat of the request will get, to the transaction of its effect."""

TRIES = 5  # against others who change the same order at the same moment

_ORDERING_ROLES = sorted(role for role, scopes in COMPANY_ROLES.items() if "orders.write" in scopes)


def order(work: Work, company_id: str, order_id: str) -> Order | None:
    """An order of this company."""
    return store.read_order(work.table, company_id, order_id)


def check_state(tx: Transaction, company_id: str, order_id: str, states: Collection[State], *, label: str) -> None:
    """The transaction is refused, with this label, unless the order is in one of these states."""
    store.check_state(tx, company_id, order_id, states, label)


def distributors_order(work: Work, distributor_id: str, order_id: str) -> Order | None:
    """An order that came to this distributor."""
    return store.read_distributors_order(work.table, distributor_id, order_id)


# --- placing ----------------------------------------------------------------------------------------------------------


def place(work: Work, company_id: str, member_id: str, form: OrderForm, remember: Remember) -> Order:
    """Raises 403 while ordering is locked, 422 for lines that cannot be ordered, or when nobody delivers."""
    asked = [line.asked() for line in form.lines]
    named = keys.distributor(form.distributor_id) if form.distributor_id else None
    found = work.table.get_many(
        [
            keys.company(company_id),
            keys.credit(company_id),
            keys.member(member_id),
            keys.membership(member_id),
            *([named] if named else []),
            *carts.keys_of(company_id, asked),
        ]
    )
    profile = found.get(keys.company(company_id))
    person = found.get(keys.member(member_id))
    membership = found.get(keys.membership(member_id))
    if profile is None or person is None or membership is None or membership["owner"] != company_id:
        raise companies.no_longer_speaks()
    company = companies.Company.from_item(profile)
    _require_unlocked(work, Member.from_item(person), Membership.from_item(membership))
    cart = carts.cart_of(work, company_id, asked, found)
    _refuse(cart.misfits)
    prices = [cart.price(line) for line in asked]
    _require_quoted(form, prices)
    _require_minimum(work, cart, prices)
    _require_nothing_overdue(work, found.get(keys.credit(company_id)))
    distributor_id, distributor_name = (
        _named(found.get(named)) if named else _responsible(work, company.distributor_id, company.region)
    )
    order_id = work.new_id("ord")
    placed = Order(
        order_id=order_id,
        number=rules.order_number(work.today, order_id),
        company_id=company_id,
        company_name=company.name,
        company_inn=company.inn or "",
        distributor_id=distributor_id,
        distributor_name=distributor_name,
        placed_at=work.at,
        currency=cart.currency,
        comment=form.comment,
        state=State.PLACED,
        lines=tuple(
            rules.line_of(line.sku, cart.products[line.sku], price) for line, price in zip(asked, prices, strict=True)
        ),
        history=(Happened(work.at, State.PLACED, Actor("company", member_id)),),
    )
    tx = Transaction()
    companies.check_active(tx, company_id, member_id, _ORDERING_ROLES)
    store.create_order(tx, placed)
    limit = cart.agreed.credit_limit
    credit.hold(tx, placed, limit)
    _record(tx, work, placed, "order.placed")
    remember(tx, placed)
    try:
        work.table.commit(tx)
    except Refused as refused:
        if problem := _explained(refused):
            raise problem from None
        if limit is not None and "credit" in refused and LABEL not in refused:
            raise _credit_exceeded(placed, limit, credit.used(refused.items["credit"])) from None
        raise
    return placed


def _require_quoted(form: OrderForm, prices: Sequence[Price]) -> None:
    """Raises 409 with the new prices where a line was quoted another one."""
    changed = [
        {
            "sku": line.sku,
            "quoted": f"{round_half_up(line.unit_price):f}",
            "unit_price": {"amount": f"{price.unit_price:f}", "currency": price.currency},
        }
        for line, price in zip(form.lines, prices, strict=True)
        if line.unit_price is not None and line.unit_price != price.unit_price
    ]
    if changed:
        raise Problem("price_changed", "Look at the new prices, and order again.", extra={"lines": changed})


def _require_minimum(work: Work, cart: Cart, prices: Sequence[Price]) -> None:
    minimum, total = carts.minimum_of(work, cart), sum(price.amount for price in prices)
    if total < minimum:
        detail = f"The smallest order is {minimum:.2f} {cart.currency}; this one comes to {total:.2f}."
        raise Problem.invalid("below_minimum", "/lines", detail)


def _require_nothing_overdue(work: Work, item: Item | None) -> None:
    late = credit.overdue(item, work.today)
    if late:
        documents = [
            {"document": debt.document, "amount": f"{debt.amount:.2f}", "due_on": str(debt.due_on)} for debt in late
        ]
        raise Problem("debt_overdue", "Pay first, then order.", extra={"documents": documents})


def _credit_exceeded(order: Order, limit: Decimal, used: Decimal) -> Problem:
    left = max(limit - used, Decimal(0))
    detail = f"Of {limit:.2f} {order.currency} there are {left:.2f} left; the order comes to {order.total:.2f}."
    figures = {"limit": limit, "used": used, "left": left, "total": order.total}
    extra = {name: {"amount": f"{amount:.2f}", "currency": order.currency} for name, amount in figures.items()}
    return Problem("credit_exceeded", detail, extra=extra)


def _require_unlocked(work: Work, person: Member, membership: Membership) -> None:
    if missing := companies.missing_facts(work, "ordering", person, membership):
        raise Problem("cabinet_locked", "Ordering opens when your profile is complete.", extra={"missing": missing})


def _named(item: Any) -> tuple[str, str]:
    if item is None:
        raise Problem.invalid("unknown_distributor", "/distributor_id", "There is no such distributor.")
    return item["distributor_id"], item["name"]


def _responsible(work: Work, own: str | None, region: str | None) -> tuple[str, str]:
    """Id and name of the company's own distributor, else of the first one of its region. At most one call."""
    if own and (distributor := store.read_distributor(work.table, own)):
        return distributor.distributor_id, distributor.name
    if region is None:
        raise Problem.invalid(
            "region_unknown", "/distributor_id", "Name a distributor, or give the company's region in its profile."
        )
    first = store.first_of_region(work.table, region)
    if first is None:
        raise Problem.invalid(
            "no_distributor", "/distributor_id", f"Nobody delivers to {region} yet: name a distributor."
        )
    return first


# --- the company's side -----------------------------------------------------------------------------------------------


def cancel(work: Work, company_id: str, member_id: str, order_id: str, note: str, remember: Remember) -> Order:
    """Raises 404 for an order that is not the company's, 409 once the distributor has answered."""
    by = Actor("company", member_id)

    def write(tx: Transaction, cancelled: Order) -> None:
        companies.check_active(tx, company_id, member_id, _ORDERING_ROLES)
        _record(tx, work, cancelled, "order.cancelled")
        remember(tx, cancelled)

    present = order(work, company_id, order_id)
    return _change(work, present, lambda order: rules.cancel(order, by=by, at=work.at, note=note), write)


def credit_of(work: Work, company_id: str) -> CreditAnswer:
    """Raises `not_found` for a company that there is not."""
    company = companies.company(work, company_id)
    if company is None:
        raise Problem("not_found")
    limit = agreed_with(work, company_id).credit_limit
    item = work.table.get(keys.credit(company_id), consistent=True)
    used = credit.used(item)

    def money(amount: Decimal) -> Money:
        return Money(amount=amount, currency=company.currency)

    return CreditAnswer(
        limit=None if limit is None else money(limit),
        used=money(used),
        left=None if limit is None else money(max(limit - used, Decimal(0))),
        debts=[
            DebtAnswer(
                document=debt.document,
                amount=money(debt.amount),
                due_on=debt.due_on,
                overdue=debt.due_on is not None and debt.due_on < work.today,
            )
            for debt in credit.owed(item)
        ],
    )


# --- the distributor's side -------------------------------------------------------------------------------------------


def accept(
    work: Work, distributor_id: str, member_id: str, order_id: str, form: AcceptForm, remember: Remember
) -> Order:
    """As ordered or less. Raises 422 for more than was ordered, and for nothing at all."""
    by = Actor("distributor", member_id)
    asked = [line.asked() for line in form.lines]

    def write(tx: Transaction, accepted: Order) -> None:
        store.check_person(tx, distributor_id, member_id)
        _record(tx, work, accepted, "order.accepted")
        remember(tx, accepted)

    present = distributors_order(work, distributor_id, order_id)
    return _change(work, present, lambda order: rules.accept(order, asked, by=by, at=work.at, note=form.note), write)


def reject(work: Work, distributor_id: str, member_id: str, order_id: str, reason: str, remember: Remember) -> Order:
    by = Actor("distributor", member_id)

    def write(tx: Transaction, rejected: Order) -> None:
        store.check_person(tx, distributor_id, member_id)
        _record(tx, work, rejected, "order.rejected", reason=reason)
        remember(tx, rejected)

    present = distributors_order(work, distributor_id, order_id)
    return _change(work, present, lambda order: rules.reject(order, reason=reason, by=by, at=work.at), write)


def ship(work: Work, distributor_id: str, member_id: str, order_id: str, form: ShipForm, remember: Remember) -> Order:
    """Raises 422 for a day ahead of today or before the order, 409 for a document that was told before."""
    by = Actor("distributor", member_id)
    asked = [line.asked() for line in form.lines] if form.lines else None
    day = form.day or work.today
    if day > work.today:
        raise Problem.invalid("in_future", "/day", f"Today is {work.today}.")
    present = distributors_order(work, distributor_id, order_id)
    if present is None:
        raise Problem("not_found")
    on_credit = credit.on_credit(agreed_with(work, present.company_id), day)

    def decide(order: Order) -> Order:
        placed_on = clock.local_day(clock.moment(order.placed_at), work.club.zone)
        if day < placed_on:
            raise Problem.invalid("before_order", "/day", f"The order was placed on {placed_on}.")
        return rules.ship(order, asked, document=form.document, day=day, by=by, at=work.at, on_credit=on_credit)

    def write(tx: Transaction, shipped: Order) -> None:
        store.check_person(tx, distributor_id, member_id)
        store.hold_document(tx, shipped)
        _record(tx, work, shipped, "order.shipped", shipment=_told(shipped.shipments[-1], shipped.currency))
        remember(tx, shipped)

    return _change(work, present, decide, write)


def _told(shipment: Shipment, currency: str) -> Item:
    """The shipment as its event carries it: whole, so that it becomes purchase volume without a look at the order."""
    return {
        "document": shipment.document,
        "day": shipment.day.isoformat(),
        "currency": currency,
        "lines": [
            {
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "amount": line.amount,
            }
            for line in shipment.lines
        ],
    }


def on_order_shipped(work: Work, event: Event) -> None:
    """Consumer: a shipment on credit may have been paid before it was told."""
    shipped = event.item
    credit.settle(work, shipped["distributor_id"], shipped["order_id"], shipped["shipment"]["document"])


def on_payment_recorded(work: Work, event: Event) -> None:
    """Consumer: what was shipped through the club is paid, or is not after all."""
    if event.item["source"] != credit.ORDERS:
        return
    series, _, document = event.item["document"].partition("/")
    distributor_id, _, order_id = series.partition(":")
    credit.settle(work, distributor_id, order_id, document)


# --- what all steps share ---------------------------------------------------------------------------------------------


def _change(
    work: Work,
    present: Order | None,
    decide: Callable[[Order], Order],
    write: Callable[[Transaction, Order], None],
) -> Order:
    """One step, decided again whenever somebody else changed the order meanwhile."""
    for _ in range(TRIES):
        if present is None:
            raise Problem("not_found")
        changed = _decided(decide, present)
        tx = Transaction()
        store.replace_order(tx, changed)
        credit.follow(tx, present, changed)
        write(tx, changed)
        try:
            work.table.commit(tx)
        except Refused as refused:
            if problem := _explained(refused):
                raise problem from None
            if "order" not in refused:
                raise
            item = refused.items["order"]
            present = store.order_of(item) if item else None
        else:
            return changed
    raise Busy("the order stayed under change")


def _decided(decide: Callable[[Order], Order], present: Order) -> Order:
    try:
        return decide(present)
    except WrongState as wrong:
        raise Problem("wrong_state", f"The order is {wrong.state}.", extra={"state": wrong.state}) from None
    except NothingLeft:
        raise Problem.invalid("nothing_left", "/lines", "Of all lines nothing is left: reject the order.") from None
    except ToldBefore:
        raise _told_before() from None
    except TooManyParts:
        detail = f"An order is shipped in {rules.MOST_PARTS} parts at most, of {rules.MOST_PART_LINES} lines together."
        raise Problem.invalid("too_many_parts", "/lines", f"{detail} Ship all that is left.") from None
    except Unfit as unfit:
        raise _unfit(unfit.misfits) from None


def _explained(refused: Refused) -> Problem | None:
    """What a refused transaction means to the caller; None if the order changed meanwhile, or the request was done before."""
    if "membership" in refused:
        return companies.no_longer_speaks()
    if "document" in refused:
        return _told_before()
    return None


def _told_before() -> Problem:
    return Problem("already_exists", "A shipment with this document number was told before.")


def _refuse(misfits: Sequence[Misfit]) -> None:
    if misfits:
        raise _unfit(misfits)


def _unfit(misfits: Sequence[Misfit]) -> Problem:
    found = sorted(misfits)
    return Problem(
        "invalid",
        errors=[
            Fault(pointer=f"/lines/{each.line}/{each.field}", code=each.code, detail=each.detail) for each in found
        ],
    )


def _record(tx: Transaction, work: Work, order: Order, name: str, **facts: Any) -> None:
    events.record(
        tx,
        work,
        keys.order(order.company_id, order.order_id),
        name,
        company_id=order.company_id,
        order_id=order.order_id,
        distributor_id=order.distributor_id,
        **facts,
    )
