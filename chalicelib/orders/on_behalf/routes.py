"""Orders that the club's staff place for a company: the company's prices and checks, `placed_by` marked as staff."""

from chalicelib import companies
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.orders.lifecycle import service as lifecycle
from chalicelib.orders.lifecycle.responses import answering, order_answer, orders_page
from chalicelib.orders.lifecycle.schemas import CancelForm, OrderQuery, OrderView
from chalicelib.orders.order import service as order_service
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Actor, Order
from chalicelib.orders.order.schemas import OrderPage
from chalicelib.orders.placement import service as placement
from chalicelib.orders.quoting import service as quoting
from chalicelib.orders.quoting.schemas import OrderForm, QuoteForm, QuoteView
from chalicelib.platform import Answer, Call, Routes, or_not_found

routes = Routes(__name__, tag="orders")


@routes.post("/v1/staff/companies/{company_id}/quotes", scope="staff.orders.read")
def quote_for_company(call: Call, form: QuoteForm, company_id: str) -> QuoteView:
    """Price a cart for a company, as it would see the cart itself. Nothing is stored."""
    or_not_found(companies.read_company(call.context, company_id))
    return quoting.quote(call.context, company_id, form, call.language)


@routes.post(
    "/v1/staff/companies/{company_id}/orders",
    scope="staff.orders.write",
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("price_changed", "debt_overdue", *HOLD_PROBLEMS),
)
def place_order_for_company(call: Call, form: OrderForm, company_id: str) -> Order:
    """Place an order for a company.

    The company's prices, limits and checks hold, except for the profile of the person who orders. The order is marked by `placed_by`, and
    the company's people get a letter.
    """
    return placement.place(answering(call), company_id, call.principal.for_member(), form, side="staff")


@routes.get("/v1/staff/companies/{company_id}/orders", scope="staff.orders.read", query=OrderQuery)
def list_orders_of_company(call: Call, company_id: str) -> OrderPage:
    """List a company's orders, newest first."""
    or_not_found(companies.read_company(call.context, company_id))
    return orders_page(call, order_store.company_orders, company_id)


@routes.get("/v1/staff/companies/{company_id}/orders/{order_id}", scope="staff.orders.read")
def show_order_of_company(call: Call, company_id: str, order_id: str) -> Answer[OrderView]:
    """Show an order of a company."""
    return order_answer(call, order_service.order_for_staff(call.context, company_id, order_id))


@routes.post(
    "/v1/staff/companies/{company_id}/orders/{order_id}/cancel",
    scope="staff.orders.write",
    answer=OrderView,
    keyed=True,
    problems=("wrong_state",),
)
def cancel_order_for_company(call: Call, form: CancelForm, company_id: str, order_id: str) -> Order:
    """Cancel an order for a company. The distributor must not have accepted it yet."""
    by = Actor("staff", call.principal.for_member())
    return lifecycle.cancel(answering(call), company_id, by, order_id, form.note)
