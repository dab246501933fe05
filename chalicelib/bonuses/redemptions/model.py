"""A redemption reserves bonuses, then uses them up or gives them back; a part is given back if its order comes to less:

reserved ──complete──▶ redeemed
    └─────cancel─────▶ cancelled
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.bonuses.ledger.rules import ZERO, LotParts


class RedemptionState(StrEnum):
    """`reserved` until the club completes or cancels it."""

    RESERVED = "reserved"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Redemption:
    """Bonuses taken from lots on the day `held_on`. `ended_at`: moment of completion or cancellation.

    `given_back`: amount returned to the lots when its order came to less.
    """

    redemption_id: str
    company_id: str
    currency: str
    amount: Decimal
    parts: LotParts
    held_on: date
    at: str
    member_id: str
    posting_id: str
    order_id: str = ""
    note: str = ""
    state: RedemptionState = RedemptionState.RESERVED
    ended_at: str = ""
    given_back: Decimal = ZERO
