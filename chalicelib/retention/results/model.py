"""Outcomes of the companies of a wave, and the comparison of its arms."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.retention.waves.model import Arm as ArmName
from chalicelib.retention.waves.rules import AdjustedEffect, Arm, Effect


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyResult:
    """A company of a wave, `OUTCOME_DAYS` after its first day in it. `before`: turnover of the year before that day; `called`: it was reached."""

    wave_id: str
    company_id: str
    unit: str
    arm: ArmName
    day: date
    manager_id: str | None = None
    called: bool = False
    ordered_30: bool = False
    ordered_90: bool = False
    turnover: Decimal = Decimal(0)
    before: Decimal = Decimal(0)


class Unit(NamedTuple):
    """The companies of one INN together."""

    arm: ArmName
    called: bool
    ordered_30: bool
    ordered_90: bool
    turnover: float
    before: float
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
    """The arms on a look. `money`: turnover of a unit within the outcome's days."""

    called: int
    held: int
    ordered_30: Shares
    ordered_90: Shares
    money: AdjustedEffect | None
