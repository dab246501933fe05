"""The event of a payment: the document that it pays (`source`, `document`) and `paid_on`, null where the payment is withdrawn."""

from chalicelib.platform import EventType

PAYMENT_RECORDED = EventType("payment.recorded")
