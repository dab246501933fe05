"""The tier of a company on a day, as a function of its facts, the ladders and the day. Pure: no clock, table or configuration.

    W(e)  window sum     net purchases of the window of day e, without returns later than e
    w(e)  step           the highest step of day e whose sum W(e) reaches
    T(d)  tier in force  the best of w(e) for e in [d - hold_days, d], and of the manual tiers that hold on d

Source: rules T1, T2 and T4 of the club. A tier is in force on the day that reaches it. A step that the window leaves on day D is in
force up to D + hold_days - 1. A return within `UNDONE` of its sale lowers W from the day of the sale, as a correction does; a later return
from its own day. The best step is the one with the highest discount, of equals the latest. Ladders differ by day: window and
steps of day e come from the ladder in force on e, the hold from the ladder in force on d.

There is no other state, and the order in which facts became known does not matter.

A tier can change only on days on which purchases enter or leave the window, or a ladder, a season or a manual tier begins or ends. The
functions here compute those days only.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from chalicelib.sales import DayTotals
from chalicelib.tiers.ladders.rules import (
    NO_STEP,
    Ladder,
    LadderStep,
    LadderSteps,
    MonthDay,
    ladder_on,
    step_of,
    steps_for,
)

ZERO = Decimal(0)
DAY = timedelta(days=1)
UNDONE = timedelta(days=14)  # a return until then is a purchase undone: goods that go straight back hold no tier


class ManualTier(NamedTuple):
    """A tier granted by a manager from `first` to `last`, both included. It never lowers the tier that purchases give.

    After a withdrawal it ends on the eve of `withdrawn_on`.
    """

    grant_id: str
    tier: str
    first: date
    last: date
    reason: str
    author: str
    recorded_at: str
    withdrawn_on: date | None = None
    withdrawn_at: str | None = None
    withdrawn_by: str | None = None
    withdrawn_because: str | None = None
    approved_by: str | None = None

    @property
    def ends_on(self) -> date:
        """The last day in force; before `first` if it was withdrawn before it began."""
        return self.last if self.withdrawn_on is None else min(self.last, self.withdrawn_on - DAY)

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.ends_on


class WindowResult(NamedTuple):
    """The window sum of a day and its step. `last_year` is the sum behind a personal first step; None without one."""

    ladder: Ladder
    steps: LadderSteps
    last_year: Decimal | None
    window_sum: Decimal
    step: LadderStep


class Decision(NamedTuple):
    """The tier of a day and its reasons.

    `step` is the step of the day's own window, `tier` the tier in force. A tier by purchases was last reached on `reached_on` and is held
    up to `held_until`; a tier by a manual tier has its `grant` instead. `last_year`: see `WindowResult`.
    """

    day: date
    ladder: Ladder
    steps: LadderSteps
    last_year: Decimal | None
    window_sum: Decimal
    step: LadderStep
    tier: LadderStep
    reached_on: date | None
    held_until: date | None
    grant: ManualTier | None


class Spell(NamedTuple):
    """A tier in force without a break from this day on, until the next spell."""

    first: date
    step: LadderStep


def path(
    totals: DayTotals,
    ladders: Sequence[Ladder],
    grants: Sequence[ManualTier],
    first_purchase: date | None,
    first: date,
    last: date,
) -> Iterator[Decision]:
    """The decision of every day from `first` to `last`.

    The totals must reach back to `first_relevant_day(ladders, first)`; `first_purchase` is asked for by a personal first step only.
    """
    return Facts(totals, ladders, grants, first_purchase).path(first, last)


def first_relevant_day(ladders: Sequence[Ladder], day: date) -> date:
    """The first day whose purchases can matter for the tier of this day."""
    held = day - max(ladder.hold_days for ladder in ladders) * DAY
    begin = year_before(held) if any(ladder.personal for ladder in ladders) else held
    return begin - (max(ladder.window_days for ladder in ladders) - 1) * DAY


def known_on(totals: DayTotals, day: date) -> DayTotals:
    """The totals as of this day, without later purchases and returns."""
    net = {each: amount for each, amount in totals.net.items() if each <= day}
    returned = {}
    for (counted, effect), amount in totals.returned.items():
        if effect_of(counted, effect) <= day:
            returned[counted, effect] = amount
        elif counted in net:
            net[counted] -= amount
    return DayTotals(net, returned, totals.currency)


def effect_of(counts_on: date, business_date: date) -> date:
    """The day from which a document lowers or lifts the window: see the module."""
    return counts_on if business_date - counts_on <= UNDONE else business_date


def rank(step: LadderStep) -> tuple[Decimal, bool]:
    """The rank of a step: a higher discount ranks higher, and any tier ranks above none."""
    return step.discount_percent, bool(step.tier)


class _Run(NamedTuple):
    """Consecutive days with the same window result, both ends included."""

    first: date
    last: date
    window_result: WindowResult


class _Held(NamedTuple):
    """Consecutive days whose windows give this step."""

    first: date
    last: date
    step: LadderStep


class _Span(NamedTuple):
    """Days for which one decision holds."""

    first: date
    last: date
    window_result: WindowResult
    tier: LadderStep
    by: _Held | None
    grant: ManualTier | None


class Facts:
    """The facts behind the tiers of one company, indexed for queries by day.

    `ladders` are those of its currency by `valid_from`, at least one.
    """

    def __init__(
        self, totals: DayTotals, ladders: Sequence[Ladder], grants: Sequence[ManualTier], first_purchase: date | None
    ) -> None:
        for ladder in ladders:
            totals.within(ladder.currency)
        self.totals = totals
        self.ladders = ladders
        self.grants = grants
        self.first_purchase = first_purchase
        self._days = sorted(totals.net)
        self._sums = [ZERO, *accumulate(totals.net[day] for day in self._days)]
        later = ((effect, day, amount) for (day, effect), amount in totals.returned.items() if effect - day > UNDONE)
        self._returns = sorted(later)
        self._effects = [effect for effect, _, _ in self._returns]
        self._windows = {ladder.window_days for ladder in ladders}
        self._lengths = {length: (length - 1) * DAY for length in self._windows}
        self._window_results: dict[date, WindowResult] = {}
        self._holds = {ladder.hold_days for ladder in ladders}

    # --- one day ---

    def net(self, first: date, last: date, as_of: date) -> Decimal:
        """Net purchases that count on these days, with the returns made by the end of `as_of`."""
        if first > last:
            return ZERO
        days = self._days
        found = self._sums[bisect_right(days, last)] - self._sums[bisect_left(days, first)]
        if self._returns:
            for _, day, amount in self._returns[bisect_right(self._effects, as_of) :]:
                if first <= day <= last:
                    found -= amount
        return found

    def window_result(self, day: date) -> WindowResult:
        found = self._window_results.get(day)
        if found is None:
            ladder = self.ladders[0] if len(self.ladders) == 1 else ladder_on(self.ladders, day)
            last_year = self._last_year(ladder, day)
            steps = steps_for(ladder, day, last_year)
            reached = self.net(self.first_of_window(ladder, day), day, day)
            found = self._window_results[day] = WindowResult(ladder, steps, last_year, reached, step_of(reached, steps))
        return found

    def first_of_window(self, ladder: Ladder, day: date) -> date:
        return day - self._lengths[ladder.window_days]

    def decision(self, day: date) -> Decision:
        return next(self.path(day, day))

    def _last_year(self, ladder: Ladder, day: date) -> Decimal | None:
        """The sum behind a personal first step; None if the company has none on this day."""
        if ladder.personal is None or self.first_purchase is None:
            return None
        if day < months_after(self.first_purchase, ladder.personal.months):
            return None
        end = year_before(day)
        return self.net(self.first_of_window(ladder, end), end, day)

    # --- many days ---

    def path(self, first: date, last: date) -> Iterator[Decision]:
        """The decision of each day, both ends included."""
        for span in self._spans(first, last):
            ladder, steps, last_year, reached, step = span.window_result
            day, by = span.first, span.by
            while day <= span.last:
                reached_on = min(day, by.last) if by else None
                held_until = reached_on + ladder.hold_days * DAY if reached_on else None
                yield Decision(
                    day, ladder, steps, last_year, reached, step, span.tier, reached_on, held_until, span.grant
                )
                day += DAY

    def timeline(self, first: date, last: date) -> list[Spell]:
        """The tiers in force from `first` to `last`: one spell for each tier and discount."""
        spells: list[Spell] = []
        for span in self._spans(first, last):
            if not spells or (spells[-1].step.tier, rank(spells[-1].step)) != (span.tier.tier, rank(span.tier)):
                spells.append(Spell(span.first, span.tier))
        return spells

    def _spans(self, first: date, last: date) -> Iterator[_Span]:
        runs = list(self._runs(first - max(self._holds) * DAY, last))
        held = _held(runs)
        turns = {first, *(run.first for run in runs), *(grant.first for grant in self.grants)}
        turns |= {each.last + (hold + 1) * DAY for each in held for hold in self._holds}
        turns |= {grant.ends_on + DAY for grant in self.grants if grant.ends_on < last}
        days = sorted(day for day in turns if first <= day <= last)
        position = 0
        for day, following in zip(days, [*days[1:], last + DAY], strict=True):
            while runs[position].last < day:
                position += 1
            reached = runs[position].window_result
            by = _best(held, day, reached.ladder.hold_days)
            grant, granted = self._granted(reached.ladder, day)
            if rank(granted) > rank(by.step):
                yield _Span(day, following - DAY, reached, granted, None, grant)
            else:
                yield _Span(day, following - DAY, reached, by.step, by if by.step.tier else None, None)

    def _granted(self, ladder: Ladder, day: date) -> tuple[ManualTier | None, LadderStep]:
        """The best manual tier of this day with its step on the ladder; none for a tier that the ladder does not have."""
        best: tuple[ManualTier | None, LadderStep] = (None, NO_STEP)
        for grant in self.grants:
            step = ladder.step(grant.tier, day) if grant.holds_on(day) else None
            if step and rank(step) > rank(best[1]):
                best = grant, step
        return best

    def _runs(self, first: date, last: date) -> Iterator[_Run]:
        days = sorted({first, *(day for day in self._turns(first, last) if first <= day <= last)})
        for day, following in zip(days, [*days[1:], last + DAY], strict=True):
            yield _Run(day, following - DAY, self.window_result(day))

    def _turns(self, first: date, last: date) -> Iterator[date]:
        """All days from `first` to `last` on which the window result may change, and possibly others."""
        moving = {*self._days, *(day for _, day, _ in self._returns)}
        yield from moving
        yield from self._effects
        for length in self._windows:
            yield from (day + length * DAY for day in moving if day <= last - length * DAY)
        years = range(first.year, last.year + 1)
        for ladder in self.ladders:
            yield ladder.valid_from
            if ladder.season:
                begin, end = ladder.season
                yield from (_on(year, begin) for year in years)
                yield from (_after(year, end) for year in years)
        if self.first_purchase is not None:
            seniorities = {ladder.personal.months for ladder in self.ladders if ladder.personal}
            yield from (months_after(self.first_purchase, months) for months in seniorities)
            if seniorities:
                yield from self._personal_turns(years, moving, last)

    def _personal_turns(self, years: range, moving: set[date], last: date) -> Iterator[date]:
        """The days on which last year's sum or its coefficient changes."""
        yield from (date(year, month, 1) for year in years for month in range(1, 13))
        for day in moving:
            if day < last:
                yield year_after(day)
                yield from (year_after(day + length * DAY) for length in self._windows if day < last - length * DAY)


