from chalicelib.platform import Call, Routes
from chalicelib.recommendations import service
from chalicelib.recommendations.schemas import NewProductsView

routes = Routes(__name__, tag="cart")


@routes.get("/v1/new-for-you", scope="catalog.read")
def show_new_for_you(call: Call) -> NewProductsView:
    """List articles that other companies buy together with the company's own purchases, and that it does not buy yet.

    An article is listed when enough companies buy it that none of them can be recognised. Purchases are counted every night, so a purchase
    of today counts tomorrow.
    """
    return service.new_for_you(call.context, call.principal.for_company(), call.language)
