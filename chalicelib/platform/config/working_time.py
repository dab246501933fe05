"""The club's working time: when an office can answer, and by when it should have.

A working day is one of the week's working days that is no holiday, or a day that is worked in spite of the week. A deadline of so many
working days is the same time of day, so many working days later; what comes outside working hours counts from when they begin next.
So a deadline always falls into working hours: nobody is reminded at night.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.platform.text import Language

LONGEST_REST = 60  # days without a working day; more than that is a mistake in the config


class WorkingTime(Protocol):
    """A calendar: days of the week (1: Monday), hours, holidays as MM-DD (each year) or YYYY-MM-DD, and days worked in spite of the week."""

    @property
    def working_days(self) -> list[int]: ...
    @property
    def opens(self) -> time: ...
    @property
    def closes(self) -> time: ...
    @property
    def holidays(self) -> list[str]: ...
    @property
    def worked(self) -> list[date]: ...


def is_working_day(day: date, calendar: WorkingTime) -> bool:
    if day in calendar.worked:
        return True
    if day.isoweekday() not in calendar.working_days:
        return False
    return not {day.isoformat(), f"{day:%m-%d}"} & set(calendar.holidays)


def deadline(moment: datetime, working_days: int, calendar: WorkingTime, zone: ZoneInfo) -> datetime:
    """`working_days` after the moment; with 0 the moment from which time counts. Raises ValueError where no working day comes."""
    counted = _counted_from(moment.astimezone(zone), calendar, zone)
    if not working_days:
        return counted
    following = islice(_working_days_from(counted.date() + timedelta(days=1), calendar), working_days)
    *_, last = following
    return datetime.combine(last, counted.time(), tzinfo=zone)


def working_day_after(day: date, number: int, calendar: WorkingTime) -> date:
    """The `number`-th working day after a day, from 1. Raises ValueError where no working day comes."""
    *_, last = islice(_working_days_from(day + timedelta(days=1), calendar), number)
    return last


def _counted_from(local: datetime, calendar: WorkingTime, zone: ZoneInfo) -> datetime:
    """The moment itself within working hours, else when they begin next."""
    if is_working_day(local.date(), calendar) and calendar.opens <= local.time() < calendar.closes:
        return local
    early = local.time() < calendar.opens
    first = next(_working_days_from(local.date() + timedelta(days=0 if early else 1), calendar))
    return datetime.combine(first, calendar.opens, tzinfo=zone)


def _working_days_from(day: date, calendar: WorkingTime) -> Iterator[date]:
    rest = 0
    while rest < LONGEST_REST:
        if is_working_day(day, calendar):
            rest = 0
            yield day
        else:
            rest += 1
        day += timedelta(days=1)
    raise ValueError(f"no working day in the {LONGEST_REST} days before {day}")


_DAYS: dict[Language, tuple[str, ...]] = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
}


def hours_text(calendar: WorkingTime, language: Language) -> str:
    """The week and its hours, as people write them: `Mon-Fri 9:00-18:00`. Holidays are not told."""
    days = sorted({*calendar.working_days})
    names = [_DAYS[language][day - 1] for day in days]
    is_run = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    week = f"{names[0]}–{names[-1]}" if is_run else ", ".join(names)
    opens, closes = (f"{each.hour}:{each.minute:02d}" for each in (calendar.opens, calendar.closes))
    return f"{week} {opens}–{closes}"
