"""Bonuses: a ledger by double entry, and what falls due in it."""

from chalicelib.platform.doors import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.bonuses.payment_events import PAYMENT_RECORDED
    from chalicelib.bonuses.payments import Payment, check_payment, payment_of, payments_of
    from chalicelib.bonuses.payments import record as record_payments

__all__ = ["PAYMENT_RECORDED", "Payment", "check_payment", "payment_of", "payments_of", "record_payments"]
