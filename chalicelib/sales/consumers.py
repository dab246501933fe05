"""Consumers of sales."""

from chalicelib.platform import Context, Event, consumer
from chalicelib.sales import service
from chalicelib.sales.events import SALE_JOINED, SALE_RECORDED
from chalicelib.sales.payments.events import PAYMENT_RECORDED
from chalicelib.sales.payments.model import Payment
from chalicelib.sales.payments.service import payment_of, record_payments
from chalicelib.sales.rules import ORDERS, DocumentRef, named_beside


@consumer(SALE_RECORDED)
def on_sale_recorded(context: Context, event: Event) -> None:
    """Makes the returns that name a late or moved document follow it, and joins the document with the invoice that it is.

    Each is judged again by the facts as now known, so duplicates and reordered deliveries do no harm.
    """
    sale = event.item
    for document in sale.get("returned_by", ()):
        service.follow(context, named_beside(document, sale["source"]))
    if "gone" not in sale:
        service.join(context, sale)


@consumer(SALE_JOINED)
def on_sale_joined(context: Context, event: Event) -> None:
    """Lets returns and payments that name a document of the books reach the shipment that it is."""
    joined = event.item
    for document in joined["returned_by"]:
        service.follow(context, named_beside(document, joined["source"]))
    _hand_over(context, (joined["source"], joined["document"]), (joined["same_as"][0], joined["same_as"][1]))


@consumer(PAYMENT_RECORDED)
def on_payment_recorded(context: Context, event: Event) -> None:
    """Hands a payment over to the shipment that the paid document is. `on_sale_joined` does so for one that came before."""
    ref = (event.item["source"], event.item["document"])
    if ref[0] != ORDERS and (shipment := service.same_as(context, ref)):
        _hand_over(context, ref, shipment)


def _hand_over(context: Context, ref: DocumentRef, shipment: DocumentRef) -> None:
    payment = payment_of(context, ref)
    if payment.as_of:
        record_payments(context, [Payment(shipment, payment.paid_on)], by=payment.by, as_of=payment.as_of)
