from chalicelib.orders.free_goods import rules as free_goods_rules
from chalicelib.orders.free_goods import store as free_goods_store
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Problem
from chalicelib.table import Refused, Transaction


def hold(tx: Transaction, placing: Placing) -> None:
    """Creates the free goods of the order's promises."""
    for goods in free_goods_rules.promised(placing.order):
        free_goods_store.create(tx, goods)


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    """Nothing: the state of free goods depends on payments too, so a consumer of the step's event assesses it."""


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """None: promises are not limited."""
    return None
