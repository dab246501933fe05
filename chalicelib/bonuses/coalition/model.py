from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.bonuses.ledger.rules import ZERO


class CoalitionLimits(NamedTuple):
    """The most that a client may grant: in one grant, to one company in a day, to all companies in a month. None exceeds the next."""

    per_grant: Decimal
    per_company_and_day: Decimal
    per_month: Decimal


NO_LIMITS = CoalitionLimits(ZERO, ZERO, ZERO)


class CoalitionClient(NamedTuple):
    """A machine client that may grant bonuses, in one currency.

    `requested_limits`: limits above what their author gives alone; `limits` hold until somebody else approves them.
    """

    client_id: str
    name: str
    currency: str
    active: bool
    limits: CoalitionLimits
    version: int = 0
    author: str = ""
    requested_limits: CoalitionLimits | None = None
    approved_by: str = ""


class CoalitionGrant(NamedTuple):
    """A grant of a client. `counted_on`: the day in whose limits it counts."""

    client_id: str
    reference: str
    company_id: str
    currency: str
    amount: Decimal
    day: date
    note: str
    counted_on: date
    expires_on: date
    posting_id: str
    at: str
    reversals: Mapping[str, Decimal]
    version: int

    @property
    def reversed(self) -> Decimal:
        return sum(self.reversals.values(), ZERO)
