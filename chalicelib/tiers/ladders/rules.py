"""Ladders: the discounts for sums of purchases. Pure: no clock, table or configuration.

A ladder is one version of the club's steps in one currency. It is in force from its `valid_from` to the eve of the next ladder's; the
first one is in force from the beginning. `ladder_on(ladders, day)` is the ladder of a day, `steps_for(ladder, day, last_year)` its steps
for one company: those of the season, with a personal first step if the company has one.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple, Self

from chalicelib.platform import round_half_up

BEGINNING = date.min  # the `valid_from` of a currency's first ladder

MonthDay = tuple[int, int]
Season = tuple[MonthDay, MonthDay]  # first and last day, both included; it may span the new year
LadderState = Literal["draft", "scheduled", "active", "retired"]
Fact = dict[str, Any]  # values of an item: texts, int, Decimal, None, lists and maps


class LadderStep(NamedTuple):
    """A step of a ladder, reached by a window sum of `from_sum` or more. `tier` is empty for no tier."""

    tier: str
    from_sum: Decimal
    discount_percent: Decimal
    name: str = ""
    name_ru: str = ""

    def name_in(self, language: str) -> str:
        return (self.name_ru if language == "ru" else self.name) or self.tier


NO_STEP = LadderStep("", Decimal(0), Decimal(0), "No tier", "Без уровня")

LadderSteps = tuple[LadderStep, ...]  # lowest first, sums and discounts rise strictly; the last one is open


class PersonalStep(NamedTuple):
    """A first step that follows a company's own last year.

    It holds for companies whose first purchase was `months` or more before the day. `coefficients` are by month, January first.
    """

    floor: Decimal
    coefficients: tuple[Decimal, ...]
    months: int = 18


class Ladder(NamedTuple):
    """One version of the steps of a currency.

    `steps` are those of the season if there is one, otherwise of the whole year. A reached step is held for `hold_days`. A fall is
    announced `warning_days` before it, largest first. `activated_at` is None for a ladder known from the beginning.
    """

    ladder_id: str
    version: str
    currency: str
    valid_from: date
    window_days: int
    hold_days: int
    warning_days: tuple[int, ...]
    steps: LadderSteps
    off_season_steps: LadderSteps | None = None
    season: Season | None = None
    personal: PersonalStep | None = None
    activated_at: str | None = None

    @property
    def every_step(self) -> LadderSteps:
        """Its steps, and those off season."""
        return (*self.steps, *(self.off_season_steps or ()))

    @property
    def largest_discount(self) -> Decimal:
        """In percent, of all its steps."""
        return max(step.discount_percent for step in self.every_step)

    def steps_on(self, day: date) -> LadderSteps:
        """The season's steps of this day, for a company without a personal first step."""
        if self.off_season_steps is None or self.season is None or in_season(self.season, day):
            return self.steps
        return self.off_season_steps

    def step(self, tier: str, day: date) -> LadderStep | None:
        """The step of this name on this day; None if the ladder has none."""
        return next((step for step in self.steps_on(day) if step.tier == tier), None)

    def as_fact(self) -> Fact:
        """The ladder as a value of an item."""
        return {
            "ladder_id": self.ladder_id,
            "version": self.version,
            "currency": self.currency,
            "valid_from": self.valid_from.isoformat(),
            "window_days": self.window_days,
            "hold_days": self.hold_days,
            "warning_days": list(self.warning_days),
            "steps": [list(step) for step in self.steps],
            "off_season_steps": _listed(self.off_season_steps),
            "season": _listed(self.season),
            "personal": (
                [self.personal.floor, list(self.personal.coefficients), self.personal.months] if self.personal else None
            ),
            "activated_at": self.activated_at,
        }

    @classmethod
    def from_fact(cls, fact: Mapping[str, Any]) -> Self:
        """The ladder of an `as_fact` value, with whole numbers as Decimal or int."""
        season, personal, off_season = fact["season"], fact["personal"], fact["off_season_steps"]
        return cls(
            ladder_id=fact["ladder_id"],
            version=fact["version"],
            currency=fact["currency"],
            valid_from=date.fromisoformat(fact["valid_from"]),
            window_days=int(fact["window_days"]),
            hold_days=int(fact["hold_days"]),
            warning_days=tuple(int(days) for days in fact["warning_days"]),
            steps=_steps(fact["steps"]),
            off_season_steps=_steps(off_season) if off_season is not None else None,
            season=(_month_day(season[0]), _month_day(season[1])) if season else None,
            personal=PersonalStep(personal[0], tuple(personal[1]), int(personal[2])) if personal else None,
            activated_at=fact["activated_at"],
        )


class LadderRecord(NamedTuple):
    """A ladder with its history. `ladder` itself is dated from the beginning; the real `valid_from` is None for a draft.

    `created_by` is None for a founding ladder, `created_at` None for one that is not recorded yet. `version` counts changes of state.
    """

    ladder: Ladder
    valid_from: date | None = None
    note: str = ""
    created_at: str | None = None
    created_by: str | None = None
    activated_at: str | None = None
    activated_by: str | None = None
    version: int = 1


def state(found: LadderRecord, ladders: Sequence[Ladder], today: date) -> LadderState:
    """The state today, given the activated ladders of the currency."""
    if found.valid_from is None:
        return "draft"
    if found.valid_from > today:
        return "scheduled"
    return "active" if ladder_on(ladders, today).ladder_id == found.ladder.ladder_id else "retired"


def ladder_on(ladders: Sequence[Ladder], day: date) -> Ladder:
    """The ladder in force on this day, of at least one ladder sorted by `valid_from`."""
    return ladders[max(bisect_right(ladders, day, key=lambda ladder: ladder.valid_from) - 1, 0)]


def month_day(text: str) -> MonthDay:
    """The month and day of an MM-DD text."""
    month, day = text.split("-")
    return int(month), int(day)


def in_season(season: Season, day: date) -> bool:
    first, last = season
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def steps_for(ladder: Ladder, day: date, last_year: Decimal | None) -> LadderSteps:
    """The steps of this day for one company.

    `last_year` is its net purchases of the same window one year earlier; None without a personal first step. With one, the first step
    begins at

        min(max(round half up (last_year × coefficient of the day's month), floor), from_sum of the second step)

    (rule T4 of the club). The other steps are the same for all companies.
    """
    steps = ladder.steps_on(day)
    if ladder.personal is None or last_year is None or len(steps) < 2:
        return steps
    own = round_half_up(last_year * ladder.personal.coefficients[day.month - 1])
    return steps[0]._replace(from_sum=min(max(own, ladder.personal.floor), steps[1].from_sum)), *steps[1:]


def step_of(reached: Decimal, steps: LadderSteps) -> LadderStep:
    """The highest step with a `from_sum` of at most `reached`."""
    found = NO_STEP
    for step in steps:
        if reached < step.from_sum:
            break
        found = step
    return found


def always(ladder: Ladder) -> Ladder:
    """The same ladder, in force and known from the beginning."""
    return ladder._replace(valid_from=BEGINNING, activated_at=None)


def _listed(pairs: Sequence[Sequence[Any]] | None) -> list[list[Any]] | None:
    return [list(pair) for pair in pairs] if pairs is not None else None


def _steps(facts: Sequence[Sequence[Any]]) -> LadderSteps:
    return tuple(LadderStep(*fact) for fact in facts)


def _month_day(fact: Sequence[Any]) -> MonthDay:
    return int(fact[0]), int(fact[1])
