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
    """So many bonuses more or less, with the reason that the company reads. `expires_on`: of what is added; the club's policy if None."""

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
