"""Decisions of sending: the order of runs, and when an issue pauses itself."""

from decimal import Decimal
from typing import Literal, Protocol

from chalicelib.campaigns.plan import rules as plan_rules
from chalicelib.campaigns.plan.model import Issue

Breach = Literal["bounces", "complaints"]


class PauseLimits(Protocol):
    @property
    def pause_letters(self) -> int: ...
    @property
    def pause_bounce_percent(self) -> Decimal: ...
    @property
    def pause_complaint_percent(self) -> Decimal: ...


def rank(issue: Issue) -> str:
    """Runs get their people in the order of their ranks, which is that of the plan."""
    slot, not_regional, created_at, issue_id = plan_rules.order(issue)
    return f"{slot}#{int(not_regional)}#{created_at}#{issue_id}"


def breach(sent: int, bounced: int, complained: int, limits: PauseLimits) -> Breach | None:
    """The reason for pausing an issue; None if it may go on. The counts are those since it was last resumed."""
    if sent < limits.pause_letters:
        return None
    if bounced * 100 >= sent * limits.pause_bounce_percent:
        return "bounces"
    if complained * 100 >= sent * limits.pause_complaint_percent:
        return "complaints"
    return None
