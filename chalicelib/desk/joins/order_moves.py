"""The orders of a join: each goes whole, then the redemption that paid for it, then its documents. The join lists them, so an undoing finds them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from chalicelib import bonuses, orders
from chalicelib.bonuses import Cause, Redemption, RedemptionState
from chalicelib.companies import Company
from chalicelib.desk.joins import store
from chalicelib.desk.joins.model import CompanyJoin, OrderOfJoin
from chalicelib.orders import Order, Orderer
from chalicelib.platform import Context
from chalicelib.table import Transaction

AT_ONCE = 50  # orders of one look
KEPT_DAYS = 7  # that a join lists its orders; it can be undone for one
_MOVING = "Orders have yet to move."


def move(context: Context, join: CompanyJoin, into: Company) -> str:
    """Moves some orders to the company that stays. Returns the cause of waiting, empty once all have followed. Its people have left before."""
    to = Orderer(into.company_id, into.name, into.inn or "")

    def note(tx: Transaction, order: Order) -> None:
        named = (order.company_name, order.company_inn)
        store.note_order(tx, OrderOfJoin(join.join_id, order.order_id, order.distributor_id, *named))

    found = orders.order_ids(context.table, join.company_id, AT_ONCE)
    for order_id in found:
        orders.move_order(context, join.company_id, order_id, to, note)
    waiting = store.orders_of(context.table, join.join_id, waits=True)
    followed = [_follow(context, join, each, join.company_id, join.into) for each in waiting[:AT_ONCE]]
    return next(filter(None, followed), _MOVING if found or len(followed) < len(waiting) else "")


def move_back(context: Context, join: CompanyJoin) -> str:
    """Moves some of the join's orders back. Returns the cause of waiting, empty once all have followed."""
    left = store.orders_of(context.table, join.join_id)[:AT_ONCE]
    for each in left:
        if not each.back:
            to = Orderer(join.company_id, each.company_name, each.company_inn)
            note = partial(_note_back, replace(each, back=True, waits=True))
            orders.move_order(context, join.into, each.order_id, to, note)
    back_again = [each for each in store.orders_of(context.table, join.join_id, waits=True)[:AT_ONCE] if each.back]
    followed = [_follow(context, join, each, join.into, join.company_id) for each in back_again]
    return next(filter(None, followed), _MOVING if left else "")


def _note_back(back: OrderOfJoin, tx: Transaction, order: Order) -> None:
    store.note_order(tx, back)


def _follow(context: Context, join: CompanyJoin, moved: OrderOfJoin, company_id: str, to: str) -> str:
    """The document that has yet to be recorded, in words; empty once all have followed. Safe to repeat."""
    order = orders.load_order(context, to, moved.order_id)
    if order is None:
        raise LookupError(f"the order {moved.order_id} is not with {to}")
    _move_redemption(context, join, moved, company_id, to)
    has_followed = orders.follow_moved_order(
        context, order, partial(store.end_order, moved=moved, forgotten_at=context.expiry(days=KEPT_DAYS))
    )
    return "" if has_followed else f"A shipment or a return of order {order.number} has yet to be recorded."


def _move_redemption(context: Context, join: CompanyJoin, moved: OrderOfJoin, company_id: str, to: str) -> None:
    """The redemption that pays for the order goes with it, and on its way back with what was given back of it meanwhile."""
    way = "back" if moved.back else "there"
    before, on_its_way = moved.redemption, moved.returning if moved.back else moved.redemption
    if on_its_way is None:
        known = before.redemption_id if before else bonuses.redemption_for(context.table, company_id, moved.order_id)
        if known is None:
            return
        out = _cause(join, way, known, "out", to)
        noted: list[Redemption] = []

        def note(tx: Transaction, found: Redemption) -> None:
            noted[:] = [found]
            store.note_order(tx, replace(moved, returning=found) if moved.back else replace(moved, redemption=found))

        bonuses.take_redemption_out(context, known, company_id, out, note)
        on_its_way = noted[0]
    bonuses.bring_redemption_in(context, on_its_way, to, _cause(join, way, on_its_way.redemption_id, "in", company_id))
    if moved.back and before and (given := _given_back(before, on_its_way)):
        key = (join.join_id, way, before.redemption_id, "given back")
        bonuses.transfer(context, company_id, to, join.currency, given, key, join.reason, join.by)


def _cause(join: CompanyJoin, way: str, redemption_id: str, side: str, other: str) -> Cause:
    return Cause("transfer", (join.join_id, way, redemption_id, side), {"company": other}, join.reason, join.by)


def _given_back(before: Redemption, after: Redemption) -> Mapping[date, Decimal]:
    kept = {} if after.state is RedemptionState.CANCELLED else after.parts
    given = {lot: part - kept.get(lot, Decimal(0)) for lot, part in before.parts.items()}
    return {lot: amount for lot, amount in given.items() if amount}
