"""What is answered to whoever changes an order."""

from functools import partial

from chalicelib.orders.free_goods import rules as free_goods_rules
from chalicelib.orders.free_goods import service as free_goods
from chalicelib.orders.lifecycle.schemas import OrderView
from chalicelib.orders.order.rules import Order
from chalicelib.platform.context import Context
from chalicelib.platform.http.routes import Answer, Call, etag


def answering(call: Call) -> Context:
    """The work of a step of an order, which is answered with the order."""
    return call.answering(partial(order_answer, call))


def order_answer(call: Call, order: Order) -> Answer:
    headers = etag(order.version)
    if call.route.status == 201:
        promised = free_goods_rules.promised(order)  # they come with the order, and are in no table yet
        # Where who asked for it finds it: the staff beside the company, anybody else among their own.
        among = call.path if call.path.startswith("/v1/staff/") else "/v1/orders"
        headers["Location"] = f"{among}/{order.order_id}"
    else:
        promised = free_goods.free_goods_of(call.context, order)
    return Answer(OrderView.of_order(order, call.language, promised), headers=headers)
