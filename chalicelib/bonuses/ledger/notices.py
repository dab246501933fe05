"""Letters that are due on a company's balance, and the next day on which one is due. Pure: no clock, no table.

There are two kinds: a warning some days before a lot expires, and a reminder of the balance on one day of a month. Each belongs to a
day. A book keeps the last day whose letters were handled (`notices`), and a run handles the days after it. So each day is handled once,
and a late run handles the missed days. Several warnings of one lot become one letter, and a warning replaces the reminder of its day,
since it shows the balance too.

A change of the book marks its day as well, unless a letter is due that no run has written yet: a reminder never covers a day before
its bonuses were credited.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.bonuses.ledger.rules import DAY, Book, balances, usable

UNTIL = "until"
FIRST_LOTS = 3  # in a reminder


class NoticePolicy(NamedTuple):
    """A warning `warning_days` before an expiry; a reminder every `every_months` (0: none) on the first of `weekdays` (1: Monday)."""

    warning_days: tuple[int, ...]
    every_months: int
    weekdays: frozenset[int]


class Expiring(NamedTuple):
    """A warning: this amount can be spent up to and including `expires_on`."""

    expires_on: date
    amount: Decimal
    days_left: int
    available: Decimal


class Reminder(NamedTuple):
    """A reminder: the balance, pending bonuses, and the lots that expire first."""

    available: Decimal
    pending: Decimal
    lots: Sequence[tuple[date, Decimal]]


@dataclass(frozen=True, slots=True)
class Notices:
    """Letters that are due."""

    expiring: tuple[Expiring, ...] = ()
    reminder: Reminder | None = None

    def __bool__(self) -> bool:
        return bool(self.expiring or self.reminder)


def handled_until(book: Book) -> date:
    """The last day whose letters were handled."""
    return date.fromisoformat(book.notices[UNTIL]) if UNTIL in book.notices else book.day


def mark_handled(book: Book, day: date) -> Book:
    """The book with the letters of all days up to this one marked as handled."""
    return replace(book, notices={**book.notices, UNTIL: max(day, handled_until(book)).isoformat()})


def mark_if_none_due(book: Book, day: date, policy: NoticePolicy) -> Book:
    """The book marked like `mark_handled`, unless a letter is due for one of these days."""
    due = next_day(book, policy)
    return book if due and due <= day else mark_handled(book, day)


def notices(book: Book, day: date, policy: NoticePolicy) -> Notices:
    """The letters of the days that were not handled, up to this one. None if nothing can be spent on this day."""
    seen, lots = handled_until(book), usable(book, day)
    available = balances(book, day).available
    if available <= 0:
        return Notices()
    expiring = tuple(
        Expiring(expires_on, amount, (expires_on - day).days, available)
        for expires_on, amount in lots.items()
        if any(seen < warned <= day for warned in _warnings(expires_on, policy))
    )
    reminder = next_reminder(seen, policy)
    if expiring or reminder is None or reminder > day:
        return Notices(expiring)
    return Notices(reminder=Reminder(available, book.pending, tuple(lots.items())[:FIRST_LOTS]))


def next_day(book: Book, policy: NoticePolicy) -> date | None:
    """The next day with a letter, if the book does not change."""
    seen = handled_until(book)
    lots = usable(book, max(book.day, seen))
    if not lots or balances(book, book.day).available <= 0:
        return None
    days = [day for expires_on in lots for day in _warnings(expires_on, policy) if day > seen]
    reminder = next_reminder(seen, policy)
    # After the last lot has expired there is nothing to remind of.
    if reminder and reminder <= max(lots):
        days.append(reminder)
    return min(days, default=None)


def next_reminder(day: date, policy: NoticePolicy) -> date | None:
    """The next reminder after this day."""
    return next((each for each in _reminders(day.replace(day=1), policy) if each > day), None)


def _warnings(expires_on: date, policy: NoticePolicy) -> Iterator[date]:
    return (expires_on - days * DAY for days in policy.warning_days)


def _reminders(month: date, policy: NoticePolicy) -> Iterator[date]:
    """Reminder days from this month on. Months are counted from January."""
    while policy.every_months:
        if (month.month - 1) % policy.every_months == 0:
            yield next(day for day in (month + days * DAY for days in range(7)) if day.isoweekday() in policy.weekdays)
        month = (month.replace(day=28) + 4 * DAY).replace(day=1)
