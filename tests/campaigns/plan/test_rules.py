"""Slots, and issues that the contact budget sets against each other."""

from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.plan import rules
from chalicelib.campaigns.plan.model import Issue, IssueState
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.contacts import Slot

GAPS = {"advertising": {"advertising": 14, "content": 7}, "content": {"advertising": 7, "content": 7}}
SEGMENTS = {
    "designers": Conditions(audiences=["designer", "architect"]),
    "installers": Conditions(audiences=["installer"]),
    "everybody": Conditions(),
}
WEEKDAYS, HOURS = [2, 4], [time(12, 30), time(16, 30)]
TUESDAY = date(2026, 12, 1)


def issue(slot: str, name: str = "a", **facts: Any) -> Issue:
    known: dict[str, Any] = {
        "issue_id": name,
        "title": name,
        "topic": "products",
        "issue_class": "advertising",
        "slot": slot,
        "state": IssueState.DRAFT,
        "author": "mbr_1",
        "created_at": "2026-11-20T09:00:00.000Z",
        "changed_at": "2026-11-20T09:00:00.000Z",
    }
    return Issue(**known | facts)


def clashes(one: Issue, *others: Issue) -> list[rules.Clash]:
    return rules.clashes(one, others, GAPS, SEGMENTS, weekdays=WEEKDAYS, hours=HOURS)


@pytest.mark.parametrize(("minute", "past"), [(29, False), (30, True), (31, True)])
def test_a_slot_is_past_from_its_own_minute(minute: int, past: bool) -> None:
    assert rules.is_past(Slot(TUESDAY, time(12, 30)), datetime(2026, 12, 1, 12, minute)) is past


@pytest.mark.parametrize(
    ("later", "before", "days", "clash"),
    [
        ("advertising", "advertising", 12, True),
        ("advertising", "advertising", 14, False),
        ("advertising", "content", 5, True),
        ("advertising", "content", 7, False),
        ("content", "advertising", 5, True),
        ("content", "content", 7, False),
    ],
)
def test_two_issues_clash_within_the_gap_of_their_classes(later: str, before: str, days: int, clash: bool) -> None:
    after = issue((TUESDAY + timedelta(days=days)).isoformat() + "T12:30", "b", issue_class=later)
    first = issue("2026-12-01T12:30", issue_class=before)
    for one, other in ((after, first), (first, after)):
        assert [(each.before.issue_id, each.skipped.issue_id) for each in clashes(one, other)] == (
            [("a", "b")] if clash else []
        )


def test_in_one_slot_a_regional_event_goes_first_and_then_what_was_planned_first() -> None:
    early = issue("2026-12-01T12:30", "early", created_at="2026-11-01T09:00:00.000Z")
    late = issue("2026-12-01T12:30", "late", created_at="2026-11-02T09:00:00.000Z")
    event = issue("2026-12-01T12:30", "event", created_at="2026-11-03T09:00:00.000Z", regional_event=True)
    assert [each.issue_id for each in sorted((late, early, event), key=rules.order)] == ["event", "early", "late"]
    (clash,) = clashes(early, late)
    assert (clash.before, clash.skipped, clash.days, clash.least_days) == (early, late, 0, 14)


def test_a_cancelled_issue_clashes_with_nothing() -> None:
    assert clashes(issue("2026-12-01T12:30"), issue("2026-12-03T12:30", "b", state=IssueState.CANCELLED)) == []


def test_issues_to_different_audiences_do_not_clash_and_stand_in_no_others_way() -> None:
    one = issue("2026-12-01T12:30", segment_id="designers")
    for_installers = issue("2026-12-15T12:30", "b", segment_id="installers")
    for_all = issue("2026-12-03T12:30", "c", segment_id="everybody", issue_class="content")
    assert not clashes(one, for_installers)
    (clash,) = clashes(for_all, one, for_installers, issue("2026-12-22T12:30", "d", segment_id="designers"))
    assert (clash.before, clash.move_to) == (one, Slot(date(2026, 12, 8), time(12, 30)))
    (clash,) = clashes(issue("2026-12-08T12:30", "e", segment_id="designers"), one, for_installers)
    assert clash.move_to == Slot(date(2026, 12, 15), time(12, 30))


def test_the_skipped_issue_is_to_move_to_its_next_slot_that_is_free() -> None:
    others = (issue("2026-12-03T12:30", "b"), issue("2026-12-22T12:30", "c"))
    (clash,) = clashes(issue("2026-12-01T12:30"), *others)
    assert (clash.skipped.issue_id, clash.to_move.issue_id) == ("b", "b")
    assert clash.move_to == Slot(date(2027, 1, 5), time(12, 30))


@pytest.mark.parametrize("state", [IssueState.QUEUED, IssueState.SENDING, IssueState.SENT])
def test_where_letters_are_on_their_way_the_other_issue_is_to_move(state: IssueState) -> None:
    under_way = issue("2026-12-03T12:30", "b", state=state)
    (clash,) = clashes(issue("2026-12-01T12:30"), under_way)
    assert (clash.skipped.issue_id, clash.to_move.issue_id) == ("b", "a")
    assert clash.move_to == Slot(date(2026, 12, 17), time(12, 30))
    (clash,) = clashes(issue("2026-12-01T12:30", state=state), under_way)
    assert clash.move_to is None


days = st.integers(0, 60).map(lambda number: TUESDAY + timedelta(days=number))
issues = st.lists(
    st.builds(
        lambda day, hour, kind, number: issue(f"{day}T{hour}", f"i{number}", issue_class=kind),
        days,
        st.sampled_from(["12:30", "16:30"]),
        st.sampled_from(["advertising", "content"]),
        st.integers(0, 99),
    ),
    max_size=6,
    unique_by=lambda each: each.issue_id,
)


@given(issues)
def test_the_slot_to_move_to_clashes_with_none(planned: list[Issue]) -> None:
    for one, other in combinations(planned, 2):
        rest = [each for each in planned if each is not one]
        for clash in clashes(one, *rest):
            assert clash.move_to is not None
            skipped = clash.skipped
            moved = issue(clash.move_to.text, skipped.issue_id, issue_class=skipped.issue_class)
            assert not clashes(moved, *(each for each in planned if each.issue_id != skipped.issue_id))
        assert bool(clashes(one, other)) is bool(clashes(other, one))
