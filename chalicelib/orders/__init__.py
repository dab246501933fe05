"""Orders from the cart to the delivery by a distributor."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = (
    "order",
    "free_goods",
    "holds",
    "quoting",
    "placement",
    "cart",
    "lifecycle",
    "files",
    "reorder",
    "on_behalf",
    "register",
    "response_times",
    "moves",
)

with opened_when_asked(__name__):
    from chalicelib.orders.cart.service import move as move_cart
    from chalicelib.orders.config import Orders
    from chalicelib.orders.datasets import SOURCES as ORDER_SOURCES
    from chalicelib.orders.files.events import ATTACHED as ORDER_FILE_ATTACHED
    from chalicelib.orders.free_goods.service import assess_due as assess_free_goods
    from chalicelib.orders.free_goods.service import free_goods_of
    from chalicelib.orders.free_goods.store import DUE as FREE_GOODS_DUE
    from chalicelib.orders.lifecycle.schemas import CreditView, OrderView, ShipForm, TrackForm
    from chalicelib.orders.lifecycle.service import credit_of, latest
    from chalicelib.orders.lifecycle.service import ship as ship_order
    from chalicelib.orders.lifecycle.service import track as track_shipment
    from chalicelib.orders.moves.service import Orderer
    from chalicelib.orders.moves.service import documents_of as documents_of_order
    from chalicelib.orders.moves.service import follow as follow_moved_order
    from chalicelib.orders.moves.service import move as move_order
    from chalicelib.orders.order.events import ACCEPTED as ORDER_ACCEPTED
    from chalicelib.orders.order.events import CANCELLED as ORDER_CANCELLED
    from chalicelib.orders.order.events import COMPLETED as ORDER_COMPLETED
    from chalicelib.orders.order.events import CONFIRMED as ORDER_CONFIRMED
    from chalicelib.orders.order.events import MOVED as ORDER_MOVED
    from chalicelib.orders.order.events import OF_STEP as ORDER_EVENTS
    from chalicelib.orders.order.events import REJECTED as ORDER_REJECTED
    from chalicelib.orders.order.events import RETURNED as ORDER_RETURNED
    from chalicelib.orders.order.events import SHIPPED as ORDER_SHIPPED
    from chalicelib.orders.order.events import TRACKED as ORDER_TRACKED
    from chalicelib.orders.order.readers import distributor_or_person_reader, the_distributor_and_its_people
    from chalicelib.orders.order.rules import Line as OrderLine
    from chalicelib.orders.order.rules import Order, OrderState, OrderStep, Shipment
    from chalicelib.orders.order.schemas import OrderSummaryView
    from chalicelib.orders.order.service import load_order, load_orders, newest_orders, order_told_of, orders_since
    from chalicelib.orders.order.store import check_state, order_ids
    from chalicelib.orders.register.service import find_by_numbers
    from chalicelib.orders.reorder.links import usual_order_link
    from chalicelib.orders.reorder.service import usual_order
    from chalicelib.orders.response_times.events import UNANSWERED as ORDER_UNANSWERED
    from chalicelib.orders.response_times.service import deadlines as answer_deadlines
    from chalicelib.orders.response_times.store import page as unanswered_page
