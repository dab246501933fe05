from chalicelib.orders.free_goods import rules as free_goods_rules
from chalicelib.orders.free_goods import store as free_goods_store
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Refused, Transaction

# --- placing ----------------------------------------------------------------------------------------------------------


def hold(tx: Transaction, placing: Placing) -> None:
    """The order's promises begin their lives."""
    for goods in free_goods_rules.promised(placing.order):
        free_goods_store.create(tx, goods)


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    """Nothing: what a step makes of a promise depends on payments too, so the step's event has it looked at."""


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """None: promises are not limited."""
    return None
