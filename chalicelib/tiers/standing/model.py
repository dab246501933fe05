"""The standing of a company on a day, and its future if the company buys nothing more. Pure.

`standing_on_day` makes a standing from the facts known on a day. It holds on that day and on every later one: the timeline has the
coming tiers; the totals, ladders and manual tiers are those that matter on a later day. So a stored standing can be read on a later day
(`as_of`) without other reads. The calendar takes long to compute, so it is stored too.

The smallest order that keeps or lifts a tier on a day F, made on the eve of F at the latest:

    from_sum of the step - window sum of the eve        (of the day F itself, where its own ladder or window asks for less)

The same order is enough on any earlier day if it still counts on the eve. A smaller one may be enough while the window holds more; on
the eve, a hundredth less is not enough.
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

SINCE_DAYS = 90  # the timeline's days before `built_on`
HORIZON_DAYS = 400  # the timeline's days after `built_on`; a nightly run recalculates it by then
CALENDAR_DAYS = 90  # the days of the calendar that is shown
KEPT_DAYS = CALENDAR_DAYS + 30  # the days of the calendar that is stored, for reads on later days
NO_ORDER = "-"


class Announcement(NamedTuple):
    """The last announced tier, and by the day of each announced fall the stage of its last warning in days."""

    step: LadderStep = NO_STEP
    warned: Mapping[date, int] = {}


NOTHING_ANNOUNCED = Announcement()


class SmallestOrder(NamedTuple):
    """The smallest purchase that is enough, and the last day for it."""

    amount: Decimal
    by: date


class FallOut(NamedTuple):
    """A later day on which purchases leave the window.

    `leaves` is the leaving sum, `window_sum` the remaining one, `step` the step that it gives, `in_force` the tier of the day.
    """

    day: date
    leaves: Decimal
    window_sum: Decimal
    step: LadderStep
    in_force: LadderStep
    to_keep: SmallestOrder | None
    to_lift: SmallestOrder | None


class FallWarning(NamedTuple):
    """A fall to announce: its day, the next tier, and the order that averts it."""

    stage: int  # the warning's distance, by the ladder
    falls_on: date
    falls_to: LadderStep
    days_left: int
    to_keep: SmallestOrder | None


class CalendarRow(NamedTuple):
    """A `FallOut` as stored texts. A step is its index in `Calendar.steps`; no order is `-`."""

    day: str
    leaves: str
    window_sum: str
    step: str
    in_force: str
    to_keep: str
    to_lift: str
    order_by: str


class Calendar(NamedTuple):
    """The stored fall-out calendar: the rows of all days after `built_on`, up to `last`.

    A row is valid on every earlier day on which the tier in force is that of `built_on`.
    """

    last: date
    steps: tuple[LadderStep, ...]
    rows: tuple[CalendarRow, ...]


@dataclass(frozen=True)
class Standing:
    """The standing of a company on `as_of`, which is `built_on` or a later day."""

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
        return self.facts.window_result(self.as_of)

    @property
    def ladder(self) -> Ladder:
        return self.window_result.ladder

    @property
    def window(self) -> tuple[date, date]:
        """First and last day of the window."""
        return self.facts.first_of_window(self.ladder, self.as_of), self.as_of

    @cached_property
    def tier(self) -> LadderStep:
        """The tier in force."""
        return self.tier_on(self.as_of)

    @cached_property
    def rank(self) -> tuple[Decimal, bool]:
        return rank(self.tier)

    def tier_on(self, day: date) -> LadderStep:
        """The tier in force on a day from `built_on` on, without further purchases."""
        return self.timeline[max(bisect_right(self._begins, day) - 1, 0)].step

    @cached_property
    def _begins(self) -> list[date]:
        return [spell.first for spell in self.timeline]

    @property
    def turned(self) -> bool:
        """Whether the tier has changed since `built_on`."""
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
        """The first later spell with a lower discount than today's."""
        return next((spell for spell in self.ahead if rank(spell.step) < rank(self.tier)), None)

    @property
    def safe_until(self) -> date | None:
        """The last day of the tier in force without further purchases; None without a tier."""
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
    """The standing of today, from facts that reach back to `first_relevant_day(ladders, known_since(today))`."""
    totals = facts.totals
    ladders = tuple(facts.ladders[facts.ladders.index(ladder_on(facts.ladders, today)) :])
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
        totals=DayTotals(net, later, totals.currency),
        grants=tuple(_bare(grant) for grant in facts.grants if grant.ends_on >= today),
        first_purchase=facts.first_purchase,
        timeline=tuple(facts.timeline(known_since(today), last)),
        announced=announced,
        version=version,
    )


def _bare(grant: ManualTier) -> ManualTier:
    """The manual tier without its texts, which would make every read more expensive."""
    return grant._replace(reason="", author="", withdrawn_by=None, withdrawn_because=None)


def known_since(today: date) -> date:
    """The first day of a standing's timeline."""
    return today - SINCE_DAYS * DAY


