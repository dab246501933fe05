"""Decisions of a series: the next step, its day, and what a change means to those inside. Pure.

The next step is the first one after the last step passed that the series still has. So a step that is put in before that one is not made
up for, one that is taken out is passed over, and nobody gets a step twice.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from chalicelib.campaigns.segments.model import Conditions
from chalicelib.campaigns.series.model import Effect, Enrolment, StoredStep
from chalicelib.platform.config.working_time import WorkingTime, working_day_after

MOST_SKIPS = 8  # of one letter by the contact budget: then the step is passed
BUDGET = frozenset({"contact_budget", "address_budget"})
OF_THE_TEXT = frozenset({"no_text", "not_composed", "too_large", "failed"})  # another step may be better


def next_step(steps: Sequence[StoredStep], passed: Iterable[str]) -> StoredStep | None:
    behind = set(passed)
    place = max((number for number, step in enumerate(steps, 1) if step.step_id in behind), default=0)
    return next((step for step in steps[place:] if step.step_id not in behind), None)


def conditions_of(step: StoredStep) -> Conditions:
    return Conditions.model_validate_json(step.conditions["json"])


def first_day(step: StoredStep, since: date, calendar: WorkingTime) -> date:
    """The first day on which the step may come."""
    return working_day_after(since, step.wait_days, calendar) if step.wait_days else since


def may_start(before: Enrolment | None, again_days: int | None, cause: str, told_at: str, now: datetime) -> bool:
    """Whether an event starts the series. `told_at`: when it happened; one from before the last start is an old one that is told again."""
    if before is None:
        return True
    if before.cause == cause or told_at <= before.started_at or not before.ended_at or again_days is None:
        return False
    return (now - datetime.fromisoformat(before.ended_at)).days >= again_days


def effects(before: Sequence[StoredStep], after: Sequence[StoredStep], inside: Mapping[str, int]) -> list[Effect]:
    """By the step that people wait for, in the order of the steps before. `inside`: how many wait for each."""
    found = []
    for number, step in enumerate(before):
        if members := inside.get(step.step_id, 0):
            coming = next_step(after, [each.step_id for each in before[:number]])
            found.append(
                Effect(step.step_id, members, coming.step_id if coming else None, coming.wait_days if coming else None)
            )
    return found


def is_felt(effects: Collection[Effect], before: Sequence[StoredStep]) -> bool:
    """Whether somebody inside gets another step, or the same one at another time."""
    waits = {step.step_id: step.wait_days for step in before}
    return any((each.next_step_id, each.wait_days) != (each.step_id, waits[each.step_id]) for each in effects)
