"""What is answered to whoever changes an order."""

from collections.abc import Callable

from chalicelib.orders import on_top, on_top_service, service
from chalicelib.orders.rules import Order
from chalicelib.orders.schemas import OrderAnswer
from chalicelib.platform.http import Answer, Call, etag
from chalicelib.table import Transaction


def answered(call: Call, act: Callable[[service.Remember], Order]) -> Answer:
    """Does what is asked, and answers with the very answer that was kept for its repeat."""
    answer = Answer(None)

    def remember(tx: Transaction, order: Order) -> None:
        nonlocal answer
        answer = told(call, order)
        call.remember(tx, answer)

    act(remember)
    return answer


def told(call: Call, order: Order) -> Answer:
    headers = etag(order.version)
    if call.route.status == 201:
        gifts = on_top.promised(order)  # they come with the order, and are in no table yet
        # Where who asked for it finds it: the staff beside the company, anybody else among their own.
        among = call.path if call.path.startswith("/v1/staff/") else "/v1/orders"
        headers["Location"] = f"{among}/{order.order_id}"
    else:
        gifts = on_top_service.gifts_of(call.work, order)
    return Answer(OrderAnswer.told(order, call.language, call.work.config, gifts), headers=headers)
