"""Bonuses: a ledger by double entry, and what falls due in it."""

from chalicelib.platform.doors import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.bonuses.config import Bonuses, BonusExpiry, BonusRate
    from chalicelib.bonuses.payment_events import PAYMENT_RECORDED
    from chalicelib.bonuses.payments import Payment, check_payment, payment_of, payments_of
    from chalicelib.bonuses.payments import record as record_payments
    from chalicelib.bonuses.volume_config import Bracket, VolumeBonuses, VolumeProgramme

__all__ = [
    "PAYMENT_RECORDED",
    "BonusExpiry",
    "BonusRate",
    "Bonuses",
    "Bracket",
    "Payment",
    "VolumeBonuses",
    "VolumeProgramme",
    "check_payment",
    "payment_of",
    "payments_of",
    "record_payments",
]
