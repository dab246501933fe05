"""A member's cart, and what helps to fill it: ordering again, the usual order."""

from chalicelib.orders.cart import service
from chalicelib.orders.cart.schemas import CartAdditionView, CartForm, CartLinesForm, CartQuery, CartView
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.platform.http.routes import Answer, Call, Routes, etag

routes = Routes(__name__, tag="cart")

PLACING_PROBLEMS = ("cabinet_locked", "debt_overdue", *HOLD_PROBLEMS)

# --- the cart ---------------------------------------------------------------------------------------------------------


@routes.get("/v1/cart", scope="catalog.read", query=CartQuery, answer=CartView)
def show_cart(call: Call) -> Answer:
    """Read one's cart at today's prices.

    Lines whose price has changed since they were put in are marked, and so are those that cannot be ordered as they are. `POST /v1/orders`
    with the cart's `version` orders it.
    """
    language = call.language if call.query.explain else None
    return _told(service.show(call.context, call.principal.for_company(), call.principal.for_member(), language))


@routes.put(
    "/v1/cart",
    scope="catalog.read",
    body=CartForm,
    answer=CartView,
    matched=True,
    problems=("precondition_failed",),
)
def replace_cart(call: Call) -> Answer:
    """Replace what lies in one's cart. Of a cart that there never was the version is 0.

    To agree to a changed price, send it as the line's `unit_price`.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return _told(service.replace(call.context, company_id, member_id, call.body, expected=call.expected_version()))


@routes.delete("/v1/cart", scope="catalog.read", status=204, matched=True, problems=("precondition_failed",))
def clear_cart(call: Call) -> Answer:
    """Take everything out of one's cart."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    service.clear(call.context, company_id, member_id, expected=call.expected_version())
    return Answer(None)


@routes.post("/v1/cart/lines", scope="catalog.read", body=CartLinesForm, answer=CartAdditionView, keyed=True)
def put_into_cart(call: Call) -> CartAdditionView:
    """Put goods into one's cart, beside what lies there. They are put in at today's prices.

    The lines of `POST /v1/tools/lighting` can be sent as they are.
    """
    context = call.answering(lambda put_in: Answer(put_in, headers=etag(put_in.version)))
    return service.put_in(context, call.principal.for_company(), call.principal.for_member(), call.body)


# --- answers ----------------------------------------------------------------------------------------------------------


def _told(cart: CartView) -> Answer:
    return Answer(cart, headers=etag(cart.version))
