from chalicelib import companies
from chalicelib.orders.order.schemas import OrderPage, OrderSummaryView
from chalicelib.orders.register import service
from chalicelib.orders.register.schemas import OrdersQuery
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.get("/v1/staff/orders", scope="staff.orders.read", query=OrdersQuery)
def list_all_orders(call: Call) -> OrderPage:
    """List the orders of all companies, and find one by its number.

    `GET /v1/staff/companies/{company_id}/orders/{order_id}` shows one of them.
    """
    query: OrdersQuery = call.query
    manager_id = companies.manager_asked_for(query.manager, call.principal.subject)
    return call.page(
        OrderPage,
        service.find,
        call.context,
        query.search(),
        manager_id,
        oldest=query.sort == "oldest",
        show=OrderSummaryView.of,
    )
