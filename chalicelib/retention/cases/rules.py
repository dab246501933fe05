"""The days of a case, its kind and its rank. Pure.

After a call that reached nobody: another hour of the same day, the next working day, three working days later, and then a letter and a
month's rest. After one that reached somebody: the agreed day, or a month after it where there was something to do, else three months.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple
from zlib import crc32

from chalicelib.platform.money import CENT
from chalicelib.retention.cases.model import CallAnswer, CallKind, Case, CaseCause, CaseState, Entry, SilenceReason
from chalicelib.retention.states.rules import RhythmState

MONTH = timedelta(days=30)
CHECK_IN = timedelta(days=91)
YEAR = timedelta(days=365)
FARTHEST = timedelta(days=366)  # of an agreed day: nobody waits two years
SELL_THROUGH = 14, 60  # days after an order within which the club asks how the goods sell
RETRIES = {2: 1, 3: 3}  # working days after so many tries
LAST_TRY = 4  # is followed by a letter

WorkingDayAfter = Callable[[date, int], date]


class Estimates(NamedTuple):
    """Of a company's rhythm, what ranks its call. `usual_sum`: turnover within the horizon at its usual pace."""

    early_warning: Decimal = Decimal(0)
    expected_sum: Decimal = Decimal(0)
    usual_sum: Decimal = Decimal(0)
    last_order: date | None = None
    window_from: date | None = None
    window_to: date | None = None


class Season(NamedTuple):
    """The days of greetings for the new year, as MM-DD; the season goes over the turn of the year."""

    first: str
    last: str

    def holds(self, day: date) -> bool:
        return f"{day:%m-%d}" >= self.first or f"{day:%m-%d}" <= self.last


def opened(case_id: str, company_id: str, state: RhythmState, manager_id: str | None, today: date) -> Case:
    """A new case. Quiet companies are due today, the others on a day of the coming three months that follows from the id."""
    case = Case(
        case_id=case_id, company_id=company_id, company_state=state, manager_id=manager_id, due=today, opened_on=today
    )
    if case.is_quiet:
        return case
    return replace(case, due=_check_in(case, today))


def _check_in(case: Case, today: date) -> date:
    """A quarter from now; within the quarter where nobody has talked to the company yet, so that those of one sales file are spread over its days."""
    return today + (
        CHECK_IN if case.last_contact else timedelta(days=1 + crc32(case.company_id.encode()) % CHECK_IN.days)
    )


def follow(case: Case, state: RhythmState, today: date) -> Case:
    """The case after a change of the company's state. An agreed day stays; who was called within a month is not called sooner."""
    now_quiet = state in (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST)
    after = replace(case, company_state=state)
    if case.state is CaseState.ENDED:
        if now_quiet:
            return _planned(after, today) if case.was_joined else after
        return _planned(replace(after, reason=None), today + CHECK_IN)
    if case.because is not CaseCause.PLAN:
        return after
    if now_quiet:
        earliest = max(today, case.last_contact + MONTH if case.last_contact else today)
        return after if case.due <= earliest else _planned(after, earliest)
    if case.is_quiet:
        return _planned(after, _check_in(case, today))
    return after


def _planned(case: Case, due: date) -> Case:
    return replace(case, state=CaseState.WAITING, because=CaseCause.PLAN, due=due, tries=0, left_out_until=None)


def joined(case: Case, today: date) -> Case:
    """The case of a company that was joined into another one: nobody calls it."""
    return case if case.state is CaseState.ENDED else replace(_planned(case, today), state=CaseState.ENDED)


def left_out(case: Case, today: date, until: date, another: date) -> Case:
    """The case of a company that is held out, until this day: ready on its day as any other, but on no list.

    After a month it gets `another` day within the next one, as after a call: else it would stand among those that a manager leaves waiting.
    """
    if case.state is not CaseState.READY:
        return case
    again = case.due + MONTH
    return _planned(case, another) if again <= today else replace(case, left_out_until=min(until, again))


