"""Decisions of the plan: slots, and issues that the contact budget sets against each other.

Of two issues that want the same people within a gap, the one with the earlier slot goes. In one slot a regional event goes before others,
and then the issue that was planned first.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import islice
from typing import NamedTuple

from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.segments import rules as segment_rules
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.contacts import Slot, slots_from
from chalicelib.pricing import Price

MOST_DAYS_AHEAD = 366
UNDER_WAY = frozenset({IssueState.QUEUED, IssueState.SENDING, IssueState.SENT})  # it changes and moves no more
CLEARANCE = frozenset({"overstock", "modernised"})  # goods whose discounts letters name
EARLIEST_ZONE = timezone(timedelta(hours=14))
# Before the slot in UTC. The slot of the earliest zone comes ten hours after that.
AUDIENCE_AHEAD = timedelta(hours=24)

Gaps = Mapping[str, Mapping[str, int]]
"""By class of a letter, the least days after an earlier one of each class."""

Segments = Mapping[str, Conditions]
"""Conditions by the id of their segment."""


class Clash(NamedTuple):
    """`skipped` comes too early after `before` for members of both segments.

    `to_move`: the skipped one, or the other one where the letters of the skipped one are on their way. `move_to`: its next slot without a clash.
    """

    before: Issue
    skipped: Issue
    days: int
    least_days: int
    to_move: Issue
    move_to: Slot | None


def order(issue: Issue) -> tuple[str, bool, str, str]:
    """The order in which issues get their people."""
    return issue.slot, not issue.regional_event, issue.created_at, issue.issue_id


def audience_at(slot: Slot) -> datetime:
    """The moment at which the audience of an approved issue is made."""
    return datetime.combine(slot.day, slot.hour, UTC) - AUDIENCE_AHEAD


def first_moment(slot: Slot) -> datetime:
    return datetime.combine(slot.day, slot.hour, EARLIEST_ZONE)


def is_planned(issue: Issue) -> bool:
    """Ideas count too: the plan is made of them first."""
    return issue.state is not IssueState.CANCELLED


def is_promoted(price: Price) -> bool:
    """Whether a promotion made this price, alone or with other rules."""
    return "promotion" in {price.chosen.rule, *(part.rule for part in price.chosen.parts)}


def is_past(slot: Slot, local: datetime) -> bool:
    """Whether the slot has begun at this local time."""
    return datetime.combine(slot.day, slot.hour) <= local.replace(tzinfo=None)


def is_missed(due: datetime, now: datetime, late: timedelta) -> bool:
    return now - due > late


def clashes(
    issue: Issue,
    others: Sequence[Issue],
    gaps: Gaps,
    segments: Segments,
    *,
    weekdays: Sequence[int],
    hours: Sequence[time],
) -> list[Clash]:
    """The people whom the budget skips between this issue and others, in the order of the plan."""
    found = []
    for other in sorted(others, key=order):
        pair = _pair(issue, other, gaps)
        if pair is None or _are_apart(issue, other, segments):
            continue
        before, skipped, days, least = pair
        to_move = before if skipped.state in UNDER_WAY else skipped
        rest = [each for each in (issue, *others) if each.issue_id != to_move.issue_id]
        free = None if to_move.state in UNDER_WAY else _free_slot(to_move, rest, gaps, segments, weekdays, hours)
        found.append(Clash(before, skipped, days, least, to_move, free))
    return found


def _pair(one: Issue, other: Issue, gaps: Gaps) -> tuple[Issue, Issue, int, int] | None:
    if one.issue_id == other.issue_id or not (is_planned(one) and is_planned(other)):
        return None
    before, after = sorted((one, other), key=order)
    least = gaps.get(after.issue_class, {}).get(before.issue_class, 0)
    days = (Slot.of(after.slot).day - Slot.of(before.slot).day).days
    return (before, after, days, least) if days < least else None


def _are_apart(one: Issue, other: Issue, segments: Segments) -> bool:
    first, second = segments.get(one.segment_id), segments.get(other.segment_id)
    return first is not None and second is not None and segment_rules.are_apart(first, second)


def _free_slot(
    issue: Issue,
    others: Sequence[Issue],
    gaps: Gaps,
    segments: Segments,
    weekdays: Sequence[int],
    hours: Sequence[time],
) -> Slot | None:
    """The next slot of the issue in which nothing clashes; None where there is none for a year."""
    from_day = Slot.of(issue.slot).day
    others = [each for each in others if is_planned(each) and not _are_apart(issue, each, segments)]
    for slot in islice(slots_from(from_day, weekdays, hours), MOST_DAYS_AHEAD):
        if slot.text > issue.slot and not any(_clashes_at(issue, slot, other, gaps) for other in others):
            return slot
    return None


def _clashes_at(issue: Issue, slot: Slot, other: Issue, gaps: Gaps) -> bool:
    away = (slot.day - Slot.of(other.slot).day).days
    after, before = (issue, other) if slot.text >= other.slot else (other, issue)
    return abs(away) < gaps.get(after.issue_class, {}).get(before.issue_class, 0)
