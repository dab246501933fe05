"""Responses of routes that show or change an order."""

from collections.abc import Callable
from functools import partial

from chalicelib.orders.free_goods import rules as free_goods_rules
from chalicelib.orders.free_goods import service as free_goods
from chalicelib.orders.lifecycle.schemas import OrdersByDayQuery, OrderView
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Order
from chalicelib.orders.order.schemas import OrderPage, OrderSummaryView
from chalicelib.orders.order.service import moments_of
from chalicelib.platform import Answer, Call, Context, Problem, etag
from chalicelib.table import Page


def answering(call: Call) -> Context:
    """The context of a step whose response is the order."""
    return call.answering(partial(order_answer, call))


def orders_page(call: Call, read: Callable[..., Page], whose: str) -> OrderPage:
    """A page of the order heads of a company or a distributor, in the state and of the days that the query names."""
    query: OrdersByDayQuery = call.query
    dated = query.first or query.last
    return call.page(
        OrderPage,
        read,
        call.context.table,
        whose,
        state=query.state,
        moments=moments_of(call.context, query.first, query.last) if dated else None,
        show=lambda item: OrderSummaryView.of(order_store.order_of(item)),
    )


def order_answer(call: Call, order: Order | None) -> Answer[OrderView]:
    """The order with its ETag, and with its location if it is new. Raises 404 for None."""
    if order is None:
        raise Problem("not_found")
    headers = etag(order.version)
    if call.route.status == 201:
        promised = free_goods_rules.promised(order)  # a new order's free goods are not in the table yet
        # Staff read the order under its company, everybody else under their own orders.
        among = call.path if call.path.startswith("/v1/staff/") else "/v1/orders"
        headers["Location"] = f"{among}/{order.order_id}"
    else:
        promised = free_goods.free_goods_of(call.context, order)
    return Answer(OrderView.of_order(order, call.language, promised), headers=headers)
