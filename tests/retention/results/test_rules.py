"""The result of a wave: by the drawn arms, on planned looks only."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.results.model import CompanyResult, Look
from chalicelib.retention.results.rules import (
    compare,
    in_words,
    is_known,
    is_suspect,
    look_on,
    next_look,
    too_early,
    units,
)
from chalicelib.retention.waves.rules import is_held_out
from tests.retention.waves.test_model import FIRST, wave

LAST_LOOK = Look(3, 3, FIRST + timedelta(days=117))


def result(number: int, arm: str = "called", **facts: object) -> CompanyResult:
    made = CompanyResult(wave_id="wav_1", company_id=f"cmp_{number}", unit=f"{number}", arm=arm, day=FIRST)  # type: ignore[arg-type]
    return replace(made, **facts)  # type: ignore[arg-type]


def simulated(random: Random, *, lift: float = 0.0, base: float = 0.4, companies: int = 400) -> list[CompanyResult]:
    found = []
    for number in range(companies):
        held = is_held_out(str(random.random()), str(number), 25)
        ordered = random.random() < base + (0 if held else lift)
        found.append(
            result(
                number,
                "held" if held else "called",
                ordered_30=ordered and random.random() < 0.4,
                ordered_90=ordered,
                turnover=Decimal(random.randrange(1000, 90_000)) if ordered else Decimal(0),
                before=Decimal(random.randrange(1000, 90_000)),
            )
        )
    return found


@given(st.integers(0, 200))
def test_between_two_looks_every_day_shows_the_same_look(offset: int) -> None:
    found, today = wave(), FIRST + timedelta(days=offset)
    look = look_on(found, today)
    assert (look is None) is (today < found.looks[0])
    if look:
        assert look.day <= today and look.day == found.looks[look.number - 1] and look.of == len(found.looks)
    following = next_look(found, today)
    assert following is None or following > today


def test_only_outcomes_that_were_known_on_the_look_count() -> None:
    first = Look(1, 3, FIRST + timedelta(days=90))
    assert is_known(result(1), first)
    assert not is_known(result(1, day=FIRST + timedelta(days=1)), first)


def test_companies_of_one_inn_are_one_unit() -> None:
    one = result(1, unit="7707083893", ordered_90=True, turnover=Decimal(100))
    two = result(2, unit="7707083893", day=FIRST + timedelta(days=2), arm="held", called=True, turnover=Decimal(50))
    [unit] = units([two, one])
    assert (unit.arm, unit.ordered_90, unit.called, unit.turnover, unit.is_mixed) == ("called", True, True, 150.0, True)


def test_without_an_arm_there_is_nothing_to_compare() -> None:
    assert compare(units([result(number) for number in range(9)]), LAST_LOOK) is None
    assert "too few" in in_words(None, False, "en") and "мало" in in_words(None, False, "ru")


def test_arms_that_are_not_as_they_were_drawn_are_suspect() -> None:
    several = units([result(number, "held" if number < 40 else "called") for number in range(400)])
    assert is_suspect(several, 25)
    assert "cause" in in_words(None, True, "en") and "причину" in in_words(None, True, "ru")
    assert not is_suspect(units(simulated(Random(1))), 25)


def test_a_result_says_in_words_whether_it_can_be_told() -> None:
    few = compare(units(simulated(Random(2))), LAST_LOOK)
    assert in_words(few, False, "en").endswith("Too few to tell.")
    much = compare(units(simulated(Random(2), lift=0.3)), LAST_LOOK)
    assert much and much.ordered_90.effect.is_shown
    assert in_words(much, False, "en").endswith("The calls helped.") and in_words(much, False, "ru").endswith(
        "помогли."
    )
    harm = compare(units(simulated(Random(2), lift=-0.3)), LAST_LOOK)
    assert in_words(harm, False, "en").endswith("did harm.") and in_words(harm, False, "ru").endswith("повредили.")
    assert "1" in too_early(wave(), "en") and "впервые" in too_early(wave(), "ru")


@pytest.mark.parametrize("lift", [0.0, 0.08])
def test_most_waves_hold_the_truth_in_their_interval(lift: float) -> None:
    """Of orders, and of money, whose truth is the lift times the mean order. The rates themselves are tested with the rules of waves."""
    random, covered, alarms, money = Random(5), 0, 0, 0
    for _ in range(200):
        found = compare(units(simulated(random, lift=lift)), LAST_LOOK)
        assert found and found.money
        low, high = found.ordered_90.effect.low, found.ordered_90.effect.high
        covered += low <= lift <= high
        alarms += found.ordered_90.effect.is_shown
        money += found.money.effect.low <= lift * 45_500 <= found.money.effect.high
    assert 0.9 <= covered / 200 <= 1 and 0.9 <= money / 200 <= 1
    if not lift:
        assert alarms / 200 <= 0.1
