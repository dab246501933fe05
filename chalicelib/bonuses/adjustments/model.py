from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class AdjustmentState(StrEnum):
    WAITING = "waiting"
    POSTED = "posted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount to add or take away, with the reason shown to the company. `expires_on`: of added bonuses; by the club's policy if None.

    (small)─────────────▶ posted
    waiting ──approve───▶ posted
        └─────reject────▶ rejected
    """

    adjustment_id: str
    company_id: str
    currency: str
    amount: Decimal
    reason: str
    expires_on: date | None
    at: str
    author: str
    state: AdjustmentState
    decided_by: str = ""
    decided_at: str = ""
    note: str = ""
