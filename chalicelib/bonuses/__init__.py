"""Bonuses: a ledger by double entry, and what falls due in it."""

from chalicelib.platform.lazy import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.bonuses.config import Bonuses, BonusExpiry, BonusRate
    from chalicelib.bonuses.payment_events import PAYMENT_RECORDED
    from chalicelib.bonuses.payments import Payment, check_payment, payment_of, payments_of
    from chalicelib.bonuses.payments import record as record_payments
    from chalicelib.bonuses.rates import NO_RATE, Base, Reason, earned
    from chalicelib.bonuses.rules import Expiry, expiry
    from chalicelib.bonuses.volume_config import Bracket, VolumeBonuses, VolumeProgramme

__all__ = [
    "NO_RATE",
    "PAYMENT_RECORDED",
    "Base",
    "BonusExpiry",
    "BonusRate",
    "Bonuses",
    "Bracket",
    "Expiry",
    "Payment",
    "Reason",
    "VolumeBonuses",
    "VolumeProgramme",
    "check_payment",
    "earned",
    "expiry",
    "payment_of",
    "payments_of",
    "record_payments",
]
