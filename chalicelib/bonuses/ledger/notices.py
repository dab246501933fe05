"""Which letters a company's book asks for on a day, and on which day it asks next. Pure: no clock, no table.

Two kinds: a warning, some days before a lot expires, and a reminder of the balance, on one day of a month. Both belong to days. A book
notes up to which day it has been looked at (`until`), and each look answers for the days after it: so every one of them is answered
for once, and a night that comes late answers for those that were missed. Of several warnings of one lot it gives one, and a warning
stands for the reminder of its day, since it tells the balance too.

A change of the book moves `until` too, unless a letter is due that no night has written yet: what is credited today is not
reminded of for a day when it was not there.
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
    """`warning_days` before the expiry; a reminder in every so many months (0: none), on the first of these weekdays (1: Monday)."""

    warning_days: tuple[int, ...]
    every_months: int
    weekdays: frozenset[int]


class Expiring(NamedTuple):
    """So much can be spent up to this day, and no longer."""

    expires_on: date
    amount: Decimal
    days_left: int
    available: Decimal


class Reminder(NamedTuple):
    """The balance, what is on its way, and the lots that expire first."""

    available: Decimal
    pending: Decimal
    lots: Sequence[tuple[date, Decimal]]


@dataclass(frozen=True, slots=True)
class Notices:
    """What a look at a book brings."""

    expiring: tuple[Expiring, ...] = ()
    reminder: Reminder | None = None

    def __bool__(self) -> bool:
        return bool(self.expiring or self.reminder)


def until(book: Book) -> date:
    """The last day that is answered for."""
    return date.fromisoformat(book.notices[UNTIL]) if UNTIL in book.notices else book.day


def answered(book: Book, day: date) -> Book:
    """The book with its days up to this one answered for."""
    return replace(book, notices={**book.notices, UNTIL: max(day, until(book)).isoformat()})


def passed(book: Book, day: date, policy: NoticePolicy) -> Book:
    """The book with its days up to this one answered for, if no letter is due for any of them."""
    due = next_day(book, policy)
    return book if due and due <= day else answered(book, day)


def notices(book: Book, day: date, policy: NoticePolicy) -> Notices:
    """The letters of the days that are not answered for, up to this one. About what can be spent on this day, and only if there is any."""
    seen, lots = until(book), usable(book, day)
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
    """The first day that is not answered for and asks for a letter, if the book stays as it is."""
    seen = until(book)
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
    """The first day of a reminder after this one."""
    return next((each for each in _reminders(day.replace(day=1), policy) if each > day), None)


def _warnings(expires_on: date, policy: NoticePolicy) -> Iterator[date]:
    return (expires_on - days * DAY for days in policy.warning_days)


def _reminders(month: date, policy: NoticePolicy) -> Iterator[date]:
    """Days of reminders from this month on. Months are counted from January."""
    while policy.every_months:
        if (month.month - 1) % policy.every_months == 0:
            yield next(day for day in (month + days * DAY for days in range(7)) if day.isoweekday() in policy.weekdays)
        month = (month.replace(day=28) + 4 * DAY).replace(day=1)
