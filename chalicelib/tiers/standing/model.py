"""Where a company stands on a day, and what is ahead if nothing more is bought. Pure.

A standing is made from the facts as they are on a day (`standing_on_day`) and says what holds on that day and on every later one: its
timeline is the course of tiers to come, its totals, ladders and manual tiers are those that still bear on a later day. So it can be
kept, and read on another day (`as_of`) without asking anybody. Its calendar takes long to compute, so it is kept too.

The smallest order that keeps a tier over a day F, or lifts it, is made on the eve of F at the latest:

    from_sum of the step - window sum of the eve        (of the day F itself, where its own ladder or window asks for less)

It is also enough on any earlier day from which on it still counts on the eve; a smaller one may be enough while the window holds
more. A hundredth less on the eve is not.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cached_property
from typing import Literal, NamedTuple

from chalicelib.platform.money import CENT, money_text
from chalicelib.sales import DayTotals
from chalicelib.tiers.ladders.rules import NO_STEP, Ladder, LadderStep, LadderSteps, ladder_on
from chalicelib.tiers.standing.rules import (
    DAY,
    ZERO,
    Facts,
    ManualTier,
    Spell,
    WindowResult,
    months_after,
    rank,
    year_before,
)

SINCE_DAYS = 90  # how far back a standing knows since when its tier is in force
HORIZON_DAYS = 400  # how far ahead its timeline goes; by then a night has made it anew
CALENDAR_DAYS = 90  # how far the fall-out calendar looks ahead
KEPT_DAYS = CALENDAR_DAYS + 30  # how far ahead the rows of a standing are kept, for reads of the days to come
NO_ORDER = "-"


class Announcement(NamedTuple):
    """What the company has been told: its tier, and of which falls it was warned how many days ahead."""

    step: LadderStep = NO_STEP
    warned: Mapping[date, int] = {}


NOTHING_ANNOUNCED = Announcement()


class SmallestOrder(NamedTuple):
    """The smallest purchase that does it, and the last day to make it."""

    amount: Decimal
    by: date


class FallOut(NamedTuple):
    """A later day on which purchases leave the window: what leaves, what is left, the step that this gives, the tier in force."""

    day: date
    leaves: Decimal
    window_sum: Decimal
    step: LadderStep
    in_force: LadderStep
    to_keep: SmallestOrder | None
    to_lift: SmallestOrder | None


class FallWarning(NamedTuple):
    """A fall to be told of: the day, what follows, and the order that averts it."""

    stage: int  # the warning's distance, by the ladder
    falls_on: date
    falls_to: LadderStep
    days_left: int
    to_keep: SmallestOrder | None


class CalendarRow(NamedTuple):
    """A `FallOut` in the texts that are kept and shown. Steps by their place in `Calendar.steps`; an order that there is not is `-`."""

    day: str
    leaves: str
    window_sum: str
    step: str
    in_force: str
    to_keep: str
    to_lift: str
    order_by: str


class Calendar(NamedTuple):
    """The fall-out calendar as a standing keeps it: every row of the days after `built_on`, up to `last`.

    A row says the same on whichever earlier day it is read, as long as the tier in force is that of `built_on`.
    """

    last: date
    steps: tuple[LadderStep, ...]
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True)
class Standing:
    """Where a company stands on `as_of`: `built_on`, or any day after it."""

    company_id: str
    currency: str
    as_of: date
    built_on: date
    ladders: tuple[Ladder, ...]
    totals: DayTotals
    grants: tuple[ManualTier, ...]
    first_purchase: date | None
    timeline: tuple[Spell, ...]
    announced: Announcement = NOTHING_ANNOUNCED
    version: int = 0
    calendar: Calendar | None = None

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.totals, self.ladders, self.grants, self.first_purchase)

    @cached_property
    def window_result(self) -> WindowResult:
        """What the window of this day gives."""
        return self.facts.window_result(self.as_of)

    @property
    def ladder(self) -> Ladder:
        return self.window_result.ladder

    @property
    def window(self) -> tuple[date, date]:
        """First and last day that count."""
        return self.facts.first_of_window(self.ladder, self.as_of), self.as_of

    @cached_property
    def tier(self) -> LadderStep:
        """In force."""
        return self.tier_on(self.as_of)

    @cached_property
    def rank(self) -> tuple[Decimal, bool]:
        return rank(self.tier)

    def tier_on(self, day: date) -> LadderStep:
        """In force on a day from `built_on` on, if nothing more is bought."""
        return self.timeline[max(bisect_right(self._begins, day) - 1, 0)].step

    @cached_property
    def _begins(self) -> list[date]:
        return [spell.first for spell in self.timeline]

    @property
    def turned(self) -> bool:
        """Whether another tier has come into force since `built_on`."""
        return len(self._spells_until(self.built_on)) != len(self._spells_until(self.as_of))

    @property
    def since(self) -> date | None:
        """The day on which this tier came into force; None without a tier, and where that is more than `SINCE_DAYS` ago."""
        first: date | None = None
        for spell in reversed(self._spells_until(self.as_of)):
            if spell.step.tier != self.tier.tier:
                break
            first = spell.first
        if not self.tier.tier or first is None or first <= self.as_of - SINCE_DAYS * DAY:
            return None
        return first

    @property
    def ahead(self) -> Sequence[Spell]:
        """The spells that begin after this day."""
        return self.timeline[len(self._spells_until(self.as_of)) :]

    @property
    def fall(self) -> Spell | None:
        """The first spell ahead with a lower discount than today's."""
        return next((spell for spell in self.ahead if rank(spell.step) < rank(self.tier)), None)

    @property
    def safe_until(self) -> date | None:
        """The last day on which the tier in force stands without a further purchase; None without a tier."""
        return self.fall.first - DAY if self.fall else None

    @property
    def next_step(self) -> LadderStep | None:
        """The step above the one that the window gives; None on the last one."""
        return next((step for step in self.window_result.steps if self.window_result.window_sum < step.from_sum), None)

    def _spells_until(self, day: date) -> Sequence[Spell]:
        return self.timeline[: max(bisect_right(self._begins, day), 1)]


