"""Volume bonuses of a month, quarter or year: the credit of a period, and its payment in goods. Pure: no clock, no table.

Periods close like books. The volume of a close is the difference of two sums (the accountant's cumulative catch-up):

    moved(n)  = purchases dated since the programme began, up to the end of n, as known at the close of n
              - the same sum as it was known at the close before
    volume(n) = max(0, moved(n) + carried(n-1));   carried(n) = min(0, moved(n) + carried(n-1))

So a late or corrected document counts in the next close whatever its date: nothing is lost and nothing counts twice, in any order of
arrival. If returns exceed purchases, the rest is carried into the next close; earlier credits stay. A period is open until it is closed,
however long ago it ended.

Brackets, by the volume of the close:
    whole    volume × percent of the highest bracket reached
    stepped  Σ over brackets of (the part of the volume inside the bracket) × its percent
Either is rounded half-up to hundredths once, at the end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Literal, NamedTuple, Self

from chalicelib.bonuses.volume import config
from chalicelib.platform.money import CENT, round_half_up

Every = Literal["month", "quarter", "year"]
Mode = Literal["whole", "stepped"]
Pays = Literal["goods_next_period", "goods_monthly_next_year", "gift"]
Kind = Literal["goods", "gift"]

MONTHS: Mapping[Every, int] = {"month": 1, "quarter": 3, "year": 12}
ZERO = Decimal(0)
HUNDRED = Decimal(100)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month, quarter or year of the calendar, by its first day."""

    first: date
    every: Every

    @classmethod
    def of(cls, every: Every, day: date) -> Self:
        """The period in which the day lies."""
        months = MONTHS[every]
        return cls(date(day.year, (day.month - 1) // months * months + 1, 1), every)

    @property
    def next(self) -> "Period":
        year, month = divmod(self.first.month - 1 + MONTHS[self.every], 12)
        return Period(date(self.first.year + year, month + 1, 1), self.every)

    @property
    def before(self) -> "Period":
        return Period.of(self.every, self.first - DAY)

    @property
    def last(self) -> date:
        return self.next.first - DAY

    def closes_on(self, grace_days: int) -> date:
        """The first day on which it can be closed. Documents recorded before this day count in the period."""
        return self.next.first + grace_days * DAY


class Bracket(NamedTuple):
    """The percent that is paid from a volume on."""

    from_sum: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Programme:
    """A volume programme as companies of one currency have it. Brackets rise, in sum and in percent."""

    code: str
    name: str
    name_ru: str
    currency: str
    every: Every
    since: date
    mode: Mode
    grace_days: int
    pays: Pays
    choose_days: int
    notice_days: int
    brackets: tuple[Bracket, ...]
    off_season: tuple[Bracket, ...]
    season_months: frozenset[int]

    def is_season(self, period: Period) -> bool:
        """Decided by the first month of the period."""
        return period.first.month in self.season_months

    def brackets_of(self, period: Period) -> tuple[Bracket, ...]:
        return self.brackets if self.is_season(period) else self.off_season

    def closes_on(self, period: Period) -> date:
        return period.closes_on(self.grace_days)


def programmes_of(figures: Sequence[config.VolumeProgramme], currency: str) -> dict[str, Programme]:
    """The club's programmes that have brackets in this currency, by code."""
    return {each.code: _programme(each, currency) for each in figures if currency in each.brackets}


def _programme(figures: config.VolumeProgramme, currency: str) -> Programme:
    def brackets(given: Mapping[str, Sequence[config.Bracket]]) -> tuple[Bracket, ...]:
        return tuple(Bracket(each.from_sum, each.percent) for each in given[currency])

    own = brackets(figures.brackets)
    return Programme(
        code=figures.code,
        name=figures.name,
        name_ru=figures.name_ru,
        currency=currency,
        every=figures.every,
        since=figures.since,
        mode=figures.mode,
        grace_days=figures.grace_days,
        pays=figures.pays,
        choose_days=figures.choose_days,
        notice_days=figures.notice_days,
        brackets=own,
        off_season=brackets(figures.off_season_brackets) if currency in figures.off_season_brackets else own,
        season_months=frozenset(figures.season_months),
    )


# --- brackets ---------------------------------------------------------------------------------------------------------


def bracket_reached(volume: Decimal, brackets: Sequence[Bracket]) -> Bracket | None:
    return next((bracket for bracket in reversed(brackets) if volume >= bracket.from_sum), None)


def next_bracket(volume: Decimal, brackets: Sequence[Bracket]) -> Bracket | None:
    return next((bracket for bracket in brackets if volume < bracket.from_sum), None)


def bonus(volume: Decimal, brackets: Sequence[Bracket], mode: Mode) -> Decimal:
    """In hundredths; nothing below the first bracket."""
    if mode == "whole":
        reached = bracket_reached(volume, brackets)
        return round_half_up(volume * reached.percent / HUNDRED) if reached else ZERO
    earned = ZERO
    for place, bracket in enumerate(brackets):
        above = brackets[place + 1].from_sum if place + 1 < len(brackets) else volume
        earned += max(ZERO, min(volume, above) - bracket.from_sum) * bracket.percent
    return round_half_up(earned / HUNDRED)


# --- closing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Course:
    """The progress of a company in a programme.

    `closed_through`: end of the last closed period; `counted`: purchases since the programme began, as known at that close; `carried`:
    returns in excess of purchases, never positive. `opened`: first day of the period that closes next, None if there is none. `bought`:
    documents may have come since that period was opened.
    """

    closed_through: date | None = None
    counted: Decimal = ZERO
    carried: Decimal = ZERO
    opened: date | None = None
    bought: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """The result of a close. `purchases`: of the period itself; `adjustments`: later changes of earlier periods."""

    period: Period
    purchases: Decimal
    adjustments: Decimal
    carried: Decimal
    volume: Decimal
    bracket: Bracket | None
    credit: Decimal
    course: Course


def note(programme: Programme, course: Course, days: Iterable[date]) -> Course:
    """Opens the period in which the earliest document of these days counts: its own, or else the first that is not closed."""
    counted = [day for day in days if day >= programme.since]
    if not counted:
        return course
    first = Period.of(programme.every, min(counted)).first
    if course.closed_through and first <= course.closed_through:
        first = course.closed_through + DAY
    return replace(course, opened=min(first, course.opened or first), bought=True)


def close(programme: Programme, course: Course, period: Period, net: Mapping[date, Decimal]) -> Close:
    """Closes a period on the purchases by day as now known. Raises ValueError for a closed period."""
    if course.closed_through and period.first <= course.closed_through:
        raise ValueError(f"{programme.code} is closed through {course.closed_through}")
    known = {day: amount for day, amount in net.items() if amount and day >= programme.since}
    cumulative = sum((amount for day, amount in known.items() if day <= period.last), ZERO)
    purchases = sum((amount for day, amount in known.items() if period.first <= day <= period.last), ZERO)
    moved = cumulative - course.counted
    base = moved + course.carried
    volume = max(ZERO, base)
    brackets = programme.brackets_of(period)
    if course.bought or moved:
        # A document may have come during this close: the next period opens for it.
        opened: date | None = period.next.first
    else:
        opened = min((Period.of(programme.every, day).first for day in known if day > period.last), default=None)
    return Close(
        period=period,
        purchases=purchases,
        adjustments=moved - purchases,
        carried=course.carried,
        volume=volume,
        bracket=bracket_reached(volume, brackets),
        credit=bonus(volume, brackets, programme.mode),
        course=Course(closed_through=period.last, counted=cumulative, carried=min(ZERO, base), opened=opened),
    )


def due(programme: Programme, course: Course) -> date | None:
    """The first day on which the next close can be made."""
    return programme.closes_on(Period(course.opened, programme.every)) if course.opened else None


def upcoming(programme: Programme, course: Course, until: date, net: Mapping[date, Decimal]) -> Iterator[Close]:
    """The closes to come, up to that of the period of `until`, each on the purchases as now known."""
    current = Period.of(programme.every, until)
    period = min(Period(course.opened, programme.every), current) if course.opened else current
    if course.closed_through:
        period = max(period, Period.of(programme.every, course.closed_through + DAY))
    while period <= current:
        coming = close(programme, course, period, net)
        yield coming
        course, period = coming.course, period.next


# --- paying -----------------------------------------------------------------------------------------------------------


class Payout(NamedTuple):
    """One entitlement of a credit. A gift does not expire."""

    number: int
    kind: Kind
    amount: Decimal
    available_from: date
    expires_on: date | None


PARTS_OF_A_YEAR = 12


def monthly_parts(credit: Decimal) -> list[Decimal]:
    """Twelve equal parts in hundredths, rounded down; the last one includes the remainder."""
    part = (credit / PARTS_OF_A_YEAR).quantize(CENT, rounding=ROUND_DOWN)
    return [*[part] * (PARTS_OF_A_YEAR - 1), credit - part * (PARTS_OF_A_YEAR - 1)]


def payouts(programme: Programme, period: Period, credit: Decimal, closed_on: date) -> list[Payout]:
    """The entitlements of a credit.

    Goods are available from the next period on (monthly parts from their month of the next year on), never before the close, and can be
    chosen for `choose_days`.
    """
    if not credit:
        return []
    if programme.pays == "gift":
        return [Payout(1, "gift", credit, max(period.next.first, closed_on), None)]
    if programme.pays == "goods_next_period":
        due = [(credit, period.next.first)]
    else:
        year = period.last.year + 1
        due = [(amount, date(year, month, 1)) for month, amount in enumerate(monthly_parts(credit), start=1)]
    found = []
    for number, (amount, planned) in enumerate(due, start=1):
        available = max(planned, closed_on)
        if amount:
            last = available + (programme.choose_days - 1) * DAY
            found.append(Payout(number, "goods", amount, available, last))
    return found
