from chalicelib.orders.cart.routes import PLACING_PROBLEMS
from chalicelib.orders.lifecycle.responses import answering
from chalicelib.orders.lifecycle.schemas import OrderView
from chalicelib.orders.order.rules import Order
from chalicelib.orders.reorder import links, page, service
from chalicelib.orders.reorder.schemas import PutForm, ReorderForm, UsualOrderForm, UsualOrderView
from chalicelib.platform import Answer, Call, Routes, Text
from chalicelib.platform.http.pages import PAGE, page_answer

routes = Routes(__name__, tag="cart")


@routes.post(
    "/v1/orders/{order_id}/reorder",
    scope="orders.write",
    answer=OrderView,
    status=201,
    keyed=True,
    problems=(*PLACING_PROBLEMS,),
)
def reorder(call: Call, form: ReorderForm, order_id: str) -> Order:
    """Repeat an earlier order at today's prices.

    Lines that cannot be ordered any more are refused by their places in the earlier order (422). Name them in `leave_out` to order the rest.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.reorder(answering(call), company_id, member_id, order_id, form)


@routes.get("/v1/usual-order", scope="orders.read")
def show_usual_order(call: Call) -> UsualOrderView:
    """Show the company's usual order at today's prices.

    The usual order follows from the company's purchases of the last year, in sales files as well as in orders: articles that were bought on
    several days, each in the median quantity of a day, in whole packs.
    """
    return service.usual_order(call.context, call.principal.for_company())


@routes.post(
    "/v1/usual-order",
    scope="orders.write",
    answer=OrderView,
    status=201,
    keyed=True,
    problems=("conflict", "price_changed", *PLACING_PROBLEMS),
)
def place_usual_order(call: Call, form: UsualOrderForm) -> Order:
    """Place the company's usual order."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.place_usual(answering(call), company_id, member_id, form)


# --- the link of a letter -----------------------------------------------------------------------------------------------

LINK = "/v1/letters/{token}/usual-order"


@routes.get(LINK, scope=None, content_type=PAGE)
def show_usual_order_page(call: Call, token: str) -> Answer[Text]:
    """Show the page with the usual order and the button that puts it into the reader's cart. It changes nothing."""
    buyer = links.buyer_of(call.context, token)
    if buyer is None:
        return page_answer(page.over_page(call.context, call.language))
    lines = links.articles(call.context, buyer.company_id)
    return page_answer(page.show_page(call.context, lines, buyer.member.language))


@routes.post(LINK, scope=None, content_type=PAGE, form=True)
def put_usual_order_into_cart(call: Call, form: PutForm, token: str) -> Answer[Text]:
    """Put the usual order into the reader's cart. Nothing is ordered; a repeat changes nothing."""
    buyer = links.buyer_of(call.context, token)
    if buyer is None:
        return page_answer(page.over_page(call.context, call.language))
    if not links.fill(call.context, buyer):
        return page_answer(page.show_page(call.context, [], buyer.member.language))
    return page_answer(page.done_page(call.context, buyer.member.language))