def in_force(timeline: Sequence[Spell], day: date) -> LadderStep:
    return (
        timeline[max(bisect_right(timeline, day, key=lambda spell: spell.first) - 1, 0)].step if timeline else NO_STEP
    )


def standing_on_day(
    company_id: str,
    currency: str,
    today: date,
    facts: Facts,
    announced: Announcement = NOTHING_ANNOUNCED,
    version: int = 0,
) -> Standing:
    """Where a company stands today, by facts that reach back to `first_relevant_day(ladders, known_since(today))`."""
    totals = facts.totals
    ladders = tuple(facts.ladders[_position(facts.ladders, today) :])
    first = _kept_from(ladders, today, facts.first_purchase)
    last = today + HORIZON_DAYS * DAY
    later = {days: amount for days, amount in totals.returned.items() if days[0] >= first and days[1] > today}
    counted = {day for day, _ in later}
    net = {day: amount for day, amount in totals.net.items() if first <= day and (amount or day in counted)}
    return Standing(
        company_id=company_id,
        currency=currency,
        as_of=today,
        built_on=today,
        ladders=ladders,
        totals=DayTotals(net, later),
        grants=tuple(_bare(grant) for grant in facts.grants if grant.ends_on >= today),
        first_purchase=facts.first_purchase,
        timeline=tuple(facts.timeline(known_since(today), last)),
        announced=announced,
        version=version,
    )


def _bare(grant: ManualTier) -> ManualTier:
    """Without words: every read would pay for them."""
    return grant._replace(reason="", author="", withdrawn_by=None, withdrawn_because=None)


def known_since(today: date) -> date:
    """The first day of a standing's timeline."""
    return today - SINCE_DAYS * DAY


def _position(ladders: Sequence[Ladder], day: date) -> int:
    return ladders.index(ladder_on(ladders, day))


def _kept_from(ladders: Sequence[Ladder], today: date, first_purchase: date | None) -> date:
    """The first day whose purchases count in a window from today on, or in one that a personal first step looks back to."""
    window = max(ladder.window_days for ladder in ladders) - 1
    horizon = today + HORIZON_DAYS * DAY
    personal = first_purchase is not None and any(
        ladder.personal and months_after(first_purchase, ladder.personal.months) <= horizon for ladder in ladders
    )
    return (year_before(today) if personal else today) - window * DAY


# --- orders that keep and lift ----------------------------------------------------------------------------------------


