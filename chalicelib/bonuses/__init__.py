"""Bonuses: a ledger by double entry, and what falls due in it."""

from chalicelib.bonuses.payments import Payment, check_payment, payment_of
from chalicelib.bonuses.payments import record as record_payments

__all__ = ["Payment", "check_payment", "payment_of", "record_payments"]
