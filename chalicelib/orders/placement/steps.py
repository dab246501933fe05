from collections.abc import Sequence
from typing import Any

from chalicelib.orders import keys
from chalicelib.orders.free_goods import service as free_goods
from chalicelib.orders.holds.service import HOLDS
from chalicelib.orders.order.carts import Placing
from chalicelib.orders.order.events import OF_STEP
from chalicelib.orders.order.rules import LineFault, Order
from chalicelib.platform import Context, EventType, Fault, Problem, events
from chalicelib.platform.http.idempotency import LABEL
from chalicelib.table import Refused, Transaction


def hold_problem(refused: Refused, placing: Placing | None) -> Problem | None:
    """The problem of a transaction that a hold refused; None if the request was done before."""
    if LABEL in refused or placing is None:
        return None
    return next((problem for hold in HOLDS if (problem := hold.problem(refused, placing))), None)


def refusal_problem(refused: Refused) -> Problem | None:
    """The problem of a refused transaction; None if the order changed meanwhile, or the request was done before."""
    if "document" in refused:
        return repeated_document()
    return None


def repeated_document() -> Problem:
    return Problem("already_exists", "A document with this number was recorded before.")


def line_faults_problem(line_faults: Sequence[LineFault]) -> Problem:
    found = sorted(line_faults)
    return Problem(
        "invalid",
        errors=[
            Fault(pointer=f"/lines/{each.line}/{each.field}", code=each.code, detail=each.detail) for each in found
        ],
    )


def record_step(tx: Transaction, context: Context, order: Order, **facts: Any) -> None:
    """The event of the order's last step. `by`: the side that took it."""
    last = order.history[-1]
    record(tx, context, order, OF_STEP[last.step], by=last.by.side, **facts)


def record(
    tx: Transaction, context: Context, order: Order, name: EventType, before: Order | None = None, **facts: Any
) -> None:
    """`placed_by`: the side that placed the order. `orderer_id`: the person. `promotions`: those with limits, of the order and of the one before."""
    promotions = sorted(_limited_promotions(order) | (_limited_promotions(before) if before else set()))
    events.record(
        tx,
        context,
        keys.order(order.company_id, order.order_id),
        name,
        company_id=order.company_id,
        order_id=order.order_id,
        order_version=order.version,
        distributor_id=order.distributor_id,
        placed_by=order.placed_by.side,
        orderer_id=order.placed_by.member_id,
        **({"other_currency": True} if order.other_currency else {}),
        **({free_goods.MARK: True} if order.promises else {}),
        **({"promotions": promotions} if promotions else {}),
        **facts,
    )


def _limited_promotions(order: Order) -> set[str]:
    return {line.promoted.promotion_id for line in order.lines if line.promoted}
