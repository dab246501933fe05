"""The overview for the head of sales, and the lists behind it.

    05:30 ──▶ fold      the quiet companies with their cases, read once a night
    show                the last night, with the managers' work of 30 days

Weakest point: the figures are those of the last night; the lists behind them are those of now.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import TypeVar

from chalicelib import companies, contacts, members, tiers
from chalicelib.platform import Club, Context, Money, chunks
from chalicelib.platform.access.scopes import staff_roles
from chalicelib.retention.cases import keys as cases_keys
from chalicelib.retention.cases import store as cases
from chalicelib.retention.cases.model import Case
from chalicelib.retention.learning import service as learning
from chalicelib.retention.lists import store as lists
from chalicelib.retention.overview import model, store
from chalicelib.retention.overview.model import AtRisk, OverviewDay, QuietCompany
from chalicelib.retention.overview.schemas import (
    AtRiskView,
    LateCaseView,
    ManagerOverviewView,
    MonthOverviewView,
    OverviewView,
    QuietCompanyView,
    ReasonOverviewView,
)
from chalicelib.retention.states import store as states
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.states.store import Rhythm
from chalicelib.table import from_item

Position = dict[str, str] | None
Row = TypeVar("Row")

TOGETHER = 100  # companies of one read
WORK_DAYS = 30
MOST_LATE = 100
MONTHS = 13
YEAR_AND_MORE = timedelta(days=400)


def fold(context: Context) -> OverviewDay:
    """Write the overview of today, and return it. Reads every quiet company; may be repeated."""
    found = model.fold(context.today, _quiet(context), learning.club_rhythm(context).companies)
    store.save(context, found)
    return found


def _quiet(context: Context) -> Iterator[QuietCompany]:
    currency = context.config[Club].currency
    for several in chunks(states.quiet(context, *states.QUIET), TOGETHER):
        wanted = {each.company_id: cases_keys.case(cases.case_id_of(each.company_id)) for each in several}
        stored = context.table.get_many(wanted.values())
        known = companies.read_companies(context, list(wanted))
        for each in several:
            item = stored.get(wanted[each.company_id])
            case = from_item(Case, item) if item else None
            own = known[each.company_id].currency
            yield QuietCompany(each.state, each.usual_sum or Decimal(0), case, None if own == currency else own)


def show(context: Context) -> OverviewView:
    """Four calls, and three for each manager."""
    nights = store.days(context, context.today - YEAR_AND_MORE)
    last = nights[0] if nights else _no_night(context)
    return OverviewView(
        day=last.day if nights else None,
        total=AtRiskView.of(last.total, context.config[Club].currency),
        without_next_step=last.without_next_step,
        managers=_managers(context, last, _ids(context, last)),
        reasons=_reasons(context, last),
        months=_months(context, nights),
    )


def _no_night(context: Context) -> OverviewDay:
    return OverviewDay(context.today, AtRisk(), {}, {})


def _last(context: Context) -> OverviewDay:
    nights = store.days(context, context.today - YEAR_AND_MORE, most=1)
    return nights[0] if nights else _no_night(context)


def list_reasons(context: Context, limit: int, after: Position) -> tuple[list[ReasonOverviewView], Position]:
    """One call."""
    return _cut(_reasons(context, _last(context)), limit, after)


def list_months(context: Context, limit: int, after: Position) -> tuple[list[MonthOverviewView], Position]:
    """One call."""
    return _cut(_months(context, store.days(context, context.today - YEAR_AND_MORE)), limit, after)


def _reasons(context: Context, last: OverviewDay) -> list[ReasonOverviewView]:
    return [
        ReasonOverviewView.of(sums, context.config[Club].currency, reason=None if reason == model.NONE else reason)
        for reason, sums in sorted(last.reasons.items())
    ]


def _months(context: Context, nights: list[OverviewDay]) -> list[MonthOverviewView]:
    return [
        MonthOverviewView.of(
            each.total,
            context.config[Club].currency,
            month=f"{each.day:%Y-%m}",
            dormant_percent=None if each.dormant_share is None else float(each.dormant_share),
        )
        for each in model.month_ends(nights)[:MONTHS]
    ]


def _cut(rows: list[Row], limit: int, after: Position) -> tuple[list[Row], Position]:
    """The rows of a page of a short list, and the place of the next one."""
    first = int(after["place"]) if after else 0
    rest = {"place": str(first + limit)} if len(rows) > first + limit else None
    return rows[first : first + limit], rest


def list_managers(context: Context, limit: int, after: Position) -> tuple[list[ManagerOverviewView], Position]:
    """Four calls, and three for each manager."""
    last = _last(context)
    ids = [each for each in _ids(context, last) if after is None or each > after["manager_id"]]
    rest = {"manager_id": ids[limit - 1]} if len(ids) > limit else None
    return _managers(context, last, ids[:limit]), rest


def _ids(context: Context, last: OverviewDay) -> list[str]:
    return sorted({*last.managers, *members.staff_in(context, "manager")})


def _managers(context: Context, last: OverviewDay, ids: list[str]) -> list[ManagerOverviewView]:
    acting = members.memberships(context, [each for each in ids if each != model.NONE])
    named = members.members(
        context,
        [each for each, acts in acting.items() if acts.kind == "staff" and acts.role in staff_roles("staff.calls")],
    )
    return [
        _manager(context, each, named[each].name if each in named else None, last.managers.get(each, AtRisk()))
        for each in ids
    ]


def _manager(context: Context, manager_id: str, name: str | None, sums: AtRisk) -> ManagerOverviewView:
    managed = None if manager_id == model.NONE else manager_id
    made = lists.since(context, managed, context.today - timedelta(days=WORK_DAYS)) if managed else []
    late, _ = late_cases(context, managed or "", MOST_LATE, None)
    return ManagerOverviewView.of(
        sums,
        context.config[Club].currency,
        manager_id=managed,
        manager_name=name,
        listed=sum(len(each.calls) for each in made),
        done=sum(len(each.calls) - each.unfinished for each in made),
        late=len(late),
    )


def late_cases(context: Context, manager_id: str, limit: int, after: Position) -> tuple[list[Case], Position]:
    """The manager's cases that have been ready for more than a month, the longest first, but none that nobody may call now. Two calls."""
    latest = context.today - timedelta(days=model.MONTH_LATE)
    page = cases.ready_until(context, manager_id, latest, limit, after)
    found = [from_item(Case, item) for item in page.items]
    held = contacts.held_out(context, [case.company_id for case in found])
    return [case for case in found if case.company_id not in held], page.last


