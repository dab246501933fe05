"""Ladders: which steps are a day's, whose first step is a company's own."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.context import Context
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.rules import (
    BEGINNING,
    NO_STEP,
    Ladder,
    LadderStep,
    LadderSteps,
    PersonalStep,
    ladder_on,
    step_of,
    steps_for,
)
from chalicelib.tiers.ladders.store import ladders_of

NAMES = ("bronze", "silver", "gold", "platinum", "diamond")
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
SUMS = st.decimals(Decimal("0.01"), Decimal(2_000_000), places=2)
TURNOVERS = st.decimals(Decimal(-1_000_000), Decimal(5_000_000), places=2)  # returns may outweigh purchases
MONTH_DAYS = DAYS.map(lambda day: (day.month, day.day))


@st.composite
def steps(draw: st.DrawFn) -> LadderSteps:
    """3 to 5 steps whose sums and discounts rise."""
    count = draw(st.integers(3, 5))
    sums = sorted(draw(st.sets(SUMS, min_size=count, max_size=count)))
    percents = sorted(draw(st.sets(st.integers(0, 99), min_size=count, max_size=count)))
    return tuple(
        LadderStep(name, from_sum, Decimal(percent), name.title(), name.upper())
        for name, from_sum, percent in zip(NAMES, sums, percents, strict=False)
    )


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    """Any ladder that the club can have: with and without seasons, with and without a personal first step."""
    all_year, off_season = draw(steps()), draw(st.none() | steps())
    most = min(each[1].from_sum for each in (all_year, off_season) if each)
    coefficients = st.lists(st.decimals("0.01", 10, places=2), min_size=12, max_size=12).map(tuple)
    personal = st.builds(lambda *step: PersonalStep(*step), st.decimals("0.01", most, places=2), coefficients)
    return Ladder(
        ladder_id="ldr_1",
        version="2026-1",
        currency="RUB",
        valid_from=draw(DAYS),
        window_days=draw(st.integers(1, 366)),
        hold_days=draw(st.integers(0, 60)),
        warning_days=(14, 3),
        steps=all_year,
        off_season_steps=off_season,
        season=draw(st.tuples(MONTH_DAYS, MONTH_DAYS)) if off_season else None,
        personal=draw(st.none() | personal),
        activated_at=draw(st.none() | st.just("2026-11-20T09:00:00.000Z")),
    )


PLAIN = Ladder(
    ladder_id="ldr_1",
    version="2026-1",
    currency="RUB",
    valid_from=BEGINNING,
    window_days=90,
    hold_days=30,
    warning_days=(14, 3),
    steps=(
        LadderStep("bronze", Decimal(50_000), Decimal(3)),
        LadderStep("silver", Decimal(150_000), Decimal(5)),
        LadderStep("gold", Decimal(400_000), Decimal(7)),
    ),
)
SPRING = Decimal("0.8"), Decimal(1), Decimal("1.25"), *[Decimal(1)] * 9
OWN = PLAIN._replace(personal=PersonalStep(Decimal(30_000), SPRING))
HIGHER = tuple(step._replace(from_sum=step.from_sum * 2) for step in PLAIN.steps)

# --- which ladder, which season -----------------------------------------------------------------------------------------


def test_a_ladder_is_in_force_from_its_day_to_the_eve_of_the_next() -> None:
    several = [PLAIN, *(PLAIN._replace(valid_from=date(2026, month, 1)) for month in (3, 6))]
    assert ladder_on(several, date(2026, 2, 28)) is several[0]
    assert ladder_on(several, date(2026, 3, 1)) is several[1]
    assert ladder_on(several, date(2026, 5, 31)) is several[1]
    assert ladder_on(several, date(2030, 1, 1)) is several[2]


def test_before_the_first_ladder_the_first_one_counts() -> None:
    assert ladder_on([PLAIN._replace(valid_from=date(2026, 1, 1))], date(2025, 1, 1)).version == PLAIN.version


@pytest.mark.parametrize(
    ("season", "inside", "outside"),
    [
        (((4, 1), (9, 30)), [(4, 1), (7, 15), (9, 30)], [(3, 31), (10, 1), (12, 31)]),
        (((11, 1), (2, 29)), [(11, 1), (12, 31), (1, 1), (2, 29)], [(10, 31), (3, 1)]),
        (((5, 5), (5, 5)), [(5, 5)], [(5, 4), (5, 6)]),
    ],
)
def test_each_season_has_its_steps(
    season: tuple[tuple[int, int], tuple[int, int]], inside: list[tuple[int, int]], outside: list[tuple[int, int]]
) -> None:
    ladder = PLAIN._replace(steps=HIGHER, off_season_steps=PLAIN.steps, season=season)
    assert {ladder.steps_on(date(2028, *day)) for day in inside} == {HIGHER}
    assert {ladder.steps_on(date(2028, *day)) for day in outside} == {PLAIN.steps}


# --- the personal first step --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last_year", "day", "from_sum"),
    [
        ("60000", date(2026, 2, 1), "60000.00"),
        ("60000", date(2026, 1, 31), "48000.00"),  # × 0.8
        ("60000", date(2026, 3, 1), "75000.00"),  # × 1.25
        ("40000.02", date(2026, 3, 1), "50000.03"),  # 50000.025: halves go up
        ("1000", date(2026, 2, 1), "30000"),  # the floor
        ("-5000", date(2026, 2, 1), "30000"),
        ("900000", date(2026, 2, 1), "150000"),  # the second step
    ],
)
def test_the_first_step_is_last_year_times_the_month_between_floor_and_second_step(
    last_year: str, day: date, from_sum: str
) -> None:
    first, *others = steps_for(OWN, day, Decimal(last_year))
    assert first == OWN.steps[0]._replace(from_sum=Decimal(from_sum))
    assert tuple(others) == OWN.steps[1:]


def test_without_a_last_year_the_first_step_is_everybodys() -> None:
    assert steps_for(OWN, date(2026, 1, 1), None) is OWN.steps
    assert steps_for(PLAIN, date(2026, 1, 1), Decimal(1)) is PLAIN.steps


@given(ladders(), DAYS, st.none() | TURNOVERS)
def test_the_first_step_never_falls_below_the_floor_and_the_order_of_steps_is_kept(
    ladder: Ladder, day: date, last_year: Decimal | None
) -> None:
    common, own = ladder.steps_on(day), steps_for(ladder, day, last_year)
    assert own[1:] == common[1:]
    assert own[0]._replace(from_sum=common[0].from_sum) == common[0]
    if ladder.personal is None or last_year is None:
        assert own == common
    else:
        assert ladder.personal.floor <= own[0].from_sum <= own[1].from_sum
    sums = [step.from_sum for step in own]
    assert sums == sorted(sums)


@given(ladders(), DAYS, TURNOVERS, TURNOVERS)
def test_who_bought_less_last_year_has_no_higher_first_step(
    ladder: Ladder, day: date, one: Decimal, other: Decimal
) -> None:
    less, more = sorted((one, other))
    assert steps_for(ladder, day, less)[0].from_sum <= steps_for(ladder, day, more)[0].from_sum


# --- which step ---------------------------------------------------------------------------------------------------------


@given(steps(), TURNOVERS)
def test_the_step_is_the_highest_whose_sum_is_reached(given_steps: LadderSteps, reached: Decimal) -> None:
    wanted = [step for step in given_steps if step.from_sum <= reached]
    assert step_of(reached, given_steps) == (wanted[-1] if wanted else NO_STEP)


@given(steps(), TURNOVERS, TURNOVERS)
def test_more_purchases_never_give_less(given_steps: LadderSteps, one: Decimal, other: Decimal) -> None:
    less, more = sorted((one, other))
    assert step_of(less, given_steps).discount_percent <= step_of(more, given_steps).discount_percent


# --- as facts -----------------------------------------------------------------------------------------------------------


@given(ladders())
def test_a_ladder_is_the_same_after_it_was_kept(ladder: Ladder) -> None:
    assert Ladder.from_fact(ladder.as_fact()) == ladder


def test_until_a_ladder_is_stored_the_figures_of_the_club_count_from_the_beginning(context: Context) -> None:
    (founding,) = ladders_of(context, "RUB")
    assert (founding.valid_from, founding.version) == (BEGINNING, context.config[Tiers].version)
    assert (founding.hold_days, founding.warning_days) == (30, (14, 3))
    assert [step.tier for step in founding.steps] == ["bronze", "silver", "gold", "platinum"]
    assert founding.steps[0] == LadderStep("bronze", Decimal(50_000), Decimal(3), "Bronze", "Бронза")


def test_a_currency_without_a_ladder_has_one_without_steps(context: Context) -> None:
    (empty,) = ladders_of(context, "USD")
    assert empty.steps == ()
    assert step_of(Decimal(10**9), steps_for(empty, date(2026, 1, 1), None)) == NO_STEP


def test_the_ladders_are_read_once_per_work(context: Context) -> None:
    assert ladders_of(context, "RUB") is ladders_of(context, "RUB")
    assert not replace(context).memo
