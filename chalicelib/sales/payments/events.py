"""The event of a payment: the document that it pays (`source`, `document`) and `paid_on`, null where it is not paid after all."""

from chalicelib.platform.events import EventType

PAYMENT_RECORDED = EventType("payment.recorded")
