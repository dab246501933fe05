"""What distributors leave unanswered: for the club's staff."""

from chalicelib.orders.response_times import service
from chalicelib.orders.response_times.schemas import UnansweredOrderView, UnansweredPage
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.get("/v1/staff/orders/unanswered", scope="staff.orders.read", query=PageQuery, answer=UnansweredPage)
def list_unanswered_orders(call: Call) -> UnansweredPage:
    """List what distributors were reminded of and have not answered.

    Oldest first: orders, requests to cancel, and returns. The list follows an answer within seconds, and the clock within a quarter of an
    hour.
    """
    cursors = call.cursors()
    found, last = service.page(call.context, call.query.limit, cursors.open(call.query.cursor))
    return UnansweredPage(items=[UnansweredOrderView.of(each) for each in found], next_cursor=cursors.close(last))
