"""Members begin a series when an event starts it. Each is in a series once at a time.

Companies that the club or the series holds out are enrolled and end at once, so that members with the series can be compared with members
without it. The claim of the first letter finds the companies that a wave holds out.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from chalicelib import members
from chalicelib.campaigns.config import Campaigns
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments import service
from chalicelib.campaigns.series import rules, store
from chalicelib.campaigns.series.model import Enrolment, Series, SeriesState, Start
from chalicelib.contacts import Slots, moment_of, slot_after
from chalicelib.members import Member
from chalicelib.platform import Calendar, Club, Context, Event, clock


def begin(context: Context, event: Event, start: Start, member_ids: Iterable[str], company_id: str = "") -> None:
    """Enrols the members in each series that this event starts. The same event again changes nothing."""
    started = [each for each in store.every(context.table) if each.state is SeriesState.ON and start in each.starts]
    if started:
        unit = service.holdout_units(context, {company_id})[company_id] if company_id else ""
        for member in members.members(context, list(member_ids)).values():
            for series in started:
                _enrol(context, event, series, start, member, company_id, unit or member.member_id)


def _enrol(
    context: Context, event: Event, series: Series, start: Start, member: Member, company_id: str, unit: str
) -> None:
    before = store.enrolment(context.table, member.member_id, series.series_id)
    if not rules.may_start(before, series.again_days, event.id, event.item["at"], context.now):
        return
    zone = member.time_zone or context.config[Club].time_zone
    today = clock.local_day(context.now, ZoneInfo(zone))
    made = Enrolment(
        series_id=series.series_id,
        member_id=member.member_id,
        company_id=company_id,
        unit=unit,
        number=before.number + 1 if before else 1,
        cause=event.id,
        start=start,
        started_at=context.at,
        started_on=today,
        zone=zone,
        since=today,
        version=before.version + 1 if before else 1,
    )
    held = is_held(context, series, made)
    made = ended(context, made, "hold_out") if held else with_next_step(context, series, made)
    store.write_enrolment(context.table, made, before)


def is_held(context: Context, series: Series, enrolment: Enrolment) -> bool:
    """Whether the companies of one INN, or the member alone, get no letters of this series."""
    club = context.config[Campaigns]
    draws = ((club.holdout_salt, club.holdout_percent), (series.series_id, Decimal(series.holdout_percent)))
    return any(segment_rules.is_held_out(salt, enrolment.unit, percent) for salt, percent in draws)


def with_next_step(context: Context, series: Series, enrolment: Enrolment) -> Enrolment:
    """With the next step of the series and its slot, or ended after the last one."""
    step = rules.next_step(series.steps, [each.step_id for each in enrolment.passed])
    if step is None:
        return ended(context, enrolment, "finished")
    first = rules.first_day(step, enrolment.since, context.config[Calendar])
    skips = enrolment.skips if step.step_id == enrolment.step_id else 0
    return in_slot(context, replace(enrolment, step_id=step.step_id, skips=skips), first)


def in_slot(context: Context, enrolment: Enrolment, first: date) -> Enrolment:
    """With the next slot that is still to come, on the day `first` or later."""
    slots, zone = context.config[Slots], ZoneInfo(enrolment.zone)
    slot = slot_after(context.now, zone, weekdays=slots.weekdays, hours=slots.hours, first=first)
    return replace(enrolment, slot=slot.text, due_at=clock.stamp(moment_of(slot, zone)))


def ended(context: Context, enrolment: Enrolment, end: str) -> Enrolment:
    return replace(enrolment, end=end, ended_at=context.at)
