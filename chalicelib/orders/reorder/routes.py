from chalicelib.orders.cart.routes import PLACING_PROBLEMS
from chalicelib.orders.lifecycle.responses import answering
from chalicelib.orders.lifecycle.schemas import OrderView
from chalicelib.orders.order.rules import Order
from chalicelib.orders.reorder import service
from chalicelib.orders.reorder.schemas import ReorderForm, UsualOrderForm, UsualOrderView
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="cart")

# --- again ------------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders/{order_id}/reorder",
    scope="orders.write",
    body=ReorderForm,
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("not_found", *PLACING_PROBLEMS),
)
def reorder(call: Call, order_id: str) -> Order:
    """Order the same as in an earlier order, at today's prices.

    Nothing is left out silently: lines that cannot be ordered any more are named, by their places in the earlier order (422); `leave_out` is
    for them.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.reorder(answering(call), company_id, member_id, order_id, call.body)


@routes.get("/v1/usual-order", scope="orders.read", answer=UsualOrderView)
def show_usual_order(call: Call) -> UsualOrderView:
    """Read what the company usually orders, at today's prices.

    Worked out from its purchases, those of sales files as well: what was bought on several days of the last year, in the quantity of a
    usual day, in whole packs.
    """
    return service.usual_order(call.context, call.principal.for_company())


@routes.post(
    "/v1/usual-order",
    scope="orders.write",
    body=UsualOrderForm,
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("conflict", "price_changed", *PLACING_PROBLEMS),
)
def place_usual_order(call: Call) -> Order:
    """Order what the company usually orders, in one call."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.place_usual(answering(call), company_id, member_id, call.body)
