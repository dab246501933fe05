"""The next step of a series, its day, and what a change means to those inside."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.campaigns.series import rules
from chalicelib.campaigns.series.model import Effect, Enrolment, StoredStep
from chalicelib.platform.config.club_config import Calendar

ids = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8)
WEEK = Calendar(holidays=["12-01"])


def steps(names: Sequence[str], wait_days: int = 1) -> list[StoredStep]:
    return [StoredStep(name, wait_days, {}, "txt_1", True) for name in names]


@given(written=ids, passed=ids)
def test_nobody_gets_a_step_twice_nor_one_before_the_last_that_they_passed(
    written: list[str], passed: list[str]
) -> None:
    step = rules.next_step(steps(written), passed)
    places = [written.index(each) for each in passed if each in written]
    if step is None:
        assert not places or set(written[max(places) :]) <= set(passed)
        assert places or not written
    else:
        assert step.step_id not in passed
        assert all(written.index(step.step_id) > place for place in places)


@given(changes=st.lists(ids, min_size=1, max_size=6))
def test_whatever_is_changed_on_the_way_each_step_comes_once(changes: list[list[str]]) -> None:
    passed: list[str] = []
    for written in [*changes, *[changes[-1]] * 8]:
        if step := rules.next_step(steps(written), passed):
            passed.append(step.step_id)
    assert len(passed) == len(set(passed))
    assert rules.next_step(steps(changes[-1]), passed) is None


def test_waits_are_working_days_of_the_club() -> None:
    friday = date(2026, 11, 27)
    days = [rules.first_day(steps(["a"], wait)[0], friday, WEEK) for wait in (0, 1, 2)]
    assert days == [friday, date(2026, 11, 30), date(2026, 12, 2)]  # a weekend, and a holiday


def test_a_change_tells_what_comes_for_those_who_wait() -> None:
    before, inside = steps("abc"), {"a": 1, "b": 2, "c": 3}
    assert not rules.is_felt(rules.effects(before, before, inside), before)
    without_b = rules.effects(before, steps("ac"), inside)
    assert without_b == [Effect("a", 1, "a", 1), Effect("b", 2, "c", 1), Effect("c", 3, "c", 1)]
    assert rules.is_felt(without_b, before)
    assert rules.effects(before, steps("a"), inside)[1:] == [Effect("b", 2, None, None), Effect("c", 3, None, None)]
    assert [each.next_step_id for each in rules.effects(before, steps("abxc"), inside)] == ["a", "b", "x"]
    assert rules.is_felt(rules.effects(before, steps("abc", 9), inside), before)
    assert not rules.effects(before, [], {})


def enrolled(**changes: object) -> Enrolment:
    day = date(2026, 11, 2)
    known = {"series_id": "s", "member_id": "m", "number": 1, "cause": "evt_1", "start": "joined"}
    began = {"started_at": "2026-11-02T09:00:00.000Z", "started_on": day, "zone": "Europe/Moscow", "since": day}
    return Enrolment(**{**known, **began, **changes})  # type: ignore[arg-type]


def test_a_series_starts_once_and_again_only_after_its_days() -> None:
    now, later = datetime(2026, 11, 22, 12, tzinfo=UTC), "2026-11-22T12:00:00.000Z"
    going, over = enrolled(), enrolled(ended_at="2026-11-12T12:00:00.000Z", end="finished")
    assert rules.may_start(None, None, "evt_1", later, now)
    assert not rules.may_start(going, 10, "evt_2", later, now)
    assert rules.may_start(over, 10, "evt_2", later, now)
    assert not rules.may_start(over, 11, "evt_2", later, now)
    assert not rules.may_start(over, None, "evt_2", later, now)
    # Told again: the very event, and one from before the start.
    assert not rules.may_start(over, 10, "evt_1", later, now)
    assert not rules.may_start(over, 10, "evt_0", "2026-11-01T09:00:00.000Z", now + timedelta(days=99))
