"""Cart to delivery through a distributor."""

from chalicelib.platform.doors import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.orders.distributors import check_distributors_person, distributor, people_of
    from chalicelib.orders.on_top_service import gifts_of
    from chalicelib.orders.on_top_service import look_at_due as look_at_goods_on_top
    from chalicelib.orders.on_top_store import DUE as GOODS_ON_TOP_DUE
    from chalicelib.orders.rules import Order, State
    from chalicelib.orders.schemas import Distributor
    from chalicelib.orders.service import (
        check_state,
        on_order_returned,
        on_order_shipped,
        on_payment_recorded,
        order,
    )
    from chalicelib.orders.sla import still_waiting

__all__ = [
    "GOODS_ON_TOP_DUE",
    "Distributor",
    "Order",
    "State",
    "check_distributors_person",
    "check_state",
    "distributor",
    "gifts_of",
    "look_at_goods_on_top",
    "on_order_returned",
    "on_order_shipped",
    "on_payment_recorded",
    "order",
    "people_of",
    "still_waiting",
]
