"""The bounds of an outcome, and its effect on the case and on the list. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from chalicelib.retention.cases.model import CallAnswer, Case, CaseState, Entry, Result, SilenceReason
from chalicelib.retention.cases.rules import FARTHEST, LAST_TRY, WorkingDayAfter, not_reached, reached
from chalicelib.retention.lists.model import CallList, ListedState


def may_record(case: Case, by: str, *, corrects: bool, leads: bool) -> bool:
    """True for the manager whose list had the company; an entry is corrected by its present manager, too, and by the head of sales."""
    return by == case.listed_by or (corrects and (leads or by == case.manager_id))


def restored(case: Case, corrected: Entry, today: date) -> Case:
    """The case as it was before the entry that is corrected, to be called today."""
    return replace(
        case,
        state=CaseState.READY,
        due=today,
        because=corrected.because_before,
        tries=corrected.tries_before,
        demand_id=corrected.demand_before,
        answered=corrected.answered_before,
        surveyed=corrected.surveyed_before,
        contact=corrected.person_before,
        last_contact=corrected.contact_before,
        reason=corrected.reason_before,
    )


def after(
    case: Case,
    result: Result,
    today: date,
    *,
    reason: SilenceReason | None,
    answer: CallAnswer | None,
    agreed: date | None,
    meeting: bool,
    named: bool,
    working_day_after: WorkingDayAfter,
) -> Case:
    if result == "skipped":
        return case
    if result == "not_reached":
        return not_reached(case, today, working_day_after)
    return reached(
        case,
        today,
        reason=reason,
        answer=answer,
        agreed=agreed,
        meeting=meeting,
        named=named,
        working_day_after=working_day_after,
    )


def listed_state(before: Case, result: Result) -> ListedState:
    """The state of the call on its list: only a call that comes back another day, or never, is done."""
    if result == "skipped":
        return "skipped"
    return "later" if result == "not_reached" and before.tries == 0 else "done"


def needs_letter(before: Case, result: Result) -> bool:
    return result == "not_reached" and before.tries + 1 >= LAST_TRY


def marked(found: CallList, case_id: str, state: ListedState) -> CallList:
    """The list with this state of the call."""
    calls = tuple(replace(call, state=state) if call.case_id == case_id else call for call in found.calls)
    return replace(found, calls=calls, version=found.version + 1)


def is_possible(day: date, today: date) -> bool:
    """True for an agreed day: after today, and within a year."""
    return timedelta(0) < day - today <= FARTHEST


def allowed(
    answers: Mapping[SilenceReason, Sequence[CallAnswer]], reason: SilenceReason, answer: CallAnswer | None
) -> bool:
    return answer is None or answer in answers[reason]


def most_percent(brackets: Mapping[Decimal, Decimal], turnover: Decimal) -> Decimal:
    """The largest discount that a company of this turnover in a year is offered from the list."""
    return max((percent for least, percent in brackets.items() if turnover >= least), default=Decimal(0))
