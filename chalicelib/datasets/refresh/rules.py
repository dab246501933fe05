"""The window of a refresh. Pure.

published until        this hour begins           export
never                                             all
at most 24 hours ago                              the changes since
longer ago                                        all: DynamoDB tells no longer window at once
in an earlier month                               all: once a month nothing rests on earlier exports
other tables or columns                           all
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

LONGEST = timedelta(hours=24)  # that DynamoDB exports the changes of
SETTLED = timedelta(minutes=10)  # the newest changes cannot be exported yet


class Window(NamedTuple):
    """`since` is inclusive, and None for an export of all; `until` is exclusive."""

    since: datetime | None
    until: datetime


class Published(NamedTuple):
    """The moment up to which the datasets tell, and the definition of their columns."""

    until: datetime
    definition: str


def window(
    published: Published | None, definition: str, now: datetime, today: date, day_of_published: date | None
) -> Window | None:
    """The window of a refresh that starts now, up to the last full hour; None where there is nothing new to tell."""
    until = (now - SETTLED).replace(minute=0, second=0, microsecond=0)
    if published is None or published.definition != definition or day_of_published is None:
        return Window(None, until)
    if until <= published.until:
        return None
    if until - published.until > LONGEST or (day_of_published.year, day_of_published.month) != (
        today.year,
        today.month,
    ):
        return Window(None, until)
    return Window(published.until, until)


def refresh_name(until: datetime) -> str:
    """One for each hour, so that a night that starts twice is one refresh."""
    return f"{until:%Y%m%dT%H}"
