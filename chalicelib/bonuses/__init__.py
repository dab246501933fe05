"""Bonuses: a ledger by double entry, and what falls due in it."""

from chalicelib.bonuses.payments import check_payment, payment_of

__all__ = ["check_payment", "payment_of"]
