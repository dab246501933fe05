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


class CoalitionClient(NamedTuple):
    """A machine client that may grant bonuses, in one currency."""

    client_id: str
    name: str
    currency: str
    active: bool
    limits: CoalitionLimits
    version: int = 0


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
