"""What purchases by day and a ladder say of a company's tier on a day. Pure: no clock, no table, no configuration.

A purchase counts from its own day on, for as many days as the window is long: one dated D is in the sums of D … D + window - 1, and
leaves on D + window. Returns are negative and do the same, so the sum can also rise on a day on which nothing was bought.

Between two sales the window sum moves on those days only. Everything that looks ahead (the fall-out calendar, the tier that
follows, the day on which a decision is due) walks this `course` and needs no look at the days between.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import NamedTuple

from chalicelib.platform.money import CENT

Days = Mapping[date, Decimal]  # net purchases by business date

ZERO = Decimal(0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a ladder: reached when the window sum is `from_sum` or more."""

    tier: str
    from_sum: Decimal
    discount_percent: Decimal


NO_STEP = Step("", ZERO, ZERO)


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps of one currency, lowest first; the last one is open."""

    version: str
    window_days: int
    steps: tuple[Step, ...]


class Move(NamedTuple):
    """A day on which the window sum changes by itself: what leaves, what was dated ahead and begins to count, the sum then."""

    day: date
    leaves: Decimal
    enters: Decimal
    window_sum: Decimal


class Outlook(NamedTuple):
    """A later day, if nothing more is bought: what leaves the window then, its sum, and the step that follows."""

    day: date
    leaves: Decimal
    window_sum: Decimal
    step: Step
    order_to_keep: Decimal | None


def window(as_of: date, window_days: int) -> tuple[date, date]:
    """First and last day that count on this day."""
    return as_of - (window_days - 1) * DAY, as_of


def window_sum(days: Days, as_of: date, window_days: int) -> Decimal:
    """What is dated ahead of the day does not count yet."""
    first, last = window(as_of, window_days)
    return sum((amount for day, amount in days.items() if first <= day <= last), ZERO)


def step_of(reached: Decimal, ladder: Ladder) -> Step:
    """The highest step whose sum is reached; its own sum reaches it."""
    found = NO_STEP
    for step in ladder.steps:
        if reached < step.from_sum:
            break
        found = step
    return found


def next_step(reached: Decimal, ladder: Ladder) -> Step | None:
    """The step above; None on the last one."""
    return next((step for step in ladder.steps if reached < step.from_sum), None)


def missing(reached: Decimal, step: Step) -> Decimal:
    """The smallest purchase that lifts the sum to the step, in whole hundredths."""
    return (step.from_sum - reached).quantize(CENT, rounding=ROUND_CEILING)


def course(days: Days, as_of: date, window_days: int) -> Iterator[Move]:
    """The days after this one on which purchases leave or begin to count, in order."""
    length = window_days * DAY
    first, _ = window(as_of, window_days)
    enters = {day: amount for day, amount in days.items() if day > as_of}
    leaves = {day + length: amount for day, amount in days.items() if day >= first}
    reached = window_sum(days, as_of, window_days)
    for day in sorted({*leaves, *enters}):
        left, entered = leaves.get(day, ZERO), enters.get(day, ZERO)
        reached += entered - left
        yield Move(day, left, entered, reached)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a company stands on a day: the tier in force, and the purchases that say what follows.

    `tier` is what was decided on `decided_on` under the ladder `ladder_version`; the window sum may already give another one. The
    discount is the one decided then, so a changed ladder changes nobody's price before it is decided again.
    """

    company_id: str
    currency: str
    ladder: Ladder
    as_of: date
    days: Days
    tier: str = ""
    discount_percent: Decimal = ZERO
    since: date | None = None
    decided_on: date | None = None
    ladder_version: str = ""
    version: int = 0

    @property
    def window(self) -> tuple[date, date]:
        return window(self.as_of, self.ladder.window_days)

    @property
    def window_sum(self) -> Decimal:
        return window_sum(self.days, self.as_of, self.ladder.window_days)

    @property
    def step(self) -> Step:
        """What the window of this day gives."""
        return step_of(self.window_sum, self.ladder)

    @property
    def kept(self) -> Step | None:
        """The ladder's step of the tier in force; None without a tier, or with one that the ladder has no more."""
        return next((step for step in self.ladder.steps if step.tier == self.tier), None)

    @property
    def next_step(self) -> Step | None:
        return next_step(self.window_sum, self.ladder)

    @property
    def missing(self) -> Decimal | None:
        """To the next step."""
        above = self.next_step
        return missing(self.window_sum, above) if above else None

    @property
    def course(self) -> Iterator[Move]:
        return course(self.days, self.as_of, self.ladder.window_days)


def decided(standing: Standing) -> Standing:
    """The standing with the tier that its window gives now in force."""
    step = standing.step
    return replace(
        standing,
        tier=step.tier,
        discount_percent=step.discount_percent,
        since=standing.since if standing.tier == step.tier and standing.since else standing.as_of,
        decided_on=standing.as_of,
        ladder_version=standing.ladder.version,
    )


def next_due(standing: Standing) -> date | None:
    """The first day, this one included, on which the window gives another tier than the one in force, if nothing more is bought."""
    if standing.step.tier != standing.tier:
        return standing.as_of
    return next(
        (move.day for move in standing.course if step_of(move.window_sum, standing.ladder).tier != standing.tier), None
    )


def order_to_keep(kept: Step | None, sum_then: Decimal) -> Decimal | None:
    """The smallest purchase that keeps this step on a day with this window sum; None where none is needed, or none helps.

    It must be made by the eve: tiers are decided as the day begins.
    """
    return missing(sum_then, kept) if kept and sum_then < kept.from_sum else None


def tonight(standing: Standing) -> Outlook | None:
    """What the coming night puts in force, if it is not the tier in force already."""
    tomorrow = standing.as_of + DAY
    leaves = standing.days.get(tomorrow - standing.ladder.window_days * DAY, ZERO)
    sum_then = window_sum(standing.days, tomorrow, standing.ladder.window_days)
    step = step_of(sum_then, standing.ladder)
    if step.tier == standing.tier:
        return None
    return Outlook(tomorrow, leaves, sum_then, step, order_to_keep(standing.kept, sum_then))


def fall_outs(standing: Standing, horizon_days: int) -> Iterator[Outlook]:
    """The fall-out calendar: every later day, up to the horizon, on which purchases leave the window."""
    kept, horizon = standing.kept, standing.as_of + horizon_days * DAY
    for move in standing.course:
        if move.day > horizon:
            return
        if move.leaves:
            step = step_of(move.window_sum, standing.ladder)
            yield Outlook(move.day, move.leaves, move.window_sum, step, order_to_keep(kept, move.window_sum))
