"""What people ask of the ledger. Pure.

A redemption reserves bonuses, then uses them up or gives them back; a part is given back where its order comes to less, or goods of it
come back:

    reserved ──complete──▶ redeemed
        └─────cancel─────▶ cancelled

An adjustment adds or takes away by hand. A large one waits for somebody else of the staff:

    (small)─────────────▶ posted
    waiting ──approve───▶ posted
        └─────reject────▶ rejected
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from chalicelib.bonuses.ledger.rules import ZERO, LotParts


class RedemptionState(StrEnum):
    RESERVED = "reserved"
    REDEEMED = "redeemed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Redemption:
    """So many bonuses, taken from these lots on this day. `ended_at`: when it was completed or cancelled.

    `given_back`: what it held besides `amount`, until its order came to less.
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
