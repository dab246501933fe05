"""Cart to delivery through a distributor."""

from chalicelib.platform.doors import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.orders.distributors import check_distributors_person, distributor, people_of
    from chalicelib.orders.rules import Order, State
    from chalicelib.orders.schemas import Distributor
    from chalicelib.orders.service import check_state, on_order_shipped, on_payment_recorded, order
    from chalicelib.orders.sla import still_waiting

__all__ = [
    "Distributor",
    "Order",
    "State",
    "check_distributors_person",
    "check_state",
    "distributor",
    "on_order_shipped",
    "on_payment_recorded",
    "order",
    "people_of",
    "still_waiting",
]
