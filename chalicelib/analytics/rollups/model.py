"""Rollups as they are kept, and the history of a company that one read brings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from chalicelib.analytics.rollups.rules import Totals


@dataclass(frozen=True, slots=True)
class Month:
    """The sums of a company's month, by currency.

    `marks`: how often its facts were told to have moved; `folded`: the marks that its sums include; `folded_at`: when they were folded.
    """

    company_id: str
    month: date
    marks: int = 0
    folded: int = 0
    folded_at: str = ""
    totals: Mapping[str, Totals] = field(default_factory=dict)

    @property
    def is_stale(self) -> bool:
        return self.folded < self.marks


@dataclass(frozen=True, slots=True)
class Bonuses:
    """Balances after the newest posting of a month: `issued` and its further life since the first posting ever."""

    month: date
    currency: str
    sequence: int
    issued: Decimal
    redeemed: Decimal
    expired: Decimal
    available: Decimal
    pending: Decimal


@dataclass(frozen=True, slots=True)
class AnnouncedTier:
    """A tier of the company from a day on, with its discount as of that day; code "" below the first step."""

    day: date
    at: str
    code: str
    name: str
    name_ru: str
    discount_percent: Decimal


@dataclass(frozen=True, slots=True)
class Built:
    """All months of the company are folded, since this moment. `currency`: the company's own."""

    at: str
    currency: str


@dataclass(frozen=True, slots=True)
class History:
    """All months of a company in their order, and its bonuses and tiers. `built`: None if some months are not folded yet."""

    built: Built | None = None
    definition: int = 0
    months: tuple[Month, ...] = ()
    bonuses: tuple[Bonuses, ...] = ()
    tiers: tuple[AnnouncedTier, ...] = ()

    def sums(self, currency: str) -> dict[date, Totals]:
        """The months with purchases in this currency."""
        return {each.month: each.totals[currency] for each in self.months if currency in each.totals}

    @property
    def as_of(self) -> str | None:
        """The moment whose facts all months include; None where all that was told is included."""
        return min((each.folded_at for each in self.months if each.is_stale), default=None)
