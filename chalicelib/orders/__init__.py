"""Cart to delivery through a distributor."""

from chalicelib.orders.distributors import distributor, people_of
from chalicelib.orders.rules import Order, State
from chalicelib.orders.schemas import Distributor
from chalicelib.orders.service import check_state, on_order_shipped, on_payment_recorded, order
from chalicelib.orders.sla import still_waiting

__all__ = [
    "Distributor",
    "Order",
    "State",
    "check_state",
    "distributor",
    "on_order_shipped",
    "on_payment_recorded",
    "order",
    "people_of",
    "still_waiting",
]
