"""Routes of quotes. They stand apart from those of orders, which import what places and ships: a quote is often what somebody asks first."""

from chalicelib.orders.quoting import service
from chalicelib.orders.quoting.schemas import QuoteForm, QuoteView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="orders")


@routes.post("/v1/quotes", scope="catalog.read")
def quote_cart(call: Call, form: QuoteForm) -> QuoteView:
    """Price a cart of up to 200 lines.

    Nothing is stored. To hold on to a price, send it as `unit_price` of the order's line: an order at another price is refused with the new
    one.
    """
    return service.quote(call.context, call.principal.for_company(), form, call.language)
