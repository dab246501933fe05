from chalicelib.orders.cart import service
from chalicelib.orders.cart.schemas import CartAdditionView, CartForm, CartLinesForm, CartQuery, CartView
from chalicelib.orders.holds.service import HOLD_PROBLEMS
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="cart")

PLACING_PROBLEMS = ("cabinet_locked", "debt_overdue", *HOLD_PROBLEMS)


@routes.get("/v1/cart", scope="catalog.read", query=CartQuery)
def show_cart(call: Call) -> Answer[CartView]:
    """Show your cart at today's prices.

    Lines whose price changed since they were added are marked, and so are lines that cannot be ordered. To order the cart, send its
    `version` as `cart_version` to `POST /v1/orders`.
    """
    language = call.language if call.query.explain else None
    return _answer(service.show(call.context, call.principal.for_company(), call.principal.for_member(), language))


@routes.put("/v1/cart", scope="catalog.read", matched=True, problems=("precondition_failed",))
def replace_cart(call: Call, form: CartForm) -> Answer[CartView]:
    """Replace the lines of your cart. The version of a cart that was never used is 0.

    To accept a changed price, send it as the line's `unit_price`.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return _answer(service.replace(call.context, company_id, member_id, form, expected=call.expected_version()))


@routes.delete("/v1/cart", scope="catalog.read", status=204, matched=True, problems=("precondition_failed",))
def clear_cart(call: Call) -> Answer[None]:
    """Clear your cart."""
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    service.clear(call.context, company_id, member_id, expected=call.expected_version())
    return Answer(None)


@routes.post("/v1/cart/lines", scope="catalog.read", keyed=True)
def put_into_cart(call: Call, form: CartLinesForm) -> CartAdditionView:
    """Add lines to your cart, at today's prices.

    It takes the lines of `POST /v1/tools/lighting` as they are.
    """
    context = call.answering(lambda added: Answer.at(added, added.version))
    return service.add_lines(context, call.principal.for_company(), call.principal.for_member(), form)


def _answer(cart: CartView) -> Answer[CartView]:
    return Answer.at(cart, cart.version)