def _held(runs: Sequence[_Run]) -> list[_Held]:
    """The runs merged by their step."""
    held: list[_Held] = []
    for run in runs:
        if held and held[-1].step == run.window_result.step:
            held[-1] = held[-1]._replace(last=run.last)
        else:
            held.append(_Held(run.first, run.last, run.window_result.step))
    return held


def _best(held: Sequence[_Held], day: date, hold_days: int) -> _Held:
    """The best step of the day and of the earlier days within the hold; of equals the latest."""
    here = bisect_right(held, day, key=lambda each: each.first) - 1
    best = held[here]
    since = day - hold_days * DAY
    for each in reversed(held[:here]):
        if each.last < since:
            break
        if rank(each.step) > rank(best.step):
            best = each
    return best


# --- dates ------------------------------------------------------------------------------------------------------------


def year_before(day: date) -> date:
    """The same date one year earlier; the 28th for a 29th of February."""
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def year_after(day: date) -> date:
    """The first day whose `year_before` is this day or later."""
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    following = date(day.year + (day.month + months) // 12, (day.month + months) % 12 + 1, 1)
    last = following - DAY
    return last.replace(day=min(day.day, last.day))


def _on(year: int, month_day: MonthDay) -> date:
    """This date of the year; the first of March for a missing 29th of February."""
    return _after(year, month_day) if month_day == (2, 29) and not _leap(year) else date(year, *month_day)


def _after(year: int, month_day: MonthDay) -> date:
    """The day after this date of the year."""
    return date(year, 3, 1) if month_day == (2, 29) else date(year, *month_day) + DAY


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
