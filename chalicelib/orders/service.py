"""Cart to delivery: load, decide, one transaction.

An order of 20 lines takes three reads, that of the Idempotency-Key among them, and one transaction: whatever has a known key is read
in one batch, and only the distributor that the batch points at needs a read of its own.
"""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from chalicelib import companies
from chalicelib.auth import COMPANY_ROLES
from chalicelib.catalog import below, product_of
from chalicelib.members import Member, Membership
from chalicelib.orders import rules, store
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
from chalicelib.orders.schemas import AcceptForm, OrderForm, ShipForm
from chalicelib.platform import clock, events
from chalicelib.platform.problems import Fault, Problem
from chalicelib.platform.work import Work
from chalicelib.pricing import conditions_of, keys_of
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
            *keys_of(company_id),
            keys.categories(),
            keys.member(member_id),
            keys.membership(member_id),
            *([named] if named else []),
            *(keys.product(line.sku) for line in asked),
        ]
    )
    profile = found.get(keys.company(company_id))
    person = found.get(keys.member(member_id))
    membership = found.get(keys.membership(member_id))
    if profile is None or person is None or membership is None or membership["owner"] != company_id:
        raise companies.no_longer_speaks()
    company = companies.Company.from_item(profile)
    _require_unlocked(work, Member.from_item(person), Membership.from_item(membership))
    products = {line.sku: product_of(item) for line in asked if (item := found.get(keys.product(line.sku)))}
    _refuse(rules.misfits_of(asked, products))
    distributor_id, distributor_name = (
        _named(found.get(named)) if named else _responsible(work, company.distributor_id, company.region)
    )
    own = conditions_of(work, company_id, found, below(found.get(keys.categories())))
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
        currency=products[asked[0].sku].currency,
        comment=form.comment,
        state=State.PLACED,
        lines=tuple(
            rules.line_of(sku, products[sku], own.price(products[sku], quantity, work.today)) for sku, quantity in asked
        ),
        history=(Happened(work.at, State.PLACED, Actor("company", member_id)),),
    )
    tx = Transaction()
    companies.check_active(tx, company_id, member_id, _ORDERING_ROLES)
    store.create_order(tx, placed)
    _record(tx, work, placed, "order.placed")
    remember(tx, placed)
    try:
        work.table.commit(tx)
    except Refused as refused:
        raise (_explained(refused) or refused) from None
    return placed


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

    def decide(order: Order) -> Order:
        placed_on = clock.local_day(clock.moment(order.placed_at), work.club.zone)
        if day < placed_on:
            raise Problem.invalid("before_order", "/day", f"The order was placed on {placed_on}.")
        return rules.ship(order, asked, document=form.document, day=day, by=by, at=work.at)

    def write(tx: Transaction, shipped: Order) -> None:
        store.check_person(tx, distributor_id, member_id)
        store.hold_document(tx, shipped)
        _record(tx, work, shipped, "order.shipped", shipment=_told(shipped.shipments[-1], shipped.currency))
        remember(tx, shipped)

    return _change(work, distributors_order(work, distributor_id, order_id), decide, write)


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
