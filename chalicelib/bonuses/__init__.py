"""Bonuses: a double-entry ledger, its accruals and redemptions, and goods for purchase volume."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("ledger", "accruals", "volume", "goods", "closing", "redemptions", "adjustments", "coalition", "audit")

with opened_when_asked(__name__):
    from chalicelib.bonuses.accruals.rules import NO_RATE, AppliedRate, RateBase, earned
    from chalicelib.bonuses.accruals.service import accrued_for, has_followed
    from chalicelib.bonuses.config import Bonuses, BonusExpiry, BonusRate
    from chalicelib.bonuses.datasets import SOURCES as BONUS_SOURCES
    from chalicelib.bonuses.events import ADJUSTED as BONUSES_ADJUSTED
    from chalicelib.bonuses.events import BONUS_POSTED
    from chalicelib.bonuses.events import EXPIRING as BONUSES_EXPIRING
    from chalicelib.bonuses.ledger.keys import bonuses as book_key
    from chalicelib.bonuses.ledger.rules import Balances, Book, Cause, Expiry, LotParts, Posting, expiry
    from chalicelib.bonuses.ledger.schemas import BonusesView
    from chalicelib.bonuses.ledger.service import book as book_of
    from chalicelib.bonuses.ledger.service import every_posting, last_posting_before, usable
    from chalicelib.bonuses.ledger.statements import bonuses as bonuses_of
    from chalicelib.bonuses.ledger.transfers import transfer, transferable
    from chalicelib.bonuses.redemptions.model import Redemption, RedemptionState
    from chalicelib.bonuses.redemptions.service import bring_in as bring_redemption_in
    from chalicelib.bonuses.redemptions.service import take_out as take_redemption_out
    from chalicelib.bonuses.redemptions.store import redemption_for, redemptions_waiting
    from chalicelib.bonuses.volume.config import Bracket, VolumeBonuses, VolumeProgramme
