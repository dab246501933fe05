"""What an order takes hold of while it lives, exactly, in the transactions of its own steps.

Each hold is a module of this room with three functions. The figures that it keeps move with the order in one transaction, so they are
right at any moment, and orders that come together cannot pass a limit.
"""

from typing import Protocol

from chalicelib.orders import credit
from chalicelib.orders.carts import Placing
from chalicelib.orders.rules import Order
from chalicelib.platform.problems import Problem
from chalicelib.table import Refused, Transaction


class Hold(Protocol):
    def hold(self, tx: Transaction, placing: Placing) -> None:
        """What a new order takes; the transaction is refused where there is not enough."""

    def follow(self, tx: Transaction, before: Order, after: Order) -> None:
        """What a step of the order gives back, or takes besides."""

    def problem(self, refused: Refused, placing: Placing) -> Problem | None:
        """What the refusal means to the buyer, if it is this hold's."""


HOLDS: tuple[Hold, ...] = (credit,)

__all__ = ["HOLDS", "Hold", "Placing"]
