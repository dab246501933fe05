"""The size of a list, and who is on it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.cases.model import Case, CaseState
from chalicelib.retention.cases.rules import opened
from chalicelib.retention.lists.model import CallList, ListedCall, ListedState
from chalicelib.retention.lists.rules import in_turn, size
from chalicelib.retention.states.rules import RhythmState

TODAY = date(2026, 11, 20)
MOST, LEAST = 7, 2


def case(number: int, since: int = 0, listed: bool = False) -> Case:
    made = opened(f"cas_{number}", f"cmp_{number}", RhythmState.DORMANT, "mbr_ivan", TODAY)
    due = TODAY - timedelta(days=since)
    return replace(made, state=CaseState.READY, due=due, listed_on=TODAY if listed else None)


def made(number: int, *states: ListedState) -> CallList:
    calls = tuple(
        ListedCall(
            case_id=f"cas_{place}",
            company_id=f"cmp_{place}",
            kind="win_back",  # type: ignore[arg-type]
            place=place,
            rank=Decimal(0),
            due=TODAY,
            state=state,
            words={},
            currency="RUB",
        )
        for place, state in enumerate(states, 1)
    )
    return CallList(manager_id="mbr_ivan", day=TODAY, size=number, calls=calls, made_at="")


def test_the_first_list_is_full() -> None:
    assert size(None, MOST, LEAST) == 7


def test_what_is_left_undone_makes_the_next_list_shorter_and_a_finished_one_longer() -> None:
    assert size(made(7, *["done"] * 7), MOST, LEAST) == 7  # type: ignore[arg-type]
    assert size(made(7, "done", "done", "done", "done", "open", "later", "skipped"), MOST, LEAST) == 4
    assert size(made(7, *["open"] * 7), MOST, LEAST) == 2  # type: ignore[arg-type]
    assert size(made(2, "done", "done"), MOST, LEAST) == 4
    assert size(made(6, *["done"] * 6), MOST, LEAST) == 7  # type: ignore[arg-type]
    assert size(made(4), MOST, LEAST) == 6


@given(st.integers(1, 20), st.lists(st.sampled_from(["open", "later", "skipped", "done"]), max_size=20))
def test_a_list_is_never_above_the_most_nor_below_the_least(number: int, states: list[ListedState]) -> None:
    assert LEAST <= size(made(number, *states), MOST, LEAST) <= MOST


@given(
    st.lists(st.tuples(st.integers(0, 90), st.booleans()), max_size=40),
    st.integers(1, 7),
    st.randoms(use_true_random=False),
)
def test_everybody_free_is_looked_at_once_and_nobody_listed(
    several: list[tuple[int, bool]], number: int, random: Random
) -> None:
    cases = [case(place, since, listed) for place, (since, listed) in enumerate(several)]
    by_day = sorted(random.sample(cases, len(cases)), key=lambda each: each.due)[:3]
    turn = in_turn(cases, by_day, number, TODAY)
    assert len(turn) == len(set(turn)) and set(turn) == {each for each in cases if each.listed_on is None}
    waited = [each for each in by_day if each.listed_on is None and (TODAY - each.due).days > 30]
    if waited:
        assert set(waited) & set(turn[:number])


def test_the_last_place_is_for_whoever_waited_longest() -> None:
    cases = [case(number) for number in range(9)] + [case(9, since=31), case(10, since=40)]
    turn = in_turn(cases, [cases[10], cases[9]], 7, TODAY)
    assert [each.case_id for each in turn[:8]] == [f"cas_{number}" for number in (0, 1, 2, 3, 4, 5, 10, 6)]