def order_to_keep(standing: Standing, day: date) -> SmallestOrder | None:
    """So that a later day has no lower tier than today. None where none is needed, or none helps.

    None helps where the ladder moves so that the tier itself gives less from then on, or is no more: what reaches a higher step does not
    keep the tier, it lifts it.
    """
    tier, then, eve = standing.tier, standing.tier_on(day), day - DAY
    if rank(then) >= standing.rank or then.tier == tier.tier:
        return None
    before, on = standing.facts.window_result(eve), standing.facts.window_result(day)
    # Made on the eve, it lifts the eve's sum, of which the hold makes the tier of the day, and the day's own.
    lifted = [before] * (on.ladder.hold_days > 0) + [on] * (on.ladder.window_days > 1)
    found = [(missing_sum(each.window_sum, step), step) for each in lifted if (step := _least(each.steps, tier))]
    kept = any(step.tier == tier.tier or rank(step) == rank(tier) for _, step in found)
    return SmallestOrder(min(amount for amount, _ in found), eve) if kept else None


def _least(steps: LadderSteps, tier: LadderStep) -> LadderStep | None:
    """The lowest of the steps that give as much as the tier, or more."""
    return next((step for step in steps if rank(step) >= rank(tier)), None)


def order_to_lift(standing: Standing, by: date) -> SmallestOrder | None:
    """So that this day, today or later, has a higher tier than today. None where that comes by itself, or cannot be."""
    if rank(standing.tier_on(by)) > standing.rank:
        return None
    return _lifting(standing, standing.facts.window_result(by), by)


def _lifting(standing: Standing, reached: WindowResult, by: date) -> SmallestOrder | None:
    for step in reached.steps:
        if rank(step) > standing.rank:
            return SmallestOrder(missing_sum(reached.window_sum, step), by)
    return None


def missing_sum(reached: Decimal, step: LadderStep) -> Decimal:
    """The smallest purchase that lifts the sum to the step, in whole hundredths."""
    return (step.from_sum - reached).quantize(CENT, rounding=ROUND_CEILING)


# --- the fall-out calendar --------------------------------------------------------------------------------------------


def fall_outs(standing: Standing, horizon_days: int) -> Iterator[FallOut]:
    """Every later day, up to the horizon, on which purchases leave the window."""
    facts = standing.facts
    for day in _leaving_days(standing, standing.as_of + horizon_days * DAY):
        eve = day - DAY
        on, before = facts.window_result(day), facts.window_result(eve)
        first = facts.first_of_window(on.ladder, day)
        leaves = facts.net(facts.first_of_window(before.ladder, eve), first - DAY, day)
        if leaves:
            to_lift = order_to_lift(standing, eve)
            in_force = standing.tier_on(day)
            yield FallOut(day, leaves, on.window_sum, on.step, in_force, order_to_keep(standing, day), to_lift)


def _leaving_days(standing: Standing, last: date) -> list[date]:
    """The days on which something may leave: so many days after a purchase, or when a ladder with a shorter window begins."""
    found = {ladder.valid_from for ladder in standing.ladders}
    for length in {ladder.window_days * DAY for ladder in standing.ladders}:
        latest = last - length
        found |= {day + length for day in standing.totals.net if day <= latest}
    return sorted(day for day in found if standing.as_of < day <= last)


# --- the calendar as it is kept and read ------------------------------------------------------------------------------


def calendar(standing: Standing, days: int = KEPT_DAYS) -> Calendar:
    """The calendar of this day, for so many days; up to the horizon, where no row would begin later."""
    last, horizon = standing.as_of + days * DAY, standing.as_of + HORIZON_DAYS * DAY
    if not any(day > last for day in _leaving_days(standing, horizon)):
        last = horizon
    steps: dict[tuple[str, Decimal, Decimal, str, str], int] = {}

    def place(step: LadderStep) -> str:
        shown = (step.tier, ZERO, step.discount_percent, step.name, step.name_ru)
        return str(steps.setdefault(shown, len(steps)))

    def order(found: SmallestOrder | None) -> str:
        return money_text(found.amount) if found else NO_ORDER

    rows = tuple(
        CalendarRow(
            each.day.isoformat(),
            money_text(each.leaves),
            money_text(each.window_sum),
            place(each.step),
            place(each.in_force),
            order(each.to_keep),
            order(each.to_lift),
            (each.day - DAY).isoformat(),
        )
        for each in fall_outs(standing, (last - standing.as_of).days)
    )
    return Calendar(last, tuple(LadderStep(*each) for each in steps), rows)


