"""The offers behind an order's prices and its delivery: used with the order, and given back if it is not delivered.

    placed                      each of its offers is used; refused where another order was faster, or the offer was withdrawn
    rejected, cancelled, …      those of which no line is left may be used again; that of the delivery, once nothing is delivered
    completed                   they are spent

A shipped line has used its offer for good: a return gives nothing back.
"""

from chalicelib.orders.order.carts import Placing, PricedCart
from chalicelib.orders.order.rules import Order, OrderState
from chalicelib.platform import Problem, unit_price_text
from chalicelib.pricing import OFFERS_LABEL, offers_of, release_offers, use_offers
from chalicelib.table import Refused, Transaction


def hold(tx: Transaction, placing: Placing) -> None:
    order = placing.order
    use_offers(tx, order.company_id, order.order_id, _offers_of_order(order))


def follow(tx: Transaction, before: Order, after: Order, cart: PricedCart | None) -> None:
    held = _offers_of_order(after)
    done = after.state is OrderState.COMPLETED and before.state is not OrderState.COMPLETED
    release_offers(
        tx, after.offers_of or after.company_id, given_back=_offers_of_order(before) - held, spent=held if done else ()
    )


def problem(refused: Refused, placing: Placing) -> Problem | None:
    """Names the offers that are gone, and the prices of their lines without offers."""
    if OFFERS_LABEL not in refused:
        return None
    order, offers = placing.order, _offers_of_order(placing.order)
    cart = placing.cart.without((), offers)
    lines = [
        {
            "sku": line.sku,
            "unit_price": {"amount": unit_price_text(line.unit_price), "currency": order.currency},
            "without_offer": {"amount": unit_price_text(cart.price(asked).unit_price), "currency": order.currency},
        }
        for line, asked in zip(order.lines, cart.asked, strict=True)
        if offers_of(line.chosen)
    ]
    detail = "Another order used the offer, or it was withdrawn. To order without, name it in `without_offers`."
    return Problem("offer_used", detail, extra={"offers": sorted(offers), "lines": lines})


def _offers_of_order(order: Order) -> frozenset[str]:
    """The offers of all lines before the acceptance, of the agreed lines after it."""
    if order.state in (OrderState.REJECTED, OrderState.CANCELLED):
        return frozenset()
    unanswered = order.state in (OrderState.PLACED, OrderState.CHANGED)
    lines = [line for line in order.lines if unanswered or line.agreed]
    of_delivery = [order.delivery.offer_id] if lines and order.delivery and order.delivery.free else []
    return frozenset([*of_delivery, *(offer_id for line in lines for offer_id in offers_of(line.chosen))])
