"""A member's cart, and what helps to fill it: ordering again, the usual order."""

from chalicelib.orders import again, baskets
from chalicelib.orders.again_schemas import AgainForm, PlaceUsualForm, UsualOrderAnswer
from chalicelib.orders.answers import answering
from chalicelib.orders.basket_schemas import CartAnswer, CartForm, CartLinesForm, CartQuery, PutIn
from chalicelib.orders.holds import HELD
from chalicelib.orders.rules import Order
from chalicelib.orders.schemas import OrderAnswer
from chalicelib.platform.http.routes import Answer, Call, Routes, etag

routes = Routes(__name__, tag="cart")

PLACING = ("cabinet_locked", "debt_overdue", *HELD)

# --- the cart ---------------------------------------------------------------------------------------------------------


@routes.get("/v1/cart", scope="catalog.read", query=CartQuery, answer=CartAnswer)
def show_cart(call: Call) -> Answer:
    """Read one's cart at today's prices.

    Lines whose price has changed since they were put in are marked, and so are those that cannot be ordered as they are. `POST /v1/orders`
    with the cart's `version` orders it.
    """
    language = call.language if call.query.explain else None
    return _told(baskets.show(call.work, call.principal.for_company(), call.principal.for_member(), language))


@routes.put(
    "/v1/cart",
    scope="catalog.read",
    body=CartForm,
    answer=CartAnswer,
    matched=True,
    problems=("precondition_failed",),
)
def replace_cart(call: Call) -> Answer:
    """Replace what lies in one's cart. Of a cart that there never was the version is 0.

    To agree to a changed price, send it as the line's `unit_price`.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return _told(baskets.replace(call.work, company_id, member_id, call.body, expected=call.expected_version()))


@routes.delete("/v1/cart", scope="catalog.read", status=204, matched=True, problems=("precondition_failed",))
def clear_cart(call: Call) -> Answer:
    """Take everything out of one's cart."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    baskets.clear(call.work, company_id, member_id, expected=call.expected_version())
    return Answer(None)


@routes.post("/v1/cart/lines", scope="catalog.read", body=CartLinesForm, answer=PutIn, keyed=True)
def put_into_cart(call: Call) -> PutIn:
    """Put goods into one's cart, beside what lies there. They are put in at today's prices.

    The lines of `POST /v1/tools/lighting` can be sent as they are.
    """
    work = call.answering(lambda put_in: Answer(put_in, headers=etag(put_in.version)))
    return baskets.put_in(work, call.principal.for_company(), call.principal.for_member(), call.body)


# --- again ------------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/orders/{order_id}/reorder",
    scope="orders.write",
    body=AgainForm,
    answer=OrderAnswer,
    status=201,
    keyed=True,
    problems=("not_found", *PLACING),
)
def reorder(call: Call, order_id: str) -> Order:
    """Order the same as in an earlier order, at today's prices.

    Nothing is left out silently: lines that cannot be ordered any more are named, by their places in the earlier order (422); `leave_out` is
    for them.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return again.reorder(answering(call), company_id, member_id, order_id, call.body)


@routes.get("/v1/usual-order", scope="orders.read", answer=UsualOrderAnswer)
def show_usual_order(call: Call) -> UsualOrderAnswer:
    """Read what the company usually orders, at today's prices.

    Worked out from its purchases, those of sales files as well: what was bought on several days of the last year, in the quantity of a
    usual day, in whole packs.
    """
    return again.usual_order(call.work, call.principal.for_company())


@routes.post(
    "/v1/usual-order",
    scope="orders.write",
    body=PlaceUsualForm,
    answer=OrderAnswer,
    status=201,
    keyed=True,
    problems=("conflict", "price_changed", *PLACING),
)
def place_usual_order(call: Call) -> Order:
    """Order what the company usually orders, in one call."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return again.place_usual(answering(call), company_id, member_id, call.body)


# --- answers ----------------------------------------------------------------------------------------------------------


def _told(cart: CartAnswer) -> Answer:
    return Answer(cart, headers=etag(cart.version))