def calendar_today(standing: Standing) -> Calendar:
    """The rows of the next `CALENDAR_DAYS`: of the calendar that is kept where it fits this day, computed where not."""
    today, last = standing.as_of, standing.as_of + CALENDAR_DAYS * DAY
    found = standing.calendar
    if found is None or found.last < last or standing.turned:
        found = calendar(standing, CALENDAR_DAYS)
    begin = bisect_right(found.rows, today.isoformat(), key=_day_of)
    return found._replace(rows=found.rows[begin : bisect_right(found.rows, last.isoformat(), key=_day_of)])


def _day_of(row: CalendarRow) -> str:
    return row.day


# --- what is to be told, and when -------------------------------------------------------------------------------------


def warning(standing: Standing) -> FallWarning | None:
    """The warning that is due today: of the next fall, once for each distance that its ladder names.

    Where a fall was not known in time for a distance, the nearest one that is left is used at once, and only that.
    """
    fall = standing.fall
    if fall is None:
        return None
    days_left = (fall.first - standing.as_of).days
    stage = min((each for each in standing.ladder.warning_days if each >= days_left), default=None)
    if stage is None or standing.announced.warned.get(fall.first, stage + 1) <= stage:
        return None
    return FallWarning(stage, fall.first, fall.step, days_left, order_to_keep(standing, fall.first))


def next_due(standing: Standing) -> date | None:
    """The first later day on which there is something to tell, if nothing happens before; the horizon, if the course goes beyond it."""
    days = [spell.first for spell in standing.ahead[:1]]
    if standing.fall:
        days += [standing.fall.first - each * DAY for each in standing.ladder.warning_days]
    horizon = standing.built_on + HORIZON_DAYS * DAY
    longest = max(ladder.window_days + ladder.hold_days for ladder in standing.ladders) * DAY
    if standing.tier_on(horizon).tier or max(standing.totals.net, default=date.min) > horizon - longest:
        days.append(horizon)
    return min((day for day in days if day > standing.as_of), default=None)


def announcement_after(standing: Standing, warned: FallWarning | None) -> Announcement:
    """What the company has been told after today. Falls that are past are forgotten."""
    kept = {day: stage for day, stage in standing.announced.warned.items() if day > standing.as_of}
    return Announcement(standing.tier, {**kept, warned.falls_on: warned.stage} if warned else kept)


# --- why a tier changed -----------------------------------------------------------------------------------------------

ChangeReason = Literal["reached", "fell", "corrected", "manual", "ladder"]


def change_reason(before: Standing | None, after: Standing, facts: Facts) -> ChangeReason:
    """Why the tier in force is another than the company was told. `before`: the standing as it was kept; `facts`: those of now.

    reached    purchases reach a higher step            manual     a manual tier began, ended or was withdrawn
    fell       purchases left the window, and the hold  ladder     a ladder or a season began, or the personal first step moved
    corrected  what is recorded of the past changed
    """
    day = after.as_of
    up = rank(after.tier) > rank(after.announced.step)
    if after.tier.tier == after.announced.step.tier:
        return "ladder"  # the same tier gives something else
    if before is not None and is_same_tier(before.tier_on(day), after.tier):
        return _reason_of_time(after, facts, up)
    if before is None:
        return "manual" if facts.decision(day).grant else "reached"
    if [grant for grant in before.grants if grant.ends_on >= day] != list(after.grants):
        return "manual"
    if before.facts.window_result(day).steps != after.window_result.steps:
        return "ladder"
    return "reached" if up else "corrected"


def _reason_of_time(standing: Standing, facts: Facts, up: bool) -> ChangeReason:
    """Nothing became known: the day has come that the timeline told of."""
    first = standing.timeline[len(standing.timeline) - len(standing.ahead) - 1].first
    before, now = facts.decision(first - DAY), facts.decision(first)
    if before.grant or now.grant:
        return "manual"
    if up:
        return "reached" if before.steps == now.steps else "ladder"
    if before.reached_on is None:
        return "fell"
    # The day on which the window no longer gave the step. If its sum was still enough, the step has moved.
    lost = facts.window_result(before.reached_on + DAY)
    return "ladder" if lost.window_sum >= before.tier.from_sum else "fell"


def is_same_tier(one: LadderStep, other: LadderStep) -> bool:
    """Whether a company would notice the difference."""
    return (one.tier, one.discount_percent) == (other.tier, other.discount_percent)
