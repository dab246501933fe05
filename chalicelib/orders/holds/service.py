"""The holds of an order: credit, limits of promotions, stock, offers and promises.

Each hold is a module of this wing with three functions. Its counters move in the transactions of the order's own steps, so they are exact at
any moment, and simultaneous orders cannot pass a limit.
"""

from typing import Protocol

from chalicelib.orders.holds import credit, limits, offer_uses, promises, reservations
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Problem
from chalicelib.table import Refused, Transaction


class Hold(Protocol):
    def hold(self, tx: Transaction, placing: Placing) -> None:
        """Takes the units of a new order; the transaction is refused if too little is left."""

    def follow(self, tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
        """Gives back, or takes, what a step changes; the transaction is refused if too little is left.

        `cart`: the grown order at today's conditions if a line grew. Articles that left the catalogue are not among its products.
        """

    def problem(self, refused: Refused, placing: Placing) -> Problem | None:
        """The problem of a refused new or grown order; None if another hold refused it."""


HOLDS: tuple[Hold, ...] = (credit, limits, reservations, offer_uses, promises)
# Problem codes of orders that a hold refuses.
HOLD_PROBLEMS = ("credit_exceeded", "promotion_exhausted", "out_of_stock", "offer_used")
