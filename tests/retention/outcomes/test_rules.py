"""An outcome's facts, and its effect on the list."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.cases.model import CallAnswer, Case, CaseState, Result, SilenceReason
from chalicelib.retention.cases.rules import LAST_TRY, opened
from chalicelib.retention.outcomes.rules import after, is_possible, listed_state, most_percent, needs_letter
from chalicelib.retention.states.rules import RhythmState

TODAY = date(2026, 11, 20)
BRACKETS = {Decimal(0): Decimal(5), Decimal(300_000): Decimal(10), Decimal(1_000_000): Decimal(15)}


def case(tries: int = 0) -> Case:
    made = opened("cas_1", "cmp_1", RhythmState.DORMANT, "mbr_ivan", TODAY)
    return replace(made, state=CaseState.READY, tries=tries)


def next_day(day: date, number: int) -> date:
    return day + timedelta(days=number)


@given(st.sampled_from(["reached", "not_reached", "skipped"]), st.integers(0, LAST_TRY - 1))
def test_a_call_is_done_only_where_the_case_left_the_ready_ones(result: Result, tries: int) -> None:
    found = after(
        case(tries),
        result,
        TODAY,
        reason=None,
        answer=None,
        agreed=None,
        meeting=False,
        named=False,
        working_day_after=next_day,
    )
    assert (listed_state(case(tries), result) == "done") is (found.state is not CaseState.READY)
    assert needs_letter(case(tries), result) is (result == "not_reached" and tries == LAST_TRY - 1)


def test_a_company_that_closed_down_is_done() -> None:
    found = after(
        case(),
        "reached",
        TODAY,
        reason=SilenceReason.CLOSED,
        answer=CallAnswer.LEAVE_ALONE,
        agreed=None,
        meeting=False,
        named=False,
        working_day_after=next_day,
    )
    assert found.state is CaseState.ENDED and listed_state(case(), "reached") == "done"


@pytest.mark.parametrize(("days", "possible"), [(-1, False), (0, False), (1, True), (366, True), (367, False)])
def test_an_agreed_day_is_after_today_and_within_a_year(days: int, possible: bool) -> None:
    assert is_possible(TODAY + timedelta(days=days), TODAY) is possible


@pytest.mark.parametrize(("turnover", "percent"), [(0, 5), (299_999, 5), (300_000, 10), (5_000_000, 15)])
def test_a_larger_client_is_offered_more(turnover: int, percent: int) -> None:
    assert most_percent(BRACKETS, Decimal(turnover)) == percent
    assert most_percent({}, Decimal(turnover)) == 0
