"""Results of an issue as they are stored, and figures of several issues."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

Grouping = Literal["topic", "audience", "slot", "segment", "template", "class"]


class MoneyEffect(NamedTuple):
    """The mean purchases of an invited company above those of a held-out one, with the bounds of 95 %."""

    difference: Decimal
    low: Decimal
    high: Decimal


class Purchases(NamedTuple):
    """Companies of both arms, and those that bought within the days after the slot. The money is of companies in `currency` only."""

    invited: int
    invited_bought: int
    held: int
    held_bought: int
    currency: str
    other_currencies: int = 0
    money: MoneyEffect | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Counts of people. `left_out`: by reason, before the slot; `skipped`: by reason, in it; `states`: the letters of the others; `reached`: what became
    of them, and the same by the audience of their readers.

    `days`: of the purchases that have passed, from the slot's day on.
    """

    issue_id: str
    as_of: str
    days: int
    people: int
    left_out: dict[str, int]
    skipped: dict[str, int]
    states: dict[str, int]
    reached: dict[str, int]
    audiences: dict[str, dict[str, int]]
    purchases: Purchases


class StepFigures(NamedTuple):
    """A step of a series: members who wait for it, letters by state, and members who passed it without one, by reason."""

    step_id: str
    waiting: int
    letters: dict[str, int]
    skipped: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesResults:
    """Counts of members. `ends`: those for whom the series is over, by reason."""

    series_id: str
    as_of: str
    people: int
    steps: tuple[StepFigures, ...]
    ends: dict[str, int]
    purchases: Purchases


class GroupFigures(NamedTuple):
    """Letters of a group of issues."""

    group: str
    issues: int
    delivered: int
    clicked: int
    unsubscribed: int
    complained: int
