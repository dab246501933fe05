from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.waves.rules import (
    SUSPECT,
    Arm,
    adjusted_effect,
    critical_value,
    effect,
    is_held_out,
    ratio_chance,
    smallest_effect,
)

WAVES, CALLED, HELD, BASE, SIMULATED = 3, 280, 120, 0.4, 2000


@st.composite
def arms(draw: st.DrawFn) -> Arm:
    companies = draw(st.integers(1, 2000))
    return Arm(companies, draw(st.integers(0, companies)))


# --- who is held out --------------------------------------------------------------------------------------------------


def test_a_quarter_is_held_out() -> None:
    held = sum(is_held_out("win-back", f"770708{number:04}", 25) for number in range(10_000))
    assert ratio_chance(10_000 - held, held, 0.25) > SUSPECT


def test_two_programmes_hold_out_different_units() -> None:
    units = [str(number) for number in range(4000)]
    both = sum(is_held_out("a", unit, 50) and is_held_out("b", unit, 50) for unit in units)
    assert both == pytest.approx(1000, abs=110)


@given(st.text(), st.text(), st.integers(0, 100), st.integers(0, 100))
def test_a_larger_share_keeps_who_was_held_out(programme: str, unit: str, one: int, other: int) -> None:
    smaller, larger = sorted((one, other))
    assert is_held_out(programme, unit, smaller) <= is_held_out(programme, unit, larger)
    assert not is_held_out(programme, unit, 0) and is_held_out(programme, unit, 100)


# --- before a wave ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("companies", "held_out", "base", "points"),
    [(400, 0.05, 0.4, 31), (400, 0.3, 0.4, 15), (1600, 0.3, 0.4, 7.5), (400, 0.3, 0.1, 9.2), (200, 0.5, 0.4, 19.4)],
)
def test_the_smallest_effect_that_a_wave_notices(companies: int, held_out: float, base: float, points: float) -> None:
    assert 100 * smallest_effect(companies, held_out, base) == pytest.approx(points, abs=0.6)


def test_without_a_hold_out_nothing_is_noticed() -> None:
    assert smallest_effect(400, 0.0, 0.4) == smallest_effect(0, 0.3, 0.4) == float("inf")


def test_arms_out_of_their_ratio_are_suspect() -> None:
    suspect = [held for held in range(401) if ratio_chance(400 - held, held, 0.3) < SUSPECT]
    assert suspect == [*range(90), *range(151, 401)]
    assert ratio_chance(0, 0, 0.3) == 1


# --- what it showed ---------------------------------------------------------------------------------------------------


def test_newcombe_s_own_examples() -> None:
    """Method 10 of his table II: 56/70 less 48/80, and 9/10 less 3/10."""
    found = effect(Arm(70, 56), Arm(80, 48), 1.959964)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    found = effect(Arm(10, 9), Arm(10, 3), 1.959964)
    assert (found.low, found.high) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@given(arms(), arms(), st.floats(1.0, 4.0))
def test_an_interval_holds_its_difference_and_stays_possible(called: Arm, held: Arm, critical: float) -> None:
    found = effect(called, held, critical)
    assert -1 - 1e-9 <= found.low <= found.difference + 1e-9
    assert found.difference - 1e-9 <= found.high <= 1 + 1e-9
    turned = effect(held, called, critical)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))


def test_an_earlier_look_asks_for_more() -> None:
    assert [critical_value(look, 3) for look in (1, 2, 3)] == pytest.approx([3.471, 2.454, 2.004], abs=1e-3)
    assert critical_value(1, 1) == 1.96
    for look, looks in ((0, 3), (4, 3), (1, 6)):
        with pytest.raises(ValueError, match="looks"):
            critical_value(look, looks)


def simulated(lift: float, seed: int) -> tuple[float, float, float]:
    """Programmes of three waves with a look after each: those with an alarm at any look, those whose last interval holds the lift, and those
    with an alarm if each look were taken for the only one.
    """
    random = Random(seed)
    alarms = covered = naive = 0
    for _ in range(SIMULATED):
        called = held = 0
        found, careless = [], []
        for wave in range(1, WAVES + 1):
            called += sum(random.random() < BASE + lift for _ in range(CALLED))
            held += sum(random.random() < BASE for _ in range(HELD))
            known = Arm(CALLED * wave, called), Arm(HELD * wave, held)
            found.append(effect(*known, critical_value(wave, WAVES)))
            careless.append(effect(*known, 1.96).is_shown)
        alarms += any(each.is_shown for each in found)
        covered += found[-1].low <= lift <= found[-1].high
        naive += any(careless)
    return alarms / SIMULATED, covered / SIMULATED, naive / SIMULATED


