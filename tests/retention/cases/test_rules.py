"""The days of a case, its kind and its rank."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.config import config
from chalicelib.platform.config.club_config import Calendar
from chalicelib.platform.config.working_time import is_working_day, working_day_after
from chalicelib.retention.cases import rules
from chalicelib.retention.cases.config import Calls
from chalicelib.retention.cases.model import CallAnswer, CallKind, Case, CaseCause, CaseState, NewContact, SilenceReason
from chalicelib.retention.cases.rules import Estimates, Season
from chalicelib.retention.states.rules import RhythmState

TODAY = date(2026, 11, 20)  # a Friday
SEASON = Season("12-14", "01-15")
CALENDAR = config()[Calendar]
QUIET = (RhythmState.AT_RISK, RhythmState.DORMANT, RhythmState.LOST)
states = st.sampled_from([state for state in RhythmState if state is not RhythmState.NO_ORDERS])


def after_working_days(day: date, number: int) -> date:
    return working_day_after(day, number, CALENDAR)


def case(state: RhythmState = RhythmState.DORMANT, **changes: object) -> Case:
    made = rules.opened("cas_1", "cmp_1", state, "mbr_ivan", TODAY)
    return replace(made, state=CaseState.READY, due=TODAY, **changes)  # type: ignore[arg-type]


def reached(found: Case, **given: object) -> Case:
    said = {"reason": None, "answer": None, "agreed": None, "meeting": False, "named": False, **given}
    return rules.reached(found, TODAY, working_day_after=after_working_days, **said)  # type: ignore[arg-type]


def test_a_quiet_company_is_due_at_once_and_the_others_within_three_months() -> None:
    assert rules.opened("cas_1", "cmp_1", RhythmState.DORMANT, None, TODAY).due == TODAY
    days = {rules.opened("", f"cmp_{number}", RhythmState.ACTIVE, None, TODAY).due for number in range(2000)}
    assert days == {TODAY + timedelta(days=1 + offset) for offset in range(91)}


def test_who_is_not_reached_comes_back_later_today_then_on_other_days_then_gets_a_letter() -> None:
    found, told = case(), []
    for _ in range(4):
        found = rules.not_reached(replace(found, state=CaseState.READY), TODAY, after_working_days)
        told.append((found.state, (found.due - TODAY).days, found.tries))
    assert told == [
        (CaseState.READY, 0, 1),
        (CaseState.WAITING, 3, 2),  # Monday
        (CaseState.WAITING, 5, 3),  # Wednesday
        (CaseState.WAITING, 30, 0),
    ]


@given(
    states,
    st.sampled_from([None, *SilenceReason]),
    st.sampled_from([None, *CallAnswer]),
    st.sampled_from([None, 1, 40, 366]),
)
def test_every_call_that_reaches_somebody_sets_a_day_or_an_end(
    state: RhythmState, reason: SilenceReason | None, answer: CallAnswer | None, agreed: int | None
) -> None:
    day = TODAY + timedelta(days=agreed) if agreed else None
    found = reached(case(state, tries=2), reason=reason, answer=answer, agreed=day)
    assert found.tries == 0 and found.last_contact == TODAY
    if reason is SilenceReason.CLOSED:
        assert found.state is CaseState.ENDED
    else:
        assert found.state is CaseState.WAITING and TODAY < found.due <= TODAY + rules.FARTHEST


def test_the_next_day_is_the_agreed_one_or_a_month_or_three() -> None:
    agreed = TODAY + timedelta(days=10)
    assert reached(case(), agreed=agreed).due == agreed
    assert reached(case()).due == TODAY + timedelta(days=30)
    assert reached(case(RhythmState.ACTIVE)).due == TODAY + timedelta(days=91)
    assert reached(
        case(RhythmState.ACTIVE), reason=SilenceReason.PRICE, answer=CallAnswer.OFFER
    ).due == TODAY + timedelta(days=30)
    left = reached(case(), reason=SilenceReason.PERSON_LEFT, answer=CallAnswer.FIND_CONTACT)
    assert (left.because, left.due) == (CaseCause.PERSON, date(2026, 11, 23))
    named = reached(case(), reason=SilenceReason.PERSON_LEFT, named=True, agreed=agreed)
    assert (named.because, named.due) == (CaseCause.PERSON, agreed)


def test_a_person_who_was_named_once_is_not_called_every_day() -> None:
    """Only who is named now is called next: whoever was named before is called by plan."""
    known = case(contact=NewContact("Boris"), because=CaseCause.PERSON)
    after = reached(known, reason=SilenceReason.PRICE)
    assert (after.because, after.due, after.contact) == (
        CaseCause.PLAN,
        TODAY + timedelta(days=30),
        NewContact("Boris"),
    )
    assert reached(known, reason=SilenceReason.PRICE, named=True).because is CaseCause.PLAN


@given(states, states, st.integers(0, 60))
def test_a_change_of_state_never_loses_the_next_day(before: RhythmState, now: RhythmState, contact: int) -> None:
    found = case(before, last_contact=TODAY - timedelta(days=contact))
    after = rules.follow(found, now, TODAY)
    assert after.state is not CaseState.ENDED and after.due <= TODAY + rules.CHECK_IN
    if now in QUIET and after.state is CaseState.WAITING:
        assert after.due >= found.last_contact + rules.MONTH  # type: ignore[operator]


def test_a_company_that_goes_quiet_is_called_at_once_unless_it_was_called_lately_or_agreed_a_day() -> None:
    waiting = replace(case(RhythmState.ACTIVE), state=CaseState.WAITING, due=TODAY + timedelta(days=80))
    assert rules.follow(waiting, RhythmState.AT_RISK, TODAY).due == TODAY
    lately = replace(waiting, last_contact=TODAY - timedelta(days=10))
    assert rules.follow(lately, RhythmState.AT_RISK, TODAY).due == TODAY + timedelta(days=20)
    agreed = replace(waiting, because=CaseCause.AGREED)
    assert rules.follow(agreed, RhythmState.AT_RISK, TODAY).due == agreed.due


def test_a_company_that_orders_again_is_no_longer_won_back() -> None:
    after = rules.follow(case(tries=2, last_contact=TODAY - timedelta(days=20)), RhythmState.WON_BACK, TODAY)
    assert (after.state, after.due, after.tries) == (CaseState.WAITING, TODAY + timedelta(days=91), 0)


def test_companies_that_nobody_talked_to_are_spread_although_the_beginning_of_their_file_looked_quiet() -> None:
    """Their first documents are old, and the later ones come in another part of the file."""
    seen = [rules.opened("", f"cmp_{number}", RhythmState.LOST, None, TODAY) for number in range(2000)]
    days = {rules.follow(each, RhythmState.ACTIVE, TODAY).due for each in seen}
    assert days == {TODAY + timedelta(days=1 + offset) for offset in range(91)}


def test_a_company_that_closed_down_is_never_called_unless_it_orders() -> None:
    ended = reached(case(), reason=SilenceReason.CLOSED, answer=CallAnswer.LEAVE_ALONE)
    assert rules.follow(ended, RhythmState.LOST, TODAY).state is CaseState.ENDED
    assert rules.left_out(ended, TODAY, TODAY + rules.CHECK_IN, TODAY + rules.MONTH) is ended
    again = rules.follow(ended, RhythmState.WON_BACK, TODAY)
    assert (again.state, again.reason) == (CaseState.WAITING, None)


@pytest.mark.parametrize(
    ("state", "because", "known", "day", "kind"),
    [
        (RhythmState.AT_RISK, CaseCause.PLAN, Estimates(), TODAY, CallKind.EARLY_WARNING),
        (RhythmState.LOST, CaseCause.PLAN, Estimates(), date(2026, 12, 20), CallKind.WIN_BACK),
        (RhythmState.LOST, CaseCause.AGREED, Estimates(), TODAY, CallKind.FOLLOW_UP),
        (RhythmState.LOST, CaseCause.MEETING, Estimates(), TODAY, CallKind.MEETING),
        (RhythmState.ACTIVE, CaseCause.GOODS, Estimates(), TODAY, CallKind.GOODS_ARRIVED),
        (RhythmState.ACTIVE, CaseCause.PERSON, Estimates(), TODAY, CallKind.FIND_CONTACT),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(), date(2026, 12, 14), CallKind.NEW_YEAR),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(), date(2027, 1, 15), CallKind.NEW_YEAR),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(), date(2027, 1, 16), CallKind.CHECK_IN),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(window_from=TODAY, window_to=TODAY), TODAY, CallKind.REORDER),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(last_order=date(2026, 11, 1)), TODAY, CallKind.SELL_THROUGH),
        (RhythmState.ACTIVE, CaseCause.PLAN, Estimates(last_order=date(2026, 11, 19)), TODAY, CallKind.CHECK_IN),
    ],
)
def test_what_a_call_is_about(
    state: RhythmState, because: CaseCause, known: Estimates, day: date, kind: CallKind
) -> None:
    assert rules.kind_of(case(state, because=because), known, day, SEASON) is kind


def test_once_a_year_a_check_in_is_a_survey() -> None:
    for days, kind in ((364, CallKind.CHECK_IN), (365, CallKind.SURVEY)):
        past = TODAY - timedelta(days=days)
        asked = case(RhythmState.ACTIVE, opened_on=TODAY - timedelta(days=900), surveyed=past)
        assert rules.kind_of(asked, Estimates(), TODAY, SEASON) is kind
        opened = replace(asked, opened_on=past, surveyed=None)
        assert rules.kind_of(opened, Estimates(), TODAY, SEASON) is kind


def test_a_meeting_has_its_day() -> None:
    agreed = TODAY + timedelta(days=10)
    assert (reached(case(), agreed=agreed, meeting=True).because, agreed) == (CaseCause.MEETING, agreed)


def test_calls_are_ranked_by_what_is_at_stake() -> None:
    known = Estimates(Decimal("0.8"), Decimal(30_000), Decimal(100_000))
    weights = dict.fromkeys(CallKind, 100) | {CallKind.CHECK_IN: 10}
    ranks = {kind: rules.rank_of(kind, known, weights) for kind in CallKind}
    assert ranks[CallKind.EARLY_WARNING] == 80_000
    assert ranks[CallKind.WIN_BACK] == 30_000
    assert ranks[CallKind.CHECK_IN] == 10_000
    single = Estimates(Decimal("0.8"), Decimal(30_000))
    assert rules.rank_of(CallKind.EARLY_WARNING, single, weights) == 24_000


def test_the_next_working_days_leave_weekends_out() -> None:
    assert [after_working_days(TODAY, number).isoformat() for number in (1, 2, 3)] == [
        "2026-11-23",
        "2026-11-24",
        "2026-11-25",
    ]
    assert is_working_day(after_working_days(date(2026, 12, 31), 1), CALENDAR)


@pytest.mark.parametrize("changed", [{"least": 9}, {"weights": {"win_back": 1}}, {"new_year_to": "12-20"}])
def test_a_config_that_cannot_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"least number|has a weight|turn of the year"):
        Calls.model_validate({**config()[Calls].model_dump(), **changed})
