"""Decisions of sending: the moment of a slot, a missed slot, and when an issue pauses itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.plan.model import Issue, Slot

Breach = Literal["bounces", "complaints"]


class PauseLimits(Protocol):
    @property
    def pause_letters(self) -> int: ...
    @property
    def pause_bounce_percent(self) -> Decimal: ...
    @property
    def pause_complaint_percent(self) -> Decimal: ...


def moment_of(slot: Slot, zone: ZoneInfo) -> datetime:
    """The moment of a slot in a time zone. An hour that a clock change leaves out is the hour after it."""
    return datetime.combine(slot.day, slot.hour, zone).astimezone(UTC)


def is_missed(due: datetime, now: datetime, late: timedelta) -> bool:
    return now - due > late


def slot_after(now: datetime, zone: ZoneInfo, *, weekdays: Sequence[int], hours: Sequence[time]) -> Slot:
    """The first slot that is still to come in this time zone."""
    slots = plan_rules.slots_from(now.astimezone(zone).date(), weekdays, hours)
    return next(slot for slot in slots if moment_of(slot, zone) > now)


def rank(issue: Issue) -> str:
    """Runs of one zone get their people in the order of their ranks, which is that of the plan."""
    slot, not_regional, created_at, issue_id = plan_rules.order(issue)
    return f"{slot}#{int(not_regional)}#{created_at}#{issue_id}"


def breach(sent: int, bounced: int, complained: int, limits: PauseLimits) -> Breach | None:
    """Why an issue must pause; None where it may go on. The counts are those since it was last resumed."""
    if sent < limits.pause_letters:
        return None
    if bounced * 100 >= sent * limits.pause_bounce_percent:
        return "bounces"
    if complained * 100 >= sent * limits.pause_complaint_percent:
        return "complaints"
    return None