def _kept_from(ladders: Sequence[Ladder], today: date, first_purchase: date | None) -> date:
    """The first day whose purchases count in a window from today on, or in last year's window of a personal first step."""
    window = max(ladder.window_days for ladder in ladders) - 1
    horizon = today + HORIZON_DAYS * DAY
    personal = first_purchase is not None and any(
        ladder.personal and months_after(first_purchase, ladder.personal.months) <= horizon for ladder in ladders
    )
    return (year_before(today) if personal else today) - window * DAY


# --- orders that keep and lift ----------------------------------------------------------------------------------------


def order_to_keep(standing: Standing, day: date) -> SmallestOrder | None:
    """The smallest order after which a later day has no lower tier than today; None where none is needed or none helps.

    No order helps where the ladder changes so that the tier itself gives less or no longer exists: an order that reaches a higher step
    lifts the tier, it does not keep it.
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
    """The smallest order after which the day `by` has a higher tier than today; None where it rises anyway or cannot rise."""
    if rank(standing.tier_on(by)) > standing.rank:
        return None
    return _lifting(standing, standing.facts.window_result(by), by)


def _lifting(standing: Standing, reached: WindowResult, by: date) -> SmallestOrder | None:
    for step in reached.steps:
        if rank(step) > standing.rank:
            return SmallestOrder(missing_sum(reached.window_sum, step), by)
    return None


def missing_sum(reached: Decimal, step: LadderStep) -> Decimal:
    """The smallest purchase that lifts the sum to the step, rounded up to hundredths."""
    return (step.from_sum - reached).quantize(CENT, rounding=ROUND_CEILING)


# --- the fall-out calendar --------------------------------------------------------------------------------------------


def fall_outs(standing: Standing, horizon_days: int) -> Iterator[FallOut]:
    """The later days, up to the horizon, on which purchases leave the window."""
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
    """The days on which purchases may leave: a window's length after a purchase, or the first day of a ladder."""
    found = {ladder.valid_from for ladder in standing.ladders}
    for length in {ladder.window_days * DAY for ladder in standing.ladders}:
        latest = last - length
        found |= {day + length for day in standing.totals.net if day <= latest}
    return sorted(day for day in found if standing.as_of < day <= last)


# --- the stored calendar ----------------------------------------------------------------------------------------------


def calendar(standing: Standing, days: int = KEPT_DAYS) -> Calendar:
    """The calendar of the next `days`; up to the horizon if there are no later rows."""
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
    """The rows of the next `CALENDAR_DAYS`, from the stored calendar if it is valid today, otherwise computed."""
    today, last = standing.as_of, standing.as_of + CALENDAR_DAYS * DAY
    found = standing.calendar
    if found is None or found.last < last or standing.turned:
        found = calendar(standing, CALENDAR_DAYS)
    begin = bisect_right(found.rows, today.isoformat(), key=_day_of)
    return found._replace(rows=found.rows[begin : bisect_right(found.rows, last.isoformat(), key=_day_of)])


def _day_of(row: CalendarRow) -> str:
    return row.day


# --- announcements ----------------------------------------------------------------------------------------------------


def warning(standing: Standing) -> FallWarning | None:
    """The warning of the next fall that is due today, once for each of the ladder's `warning_days`.

    A fall that became known too late for a stage gets the nearest remaining stage at once, and only that.
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
    """The first later day with an announcement if no facts change; the horizon if the timeline goes beyond it."""
    days = [spell.first for spell in standing.ahead[:1]]
    if standing.fall:
        days += [standing.fall.first - each * DAY for each in standing.ladder.warning_days]
    horizon = standing.built_on + HORIZON_DAYS * DAY
    longest = max(ladder.window_days + ladder.hold_days for ladder in standing.ladders) * DAY
    if standing.tier_on(horizon).tier or max(standing.totals.net, default=date.min) > horizon - longest:
        days.append(horizon)
    return min((day for day in days if day > standing.as_of), default=None)


def announcement_after(standing: Standing, warned: FallWarning | None) -> Announcement:
    """The announcement after today, without past falls."""
    kept = {day: stage for day, stage in standing.announced.warned.items() if day > standing.as_of}
    return Announcement(standing.tier, {**kept, warned.falls_on: warned.stage} if warned else kept)


# --- the reason of a change -------------------------------------------------------------------------------------------

ChangeReason = Literal["reached", "fell", "corrected", "manual", "ladder"]


def change_reason(before: Standing | None, after: Standing, facts: Facts) -> ChangeReason:
    """The reason why the tier in force differs from the announced one. `before` is the stored standing, `facts` are those of now.

    reached    purchases reach a higher step            manual     a manual tier began, ended or was withdrawn
    fell       purchases left the window, and the hold  ladder     a ladder or a season began, or the personal first step moved
    corrected  records of the past changed
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
    """The reason of a change that the timeline had foreseen."""
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
    """Whether code and discount are equal, which is all that a company notices."""
    return (one.tier, one.discount_percent) == (other.tier, other.discount_percent)
