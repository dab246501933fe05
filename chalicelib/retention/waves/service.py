"""Waves: planned by a head of sales, and filled by the states of companies.

    plan ──▶ planned ──first day──▶ running ──last look──▶ closed
               ├──pool───▶ planned, with twice the intake
               └──cancel─▶ cancelled

A company enters a wave on the first day of its intake on which it is dormant or lost. Its arm is stored at that moment, before anybody
ranks or calls it, and never changes: another manager, an INN that is learned later or another wave leave it as it is. Companies of one INN
share an arm, since the INN is what is drawn; where one was drawn before its INN was known, the others take its arm. A company that an earlier
wave still holds out enters no other one. A branch that turns dormant while a wave holds its INN out, after the intake too, is held out with
it; it is not compared.

A company that is joined into another gives it its arm, where that one has none in the wave.

Weakest point: companies that learn of their common INN after all of them were assigned may be in different arms.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean

from chalicelib import companies, contacts
from chalicelib.contacts import HoldOut
from chalicelib.platform import Context, EventType, Language, Problem, record_event
from chalicelib.retention.config import Retention
from chalicelib.retention.states import store as states
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.waves import keys, store
from chalicelib.retention.waves.events import CANCELLED, PLANNED, POOLED
from chalicelib.retention.waves.model import Assignment, Forecast, Wave, WaveState, assignment, forecast, look_days
from chalicelib.retention.waves.schemas import WaveForm, WaveView
from chalicelib.table import Refused, Transaction, retry

TO_WIN_BACK = (RhythmState.DORMANT, RhythmState.LOST)
MOST_AHEAD = 366  # days
MOST_INTAKE = 366  # days of a pooled wave
MOST_CHANCE = 0.99  # of a return: nobody is sure to come back


def plan(context: Context, form: WaveForm, language: Language, *, by: str) -> WaveView:
    """Raises 422 for a first day out of bounds, 409 where it lies within the intake of the wave before."""
    first, latest = form.first, context.today + timedelta(days=MOST_AHEAD)
    if not context.today < first <= latest:
        raise Problem.invalid("out_of_range", "/first", f"A wave begins tomorrow at the earliest, and by {latest}.")
    percent = form.held_out_percent or context.config[Retention].hold_out_percent
    last = first + timedelta(days=form.intake_days - 1)
    wave = Wave(
        wave_id=context.new_id("wav"),
        name=form.name,
        first=first,
        last=last,
        held_out_percent=percent,
        looks=look_days(first, last, form.looks),
        forecast=_forecast(context, form.intake_days, percent),
        planned_at=context.at,
        planned_by=by,
    )
    view = WaveView.of(wave, context.today, language)
    tx = Transaction()
    store.create(tx, wave)
    _record(tx, context, PLANNED, wave, by)
    context.reply(tx, view)
    try:
        context.table.commit(tx)
    except Refused as refused:
        if "intake" not in refused:
            raise
        raise Problem("conflict", "A wave begins after the intake of the wave before it.") from None
    return view


def pool(context: Context, wave_id: str, language: Language, *, by: str) -> WaveView:
    """Raises 409 for a wave that has begun, is cancelled, or already takes companies in for a year."""

    def decide(wave: Wave) -> Wave:
        days = 2 * wave.intake_days
        if days > MOST_INTAKE:
            raise Problem("wrong_state", f"The intake of a wave takes at most {MOST_INTAKE} days.")
        last = wave.first + timedelta(days=days - 1)
        return replace(
            wave,
            last=last,
            looks=look_days(wave.first, last, len(wave.looks)),
            forecast=_forecast(context, days, wave.held_out_percent),
        )

    return _change(context, wave_id, decide, POOLED, language, by)


def cancel(context: Context, wave_id: str, language: Language, *, by: str) -> WaveView:
    """Raises 409 for a wave that has begun. Safe to repeat."""
    return _change(context, wave_id, lambda wave: replace(wave, cancelled_at=context.at), CANCELLED, language, by)


@retry("wave")
def _change(
    context: Context, wave_id: str, decide: Callable[[Wave], Wave], event: EventType, language: Language, by: str
) -> WaveView:
    before = read(context, wave_id)
    state = before.state(context.today)
    if state is WaveState.CANCELLED and event == CANCELLED:
        return WaveView.of(before, context.today, language)
    if state is not WaveState.PLANNED:
        raise Problem("wrong_state", f"The wave is {state}.", extra={"state": state})
    after = replace(decide(before), changed_by=by, version=before.version + 1)
    view = WaveView.of(after, context.today, language)
    tx = Transaction()
    store.change(tx, after, before)
    _record(tx, context, event, after, by)
    return context.commit(tx, view)


def read(context: Context, wave_id: str) -> Wave:
    """Raises `not_found`."""
    found = store.load(context, wave_id)
    if found is None:
        raise Problem.absent("wave")
    return found


def _record(tx: Transaction, context: Context, event: EventType, wave: Wave, by: str) -> None:
    facts = {"wave_id": wave.wave_id, "first": wave.first.isoformat(), "last": wave.last.isoformat()}
    record_event(tx, context, keys.intake(), event, **facts, held_out_percent=wave.held_out_percent, by=by)


def _forecast(context: Context, intake_days: int, percent: int) -> Forecast:
    """By the companies that are quiet now and in no wave, and as many more as became dormant in as many days before today.

    Reads every quiet company and every one that is held out: for the planning of a wave only.
    """
    earlier = [wave for wave in store.recent(context) if wave.holds(context.today)]
    taken = {each.company_id for wave in earlier for each in store.members(context, wave.wave_id)}
    since = context.today - timedelta(days=intake_days)
    companies_now, inflow, returns = 0, 0, []
    for found in states.quiet(context, *TO_WIN_BACK):
        inflow += found.state is RhythmState.DORMANT and found.since > since
        if found.company_id not in taken and found.no_order is not None:
            companies_now += 1
            returns.append(1 - float(found.no_order))
    base = min(fmean(returns), MOST_CHANCE) if returns else 0.0
    return forecast(companies_now + inflow, base, percent)


def inherit(context: Context, company_id: str, into: str) -> None:
    """The company that stays after a join has the arm of the other one in each wave in which it has none of its own. Safe to repeat."""
    for made in store.assignments(context, [company_id], store.recent(context)).get(company_id, ()):
        store.assign(context, made._replace(company_id=into, joined=company_id))


def disinherit(context: Context, company_id: str, from_id: str) -> None:
    """Undoes `inherit` after the two were parted. Safe to repeat."""
    for made in store.assignments(context, [from_id], store.recent(context)).get(from_id, ()):
        if made.joined == company_id:
            store.withdraw(context, made)


# --- who is held out --------------------------------------------------------------------------------------------------


def assign(context: Context, company_ids: Iterable[str]) -> None:
    """Takes these dormant or lost companies into the wave whose intake is open, but none that closed down. A repeat changes nothing.

    Six reads, and a write a company.
    """
    waves = [wave for wave in store.recent(context) if wave.holds(context.today)]
    if not waves:
        return
    opened = next((wave for wave in waves if wave.takes_in(context.today)), None)
    several = list(company_ids)
    known = store.assignments(context, several, waves)
    new = [each for each in several if all(made.until <= context.today for made in known.get(each, ()))]
    closed = contacts.closed_down(context, new)
    entering = companies.read_companies(context, [each for each in new if each not in closed]).values()
    of_inn = _assignments_of_inns(context, {each.inn for each in entering if each.inn}, waves)
    for company in entering:
        others = [made for made in of_inn.get(company.inn or "", ()) if made.company_id != company.company_id]
        held = _lasting_hold_out(others, opened, context.today)
        if held:
            store.hold_out_with_its_inn(context, company.company_id, held)
        elif opened and opened.wave_id not in {made.wave_id for made in known.get(company.company_id, ())}:
            same = min((made for made in others if made.wave_id == opened.wave_id), key=_order, default=None)
            made = assignment(opened, company.company_id, company.inn, context.today, company.manager_id)
            store.assign(context, made._replace(unit=same.unit, arm=same.arm) if same else made)


def _assignments_of_inns(context: Context, inns: Iterable[str], waves: Sequence[Wave]) -> dict[str, list[Assignment]]:
    """By INN, the assignments of its companies in these waves, also of those whose INN was not known as they were drawn. Two reads."""
    firms = companies.companies_of_inns(context, inns)
    made = store.assignments(context, sorted({each.company_id for firm in firms.values() for each in firm}), waves)
    return {inn: [one for each in firm for one in made.get(each.company_id, ())] for inn, firm in firms.items()}


def _order(made: Assignment) -> tuple[date, str]:
    """The earliest first."""
    return made.day, made.company_id


def _lasting_hold_out(others: Iterable[Assignment], opened: Wave | None, today: date) -> Assignment | None:
    """The longest hold-out of another company of the INN by an earlier wave; in the open one they share the arm."""
    lasting = [made for made in others if made.is_held(today) and not (opened and made.wave_id == opened.wave_id)]
    return max(lasting, key=lambda made: made.until, default=None)


def hold_out_of(context: Context, company_id: str) -> HoldOut | None:
    """The hold-out of the company, if one lasts. One call."""
    return contacts.held_out(context, [company_id]).get(company_id)