def list_late(
    context: Context, manager_id: str | None, limit: int, after: Position
) -> tuple[list[LateCaseView], Position]:
    found, last = late_cases(context, manager_id or "", limit, after)
    known = companies.read_companies(context, [each.company_id for each in found])
    manager = members.member(context, manager_id) if manager_id else None
    return [
        LateCaseView.from_record(each, name=known[each.company_id].name, manager_name=manager.name if manager else None)
        for each in found
        if each.company_id in known
    ], last


def list_quiet(context: Context, state: str, limit: int, after: Position) -> tuple[list[QuietCompanyView], Position]:
    """Four calls."""
    page = states.quiet_page(context, RhythmState(state), limit, after)
    found = [from_item(Rhythm, item) for item in page.items]
    known = companies.read_companies(context, [each.company_id for each in found])
    managers = members.members(context, sorted({each.manager_id for each in known.values() if each.manager_id}))
    standings = context.table.get_many(tiers.standing_key(each.company_id) for each in found)
    return [
        QuietCompanyView.from_record(
            each,
            name=known[each.company_id].name,
            manager_id=(manager_id := known[each.company_id].manager_id),
            manager_name=managers[manager_id].name if manager_id in managers else None,
            usual_sum=Money(amount=each.usual_sum, currency=known[each.company_id].currency)
            if each.usual_sum is not None
            else None,
            below_lowest_step=tiers.is_below_lowest(standings.get(tiers.standing_key(each.company_id)), context.today),
        )
        for each in found
        if each.company_id in known
    ], page.last
