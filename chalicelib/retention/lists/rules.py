"""The size of a list, and who is on it. Pure."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.retention.cases.model import Case
from chalicelib.retention.lists.model import CallList

GROWTH = 2  # calls a day, back to the full list
LONG = timedelta(days=30)  # a case that is ready for longer gets the last place of the list


def size(before: CallList | None, most: int, least: int) -> int:
    """The number of calls of a list, by the list before it: what was left undone makes it shorter, a finished list longer."""
    if before is None:
        return most
    if before.unfinished:
        return max(least, min(most, before.size) - before.unfinished)
    return min(most, before.size + GROWTH)


def in_turn(by_rank: Sequence[Case], by_day: Sequence[Case], number: int, today: date) -> list[Case]:
    """The cases to look at one after the other until the list of so many calls is full, all of them listed by nobody else today.

    By rank; but before the last place comes the case that has been ready the longest, where that is over a month: nobody is forgotten.
    """
    free = [case for case in by_rank if case.listed_on != today]
    waited = [case for case in by_day if case.listed_on != today and today - case.due > LONG]
    first = free[: number - 1]
    overdue = [case for case in waited if case not in first][:1]
    rest = [case for case in free[number - 1 :] if case not in overdue]
    return first + overdue + rest