def test_all_planned_looks_together_raise_five_false_alarms_in_a_hundred() -> None:
    alarms, covered, naive = simulated(0.0, seed=1)
    assert 0.04 <= alarms <= 0.06
    assert 0.94 <= covered <= 0.96
    assert naive > 0.08


def test_an_effect_of_eight_points_is_covered_and_often_seen() -> None:
    alarms, covered, _ = simulated(0.08, seed=2)
    assert 0.94 <= covered <= 0.96
    assert alarms > 0.6


# --- money ------------------------------------------------------------------------------------------------------------


def spending(random: Random, number: int, lift: float) -> list[tuple[float, float]]:
    before = [random.gauss(100, 30) for _ in range(number)]
    return [(0.8 * each + random.gauss(0, 20) + lift, each) for each in before]


def test_a_covariate_narrows_the_interval_by_what_it_explains() -> None:
    random = Random(3)
    called, held = spending(random, 280, 10.0), spending(random, 120, 0.0)
    adjusted, explained = adjusted_effect(called, held, 1.96, random)
    plain, _ = adjusted_effect([(after, 0.0) for after, _ in called], [(after, 0.0) for after, _ in held], 1.96, random)
    assert 0.5 < explained < 0.7
    assert (adjusted.high - adjusted.low) / (plain.high - plain.low) == pytest.approx((1 - explained) ** 0.5, abs=0.1)


def sales(random: Random, number: int, size: float, lift: float) -> list[tuple[float, float]]:
    """Of quiet companies: 40 of 100 order, 20 did not in the year before, and few of them are large. A call brings `lift` more of them back."""
    found = []
    for _ in range(number):
        usual = random.lognormvariate(9, size)
        after = usual * random.lognormvariate(0, 0.8) if random.random() < 0.4 + lift else 0.0
        found.append((after, usual if random.random() < 0.8 else 0.0))
    return found


@pytest.mark.parametrize(
    ("called", "held", "size", "lift"),
    [(60, 30, 0.5, 0.0), (95, 5, 0.5, 0.0), (190, 10, 1.0, 0.0), (190, 10, 1.0, 0.08), (75, 25, 1.5, 0.08)],
    ids=["many held out", "5 of 100", "10 of 200", "10 of 200, an effect", "few large ones, an effect"],
)
def test_the_adjusted_interval_holds_the_lift_as_often_as_it_says(
    called: int, held: int, size: float, lift: float
) -> None:
    """Normal bounds hold it in 77 of 100 waves of which 5 companies of 100 are held out."""
    random, waves, missed, alarms = Random(4), 400, 0, 0
    truth = lift * exp(9 + size * size / 2 + 0.32)
    for _ in range(waves):
        arms = sales(random, called, size, lift), sales(random, held, size, 0.0)
        found, _ = adjusted_effect(*arms, critical_value(1, 1), random)
        missed += not found.low <= truth <= found.high
        alarms += found.low > truth
    assert missed / waves <= 0.08
    assert alarms / waves <= 0.05


def test_a_look_before_the_last_one_has_wider_bounds_of_money() -> None:
    arms = sales(Random(1), 60, 1.0, 0.0), sales(Random(2), 20, 1.0, 0.0)
    first, last = (adjusted_effect(*arms, critical_value(look, 3), Random(3))[0] for look in (1, 3))
    assert first.low < last.low < last.difference < last.high < first.high
    assert (first.high - first.low) / (last.high - last.low) == pytest.approx(3**0.5)


def test_outcomes_that_are_all_the_same_have_no_effect() -> None:
    assert adjusted_effect([(5.0, 1.0)] * 3, [(5.0, 1.0)] * 2, 1.96, Random(1)) == ((0.0, 0.0, 0.0), 0.0)
