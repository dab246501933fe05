"""What an order takes hold of while it lives, exactly, in the transactions of its own steps.

Each hold is a module of this room with three functions. The figures that it keeps move with the order in one transaction, so they are
right at any moment, and orders that come together cannot pass a limit.
"""

from typing import Protocol

from chalicelib.orders.holds import credit, limits, offer_uses, promises, reservations
from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Refused, Transaction


class Hold(Protocol):
    def hold(self, tx: Transaction, placing: Placing) -> None:
        """What a new order takes; the transaction is refused where there is not enough."""

    def follow(self, tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
        """What a step of the order gives back, or takes besides; the transaction is refused where there is not enough.

        `cart`: where some line takes more than before, the grown order at today's conditions. Goods that the catalogue has no more are
        not among its products.
        """

    def problem(self, refused: Refused, placing: Placing) -> Problem | None:
        """What the refusal means to the caller, if it is this hold's: of a new order, or of one that grew, with the cart that it grew by."""


HOLDS: tuple[Hold, ...] = (credit, limits, reservations, offer_uses, promises)
# The problems of a new order that some hold leaves no room for.
HOLD_PROBLEMS = ("credit_exceeded", "promotion_exhausted", "out_of_stock", "offer_used")
