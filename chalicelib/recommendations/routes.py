"""What is new for a company."""

from chalicelib.platform.http.routes import Call, Routes
from chalicelib.recommendations import service
from chalicelib.recommendations.schemas import NewProductsView

routes = Routes(__name__, tag="cart")


@routes.get("/v1/new-for-you", scope="catalog.read", answer=NewProductsView)
def show_new_for_you(call: Call) -> NewProductsView:
    """See what other companies buy together with what this one buys, and what it does not buy yet.

    From so many companies on only that none of them can be recognised by it. What is bought together is counted every night: a purchase of
    today speaks for it tomorrow.
    """
    return service.new_for_you(call.context, call.principal.for_company(), call.language)
