"""Cart to delivery through a distributor."""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.orders.distributor_keys import distributor as distributor_key
    from chalicelib.orders.distributor_model import Distributor
    from chalicelib.orders.distributors import check_distributors_person, distributor
    from chalicelib.orders.events import ACCEPTED as ORDER_ACCEPTED
    from chalicelib.orders.events import CANCELLED as ORDER_CANCELLED
    from chalicelib.orders.events import COMPLETED as ORDER_COMPLETED
    from chalicelib.orders.events import CONFIRMED as ORDER_CONFIRMED
    from chalicelib.orders.events import OF_STEP as ORDER_EVENTS
    from chalicelib.orders.events import REJECTED as ORDER_REJECTED
    from chalicelib.orders.events import RETURNED as ORDER_RETURNED
    from chalicelib.orders.events import SHIPPED as ORDER_SHIPPED
    from chalicelib.orders.on_top_service import gifts_of
    from chalicelib.orders.on_top_service import look_at_due as look_at_goods_on_top
    from chalicelib.orders.on_top_store import DUE as GOODS_ON_TOP_DUE
    from chalicelib.orders.readers import distributor_or_member_reader, the_distributor_and_its_people
    from chalicelib.orders.rules import Order, State
    from chalicelib.orders.schemas import OrderAnswer
    from chalicelib.orders.service import check_state, latest, order
    from chalicelib.orders.sla_events import UNANSWERED as ORDER_UNANSWERED

__all__ = [
    "GOODS_ON_TOP_DUE",
    "ORDER_ACCEPTED",
    "ORDER_CANCELLED",
    "ORDER_COMPLETED",
    "ORDER_CONFIRMED",
    "ORDER_EVENTS",
    "ORDER_REJECTED",
    "ORDER_RETURNED",
    "ORDER_SHIPPED",
    "ORDER_UNANSWERED",
    "Distributor",
    "Order",
    "OrderAnswer",
    "State",
    "check_distributors_person",
    "check_state",
    "distributor",
    "distributor_key",
    "distributor_or_member_reader",
    "gifts_of",
    "latest",
    "look_at_goods_on_top",
    "order",
    "the_distributor_and_its_people",
]