def prepared(
    case: Case,
    known: Estimates,
    today: date,
    season: Season,
    weights: Mapping[CallKind, int],
    in_club: Decimal | None = None,
) -> Case:
    """Ready on its day, with its rank of today. `in_club`: by `weight_in_club`, for a company in another currency than the club's."""
    if case.state is CaseState.ENDED or case.due > today:
        return case
    rank = rank_of(kind_of(case, known, today, season), known, weights)
    rank_in_club = None if in_club is None else (rank * in_club).quantize(CENT)
    return replace(case, state=CaseState.READY, rank=rank, rank_in_club=rank_in_club)


def weight_in_club(mean_order: Decimal, order_value: Decimal | None) -> Decimal:
    """Of one unit of another currency in ranks, without a rate: the company's own order weighs as much as the mean order of the club.

    0 before the club has learned its mean order: such a company comes after all others.
    """
    return mean_order / order_value if order_value else Decimal(0)


def not_reached(case: Case, today: date, working_day_after: WorkingDayAfter) -> Case:
    tries = case.tries + 1
    if tries == 1:
        return replace(case, tries=1)
    if tries >= LAST_TRY:
        return _planned(case, today + MONTH)
    return replace(case, state=CaseState.WAITING, due=working_day_after(today, RETRIES[tries]), tries=tries)


def reached(
    case: Case,
    today: date,
    *,
    reason: SilenceReason | None,
    answer: CallAnswer | None,
    agreed: date | None,
    meeting: bool,
    named: bool,
    working_day_after: WorkingDayAfter,
) -> Case:
    """`agreed`: the day on which the company wants to be called again, or for a `meeting`. `named`: it said now whom to call, so where the person left that one
    is called next.
    """
    case = replace(case, reason=reason, last_contact=today, tries=0, demand_id=None, answered=None)
    if reason is SilenceReason.CLOSED:
        return replace(case, state=CaseState.ENDED, because=CaseCause.PLAN, due=today)
    if answer is CallAnswer.FIND_CONTACT or (named and reason is SilenceReason.PERSON_LEFT):
        return replace(_planned(case, agreed or working_day_after(today, 1)), because=CaseCause.PERSON)
    if agreed:
        return replace(_planned(case, agreed), because=CaseCause.MEETING if meeting else CaseCause.AGREED)
    return _planned(case, today + (MONTH if case.is_quiet or answer else CHECK_IN))


def talks(entries: Iterable[Entry]) -> list[Entry]:
    """The calls of a case that reached somebody, without those that another entry corrects."""
    entries = list(entries)
    corrected = {each.corrects for each in entries}
    return [each for each in entries if each.result == "reached" and each.entry_id not in corrected]


def kind_of(case: Case, known: Estimates, today: date, season: Season) -> CallKind:
    """The subject of a call today."""
    named = {
        CaseCause.GOODS: CallKind.GOODS_ARRIVED,
        CaseCause.PERSON: CallKind.FIND_CONTACT,
        CaseCause.AGREED: CallKind.FOLLOW_UP,
        CaseCause.MEETING: CallKind.MEETING,
    }
    if case.because in named:
        return named[case.because]
    if case.is_quiet:
        return CallKind.EARLY_WARNING if case.company_state is RhythmState.AT_RISK else CallKind.WIN_BACK
    if season.holds(today):
        return CallKind.NEW_YEAR
    if known.window_from and known.window_to and known.window_from <= today <= known.window_to:
        return CallKind.REORDER
    least, most = SELL_THROUGH
    if known.last_order and least <= (today - known.last_order).days <= most:
        return CallKind.SELL_THROUGH
    if today - (case.surveyed or case.opened_on) >= YEAR:
        return CallKind.SURVEY
    return CallKind.CHECK_IN


def rank_of(kind: CallKind, known: Estimates, weights: Mapping[CallKind, int]) -> Decimal:
    """The sum by which calls are ranked: what is at stake, times the weight of the kind in percent.

    An early warning stakes the usual turnover times the probability that the silence lasts; a win-back the expected turnover, which ranks
    who returns better than any other figure; all others the usual turnover, or the expected one of a company with a single order.
    """
    if kind is CallKind.EARLY_WARNING:
        stake = known.early_warning * (known.usual_sum or known.expected_sum)
    elif kind is CallKind.WIN_BACK:
        stake = known.expected_sum
    else:
        stake = known.usual_sum or known.expected_sum
    return (stake * weights[kind] / 100).quantize(CENT)
