"""Outcomes of the companies of a wave, and the comparison of its arms."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.retention.cases.model import CallAnswer, SilenceReason
from chalicelib.retention.waves.model import Arm as ArmName
from chalicelib.retention.waves.rules import AdjustedEffect, Arm, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyResult:
    """A company of a wave, `OUTCOME_DAYS` after its first day in it.

    `before`: turnover of the year before that day. `expected_sum` and `chance`: by its rhythm on that day, the turnover and the probability of an
    order within `OUTCOME_DAYS`. `called`: it was reached; `visited`: its people used the club; `reason` and `answer`: of the last talk that
    named one. `offers_…`: `OfferSums` of the orders within `OUTCOME_DAYS`; `margin`: of all these orders, None where no cost is known.
    """

    wave_id: str
    company_id: str
    unit: str
    arm: ArmName
    day: date
    manager_id: str | None = None
    called: bool = False
    visited: bool = False
    ordered_30: bool = False
    ordered_90: bool = False
    turnover: Decimal = Decimal(0)
    offers_sum: Decimal = Decimal(0)
    offers_off: Decimal = Decimal(0)
    offers_costed: Decimal = Decimal(0)
    offers_margin: Decimal = Decimal(0)
    margin: Decimal | None = None
    before: Decimal = Decimal(0)
    expected_sum: Decimal = Decimal(0)
    chance: Decimal = Decimal(0)
    reason: SilenceReason | None = None
    answer: CallAnswer | None = None


class OfferSums(NamedTuple):
    """Of ordered lines whose price an offer made, in one currency: their sum, and how much less that is than by base prices.

    `costed`: the part of the sum whose cost was known when the order was placed. `margin`: that part less its cost.
    """

    total: Decimal
    off: Decimal
    costed: Decimal
    margin: Decimal

    @property
    def costed_percent(self) -> Decimal | None:
        """To tenths; None where nothing was ordered."""
        return (100 * self.costed / self.total).quantize(Decimal("0.1")) if self.total else None


class Unit(NamedTuple):
    """The companies of one INN together."""

    arm: ArmName
    called: bool
    visited: bool
    ordered_30: bool
    ordered_90: bool
    turnover: float
    before: float
    expected_sum: float
    margin: float | None
    is_mixed: bool


class Look(NamedTuple):
    """A planned look, from 1."""

    number: int
    of: int
    day: date


class Shares(NamedTuple):
    """Of both arms, how many did something, and the difference."""

    called: Arm
    held: Arm
    effect: Effect


class Comparison(NamedTuple):
    """The arms on a look."""

    called: int
    held: int
    visited: Shares
    ordered_30: Shares
    ordered_90: Shares


class Stratified(NamedTuple):
    """Shares of both arms, and their difference, weighted by strata."""

    called: float
    held: float
    effect: Effect


class WaveResult(NamedTuple):
    """The result of a wave as of a day: nothing before its first look. `known`: the outcomes that were known on the look.

    `comparison`: None before a look, where the arms are suspect, and while one is too small.
    """

    look: Look | None
    known: list[CompanyResult]
    units: list[Unit]
    suspect: bool
    comparison: Comparison | None


class RankGroup(NamedTuple):
    """Units between two percentages of the rank, from 0 at the top. `turnover`: of a unit."""

    first_percent: int
    last_percent: int
    comparison: Comparison
    turnover: AdjustedEffect | None


class Talks(NamedTuple):
    """Companies with the same reason or answer: how many ordered, and how many would have without a call, by rhythm and hold-out."""

    code: str
    companies: int
    ordered: int
    expected: float
