"""Free goods of orders: promised with the order, assessed whenever a fact or the day may have changed their state.

    placing an order                       the promise, in the order's transaction     hold
    order.*, payment.recorded, the night   the state that follows from the facts       assess
    the distributor's shipment             assessed, and shipped if granted            ship

An assessment reads the order, its free goods and the payments of its shipments, and writes the new state under the condition that none of
them changed meanwhile. Events may therefore come twice, or in any order: the last assessment has seen all facts.
"""

from dataclasses import replace
from datetime import date
from functools import partial

from chalicelib import sales
from chalicelib.companies import company_key
from chalicelib.orders.free_goods import rules, store
from chalicelib.orders.free_goods.config import FreeGoodsDeadlines
from chalicelib.orders.free_goods.events import GRANTED, SHIPPED, UNPAID, WITHDRAWN
from chalicelib.orders.free_goods.rules import Assessment, FreeGoodsState, NotGranted, OrderFreeGoods
from chalicelib.orders.free_goods.schemas import ShipFreeGoodsForm
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Context, EventType, Problem, events, or_not_found
from chalicelib.table import Refused, Transaction, retry

MARK = "goods_on_top"  # marks the events of orders with free goods


def free_goods_of(context: Context, order: Order) -> list[OrderFreeGoods]:
    """The order's free goods as last assessed. No call for an order without promises."""
    return store.read_free_goods(context.table, order) if order.promises else []


# --- assessment -------------------------------------------------------------------------------------------------------


def assess_due(context: Context, company_id: str) -> None:
    """Assesses the company's free goods that are due: for a reminder, or at the end of their time of payment."""
    for order_id in sorted(set(store.due(context.table, company_id, context.today))):
        assess(context, order_store.read_order(context.table, company_id, order_id))


def assess(context: Context, order: Order | None) -> None:
    """Brings the order's free goods to the state that the facts give, and records events of changes. Safe to repeat."""

    @retry("order", "payment", "free_goods")
    def attempt(context: Context) -> None:
        nonlocal order
        if order is None or not order.promises:
            return
        tx, assessments = _assessed(context, order)
        changed = [(goods, assessment) for goods, assessment in assessments if assessment.goods != goods]
        if not changed:
            return
        for goods, assessment in changed:
            store.replace(tx, goods, assessment.goods)
            _record_changes(tx, context, goods, assessment)
        try:
            context.table.commit(tx)
        except Refused:
            order = order_store.read_order(context.table, order.company_id, order.order_id)
            raise

    attempt(context)


def _assessed(context: Context, order: Order) -> tuple[Transaction, list[tuple[OrderFreeGoods, Assessment]]]:
    """The free goods with their assessments, and a transaction that is refused if one of the facts changed."""
    free_goods = store.read_free_goods(context.table, order, consistent=True)
    payments = sales.payments_of(context, [_ref(order, shipment.document) for shipment in order.shipments])
    tx = Transaction()
    order_store.check_version(tx, order)
    for payment in payments:
        sales.check_payment(tx, payment)
    paid_on = {shipment.document: payment.paid_on for shipment, payment in zip(order.shipments, payments, strict=True)}
    assess = partial(
        rules.assess, order=order, paid_on=paid_on, day=context.today, config=context.config[FreeGoodsDeadlines]
    )
    return tx, [(goods, assess(goods)) for goods in free_goods]


def _ref(order: Order, document: str) -> tuple[str, str]:
    """Reference of a shipment's payment."""
    return sales.ORDERS, f"{order.distributor_id}:{order.order_id}/{document}"


def _record_changes(tx: Transaction, context: Context, before: OrderFreeGoods, assessment: Assessment) -> None:
    """Records the events of an assessment. Goods whose count fell are granted again."""
    after = assessment.goods
    if after.state is FreeGoodsState.GRANTED and (before.state, before.count) != (after.state, after.count):
        _record(tx, context, after, GRANTED)
    elif after.state is FreeGoodsState.WITHDRAWN and before.state is not after.state:
        why = after.why.value if after.why else ""
        gone = replace(after, count=before.count)
        _record(tx, context, gone, WITHDRAWN, why=why, was_granted=before.state is FreeGoodsState.GRANTED)
    elif assessment.remind:
        unpaid = [{"document": each.document, "last_day": each.last_day.isoformat()} for each in assessment.remind]
        _record(tx, context, after, UNPAID, shipments=unpaid)


def _record(tx: Transaction, context: Context, goods: OrderFreeGoods, name: EventType, **facts: object) -> None:
    """An event with all facts of its letters."""
    free = goods.promise.terms.free
    events.record(
        tx,
        context,
        company_key(goods.company_id),
        name,
        gift_id=goods.promise.gift_id,
        company_id=goods.company_id,
        order_id=goods.order_id,
        distributor_id=goods.distributor_id,
        number=goods.number,
        promotion={"name": goods.promise.name, "name_ru": goods.promise.name_ru},
        goods={**free._asdict(), "quantity": free.quantity * (goods.count or goods.promise.count)},
        **facts,
    )


# --- shipping ---------------------------------------------------------------------------------------------------------


@retry("order", "payment", "free_goods")
def ship(
    context: Context, distributor_id: str, member_id: str, order_id: str, gift_id: str, form: ShipFreeGoodsForm
) -> OrderFreeGoods:
    """Raises 404 for another distributor's order, 409 unless the goods are granted, 422 for a day after tomorrow."""
    day = form.day or context.today
    if day > context.latest_day:
        raise Problem.invalid("in_future", "/day", f"This is still to come: today is {context.today}.")
    order = or_not_found(order_store.read_distributors_order(context.table, distributor_id, order_id))
    tx, assessments = _assessed(context, order)
    found = or_not_found(
        next(((goods, assessment) for goods, assessment in assessments if goods.promise.gift_id == gift_id), None)
    )
    goods, assessment = found
    shipped = _shipped(assessment.goods, form.document, day)
    store.replace(tx, goods, shipped)
    _record(tx, context, shipped, SHIPPED, document=shipped.document, day=day.isoformat(), by=member_id)
    return context.commit(tx, shipped)


def _shipped(goods: OrderFreeGoods, document: str, day: date) -> OrderFreeGoods:
    try:
        return rules.ship(goods, document, day)
    except NotGranted as refused:
        raise Problem("wrong_state", f"The free goods are {refused.state}.", extra={"state": refused.state}) from None
