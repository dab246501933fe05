from chalicelib.orders.response_times import service
from chalicelib.orders.response_times.schemas import UnansweredOrderView, UnansweredPage, UnansweredQuery
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.get("/v1/staff/orders/unanswered", scope="staff.orders.read", query=UnansweredQuery)
def list_unanswered_orders(call: Call) -> UnansweredPage:
    """List the orders with questions that distributors were reminded of and have not answered, oldest first.

    Questions are orders, requests to cancel them, and returns. An answer removes its question within seconds; a question enters the list
    within a quarter of an hour after its deadline.
    """
    return call.page(UnansweredPage, service.page, call.context, show=UnansweredOrderView.of)
