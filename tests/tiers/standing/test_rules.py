"""The tier of a day: each rule by example, and by comparison with counting every day by hand."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sales.rules import DayTotals
from chalicelib.tiers.ladders.rules import BEGINNING, NO_STEP, Ladder, LadderStep, PersonalStep
from chalicelib.tiers.standing.rules import (
    Decision,
    Facts,
    ManualTier,
    first_relevant_day,
    known_on,
    months_after,
    path,
    rank,
    year_after,
    year_before,
)
from tests.tiers import by_hand
from tests.tiers.by_hand import BRONZE, FRIDAY, GOLD, LADDER, SILVER, day, grant, kopecks, plus, totals


def decided(
    bought: DayTotals,
    on: int,
    ladders: Sequence[Ladder] = (LADDER,),
    grants: Sequence[ManualTier] = (),
    first_purchase: date | None = None,
) -> Decision:
    return Facts(bought, ladders, grants, first_purchase).decision(day(on))


def tiers(bought: DayTotals, first: int, last: int, **others: object) -> dict[str, list[int]]:
    """The tiers from one day to another, with the first and last day of each, by offset."""
    found: dict[str, list[int]] = {}
    for offset in range(first, last + 1):
        found.setdefault(decided(bought, offset, **others).tier.tier, []).append(offset)  # type: ignore[arg-type]
    return {tier: [days[0], days[-1]] for tier, days in found.items()}


# --- up at once, down with notice -------------------------------------------------------------------------------------


def test_a_tier_is_in_force_on_the_day_that_reaches_it():
    assert tiers(totals({0: 160_000}), -1, 0) == {"": [-1, -1], "silver": [0, 0]}


def test_a_tier_stands_thirty_days_after_the_window_has_left_it():
    """Bought on day 0: in the window up to day 89; below on day 90, held up to day 119."""
    bought = totals({0: 160_000})
    assert tiers(bought, 0, 125) == {"silver": [0, 119], "": [120, 125]}
    held = decided(bought, 100)
    assert (held.step, held.tier.tier, held.reached_on, held.held_until) == (NO_STEP, "silver", day(89), day(119))


def test_a_held_step_falls_to_one_that_is_held_itself():
    bought = totals({0: 100_000, 20: 60_000})
    assert tiers(bought, 0, 145) == {"bronze": [0, 139], "silver": [20, 119], "": [140, 145]}


def test_reaching_a_step_again_ends_its_hold():
    bought = totals({0: 160_000, 100: 160_000})
    assert tiers(bought, 0, 225) == {"silver": [0, 219], "": [220, 225]}


def test_a_return_of_today_takes_no_tier_at_once():
    """It counts on the day of its sale, and only from its own day on."""
    bought = totals({0: 160_000}, {(0, 40): -20_000})
    assert decided(bought, 39).window_sum == 160_000
    assert decided(bought, 40).window_sum == 140_000
    assert tiers(bought, 0, 125) == {"silver": [0, 69], "bronze": [70, 119], "": [120, 125]}


def test_a_correction_takes_effect_from_the_beginning():
    assert tiers(totals({0: 140_000}), 0, 5) == {"bronze": [0, 5]}


def test_of_equal_discounts_the_latest_counts():
    renamed = LADDER._replace(
        version="2026-2", valid_from=day(10), steps=(BRONZE, SILVER._replace(tier="argent"), GOLD)
    )
    assert tiers(totals({0: 160_000}), 0, 20, ladders=(LADDER, renamed)) == {"silver": [0, 9], "argent": [10, 20]}


def literal_tier(bought: DayTotals, on: date) -> LadderStep:
    """The rule as one might read it: a step is held, and then the tier falls to what the window of that very day gives."""
    tier, below = NO_STEP, 0
    for offset in range(-60, (on - FRIDAY).days + 1):
        given_now = by_hand.step_on(bought, [LADDER], None, day(offset))
        below = below + 1 if rank(given_now) < rank(tier) else 0
        if not below or below > LADDER.hold_days:
            tier, below = given_now, 0
    return tier


def test_falling_straight_to_the_step_of_the_window_would_punish_whoever_bought_more():
    """Why a step below is held as well: with 250,000 more, the literal rule has no tier on day 91, and without them silver."""
    less, more = totals({0: 150_000}), totals({-29: 250_000, 0: 150_000})
    assert literal_tier(less, day(91)).tier == "silver"
    assert literal_tier(more, day(91)).tier == ""
    assert decided(less, 91).tier.tier == decided(more, 91).tier.tier == "silver"


# --- ladders ----------------------------------------------------------------------------------------------------------


def test_a_new_ladder_that_gives_more_gives_it_at_once_and_one_that_gives_less_after_the_hold():
    cheaper = LADDER._replace(version="2", valid_from=day(10), steps=(BRONZE._replace(from_sum=Decimal(10_000)),))
    assert tiers(totals({0: 20_000}), 0, 12, ladders=(LADDER, cheaper)) == {"": [0, 9], "bronze": [10, 12]}
    dearer = LADDER._replace(version="2", valid_from=day(10), steps=(BRONZE._replace(from_sum=Decimal(90_000)),))
    assert tiers(totals({0: 60_000}), 0, 45, ladders=(LADDER, dearer)) == {"bronze": [0, 39], "": [40, 45]}


def test_the_hold_is_that_of_the_ladder_in_force():
    shorter = LADDER._replace(version="2", valid_from=day(95), hold_days=7)
    assert tiers(totals({0: 60_000}), 80, 130, ladders=(LADDER, shorter)) == {"bronze": [80, 96], "": [97, 130]}


def test_the_steps_are_those_of_the_season():
    winter = tuple(step._replace(from_sum=step.from_sum / 10) for step in LADDER.steps)
    seasonal = LADDER._replace(off_season_steps=winter, season=((12, 1), (12, 31)), hold_days=2)
    bought = totals({0: 6_000})
    assert tiers(bought, 0, 50, ladders=[seasonal]) == {"bronze": [0, 50], "": [13, 41]}
    assert decided(bought, 13, [seasonal]).tier == NO_STEP
    assert decided(bought, 12, [seasonal]).reached_on == day(10)  # the 30th of November


PERSONAL = LADDER._replace(personal=PersonalStep(Decimal(30_000), tuple(Decimal(n) / 10 for n in range(1, 13)), 18))


def test_the_first_step_of_a_company_of_eighteen_months_is_its_own_last_year():
    """November of last year 40,000, times the coefficient of November, 1.1: 44,000."""
    bought = totals({-365: 40_000, 0: 44_000})
    made = decided(bought, 0, [PERSONAL], first_purchase=day(-600))
    assert (made.last_year, made.steps[0].from_sum, made.tier.tier) == (40_000, 44_000, "bronze")
    young = decided(bought, 0, [PERSONAL], first_purchase=day(-365))
    assert (young.last_year, young.steps[0].from_sum, young.tier.tier) == (None, 50_000, "")


@pytest.mark.parametrize(("last_year", "first_step"), [(1_000, 30_000), (-5_000, 30_000), (900_000, 150_000)])
def test_the_personal_first_step_is_between_the_floor_and_the_second_step(last_year: int, first_step: int):
    made = decided(totals({-365: last_year}), 0, [PERSONAL], first_purchase=day(-600))
    assert made.steps[0].from_sum == first_step


def test_the_first_step_becomes_personal_on_the_day_that_makes_the_months_full():
    bought = totals({-365: 40_000})
    first = months_after(date(2025, 5, 21), 18)
    assert first == day(1)
    shown = [decided(bought, offset, [PERSONAL], first_purchase=date(2025, 5, 21)).last_year for offset in (0, 1)]
    assert shown == [None, 40_000]


# --- manual tiers -----------------------------------------------------------------------------------------------------


def test_a_manual_tier_holds_from_its_first_to_its_last_day_without_a_hold():
    assert tiers(totals({}), 0, 20, grants=[grant("gold", 5, 9)]) == {"": [0, 20], "gold": [5, 9]}
    made = decided(totals({}), 5, grants=[grant("gold", 5, 9)])
    assert (made.tier.discount_percent, made.reached_on, made.held_until) == (7, None, None)
    assert made.grant is not None


def test_a_withdrawn_manual_tier_holds_no_more_from_that_day_on():
    assert tiers(totals({}), 0, 20, grants=[grant("gold", 5, 9, withdrawn=7)]) == {"": [0, 20], "gold": [5, 6]}
    assert tiers(totals({}), 0, 20, grants=[grant("gold", 5, 9, withdrawn=3)]) == {"": [0, 20]}


def test_a_manual_tier_never_lowers_what_purchases_give():
    made = decided(totals({0: 160_000}), 3, grants=[grant("bronze", 0, 9), grant("silver", 0, 9)])
    assert (made.tier.tier, made.grant, made.reached_on) == ("silver", None, day(3))


def test_a_manual_tier_that_the_ladder_has_no_more_gives_nothing():
    assert decided(totals({}), 0, grants=[grant("palladium", 0, 9)]).tier == NO_STEP


# --- the calendar's oddities ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "before"),
    [
        (date(2026, 11, 20), date(2025, 11, 20)),
        (date(2028, 2, 29), date(2027, 2, 28)),
        (date(2029, 2, 28), date(2028, 2, 28)),
        (date(2029, 3, 1), date(2028, 3, 1)),
    ],
)
def test_the_year_before(on: date, before: date):
    assert year_before(on) == before


@given(st.dates(date(2019, 1, 1), date(2033, 1, 1)))
def test_the_year_after_is_the_first_day_whose_year_before_is_no_earlier(on: date):
    after = year_after(on)
    assert year_before(after) >= on > year_before(after - timedelta(days=1))


@pytest.mark.parametrize(
    ("first", "months", "full"),
    [
        (date(2025, 5, 20), 18, date(2026, 11, 20)),
        (date(2025, 8, 31), 18, date(2027, 2, 28)),
        (date(2026, 8, 31), 18, date(2028, 2, 29)),
        (date(2025, 12, 31), 12, date(2026, 12, 31)),
        (date(2025, 11, 30), 1, date(2025, 12, 30)),
    ],
)
def test_months_are_full_on_the_same_day_or_the_months_last(first: date, months: int, full: date):
    assert months_after(first, months) == full


# --- by counting every day --------------------------------------------------------------------------------------------

FIRST, LAST = day(-5), day(22)


@given(by_hand.bought(), by_hand.ladders(), by_hand.grants, by_hand.first_purchases)
def test_the_path_is_what_counting_every_day_gives(bought, ladders, grants, first_purchase):
    for made in path(bought, ladders, grants, first_purchase, FIRST, LAST):
        ladder = made.ladder
        assert made.window_sum == by_hand.window_sum(bought, ladder, made.day)
        assert made.steps == by_hand.steps_on(bought, ladder, first_purchase, made.day)
        assert made.step == by_hand.step_on(bought, ladders, first_purchase, made.day)
        assert rank(made.tier) == rank(by_hand.tier_on(bought, ladders, grants, first_purchase, made.day))
        if made.reached_on:
            assert made.day - timedelta(ladder.hold_days) <= made.reached_on <= made.day
            assert by_hand.step_on(bought, ladders, first_purchase, made.reached_on) == made.tier


@given(by_hand.bought(), by_hand.ladders(), by_hand.grants, by_hand.first_purchases)
def test_the_timeline_is_the_path_without_what_stays_the_same(bought, ladders, grants, first_purchase):
    facts = Facts(bought, ladders, grants, first_purchase)
    timeline = facts.timeline(FIRST, LAST)
    expected = []
    for made in facts.path(FIRST, LAST):
        shown = (made.tier.tier, made.tier.discount_percent)
        if not expected or expected[-1][1] != shown:
            expected.append((made.day, shown))
    assert [(spell.first, (spell.step.tier, spell.step.discount_percent)) for spell in timeline] == expected


@given(by_hand.bought(), by_hand.ladders(), by_hand.grants, by_hand.first_purchases)
def test_nothing_from_before_the_days_that_bear_on_it_moves_a_tier(bought, ladders, grants, first_purchase):
    first = first_relevant_day(ladders, FIRST)
    enough = DayTotals(
        {on: amount for on, amount in bought.net.items() if on >= first},
        {on: amount for on, amount in bought.returned.items() if on[0] >= first},
    )
    assert list(path(enough, ladders, grants, first_purchase, FIRST, LAST)) == list(
        path(bought, ladders, grants, first_purchase, FIRST, LAST)
    )


@given(by_hand.bought(), by_hand.ladders(personal=False), by_hand.grants, st.integers(-35, 25).map(day), kopecks)
def test_more_purchases_never_give_a_lower_tier(bought, ladders, grants, on, amount):
    """But for a personal first step, which asks more this year of whoever bought more last year."""
    more = plus(bought, on, abs(amount))
    both = zip(
        path(bought, ladders, grants, None, FIRST, LAST), path(more, ladders, grants, None, FIRST, LAST), strict=True
    )
    for without, with_it in both:
        assert rank(with_it.tier) >= rank(without.tier)


@given(by_hand.bought(), by_hand.ladders(personal=False), st.integers(-20, 10), st.integers(15, 30), kopecks)
def test_a_return_respects_the_hold(bought, ladders, counted, later, amount):
    """Until it takes effect nothing is another; what the eve of its day reached stands for the whole hold."""
    effect = counted + later
    returned = {**bought.returned, (day(counted), day(effect)): -abs(amount)}
    back = plus(bought, day(counted), -abs(amount))._replace(returned=returned)
    ladders = [ladder._replace(hold_days=5) for ladder in ladders]
    reached = by_hand.step_on(bought, ladders, None, day(effect - 1))
    for made in path(back, ladders, (), None, FIRST, LAST):
        if made.day < day(effect):
            assert rank(made.tier) == rank(by_hand.tier_on(bought, ladders, (), None, made.day))
        elif made.day < day(effect + 5):
            assert rank(made.tier) >= rank(reached)


@given(by_hand.bought(), by_hand.ladders(personal=False), st.integers(-20, 10), st.integers(0, 14), kopecks)
def test_a_return_within_14_days_is_as_if_less_had_been_bought(bought, ladders, counted, later, amount):
    less = plus(bought, day(counted), -abs(amount))
    back = less._replace(returned={**bought.returned, (day(counted), day(counted + later)): -abs(amount)})
    for with_return, without in zip(
        path(back, ladders, (), None, FIRST, LAST), path(less, ladders, (), None, FIRST, LAST), strict=True
    ):
        assert (with_return.window_sum, with_return.tier) == (without.window_sum, without.tier)


@given(by_hand.bought(), st.integers(-10, 20).map(day))
def test_what_was_known_on_a_day_gives_that_day_and_those_before_it_the_same_sums(bought, on):
    then = known_on(bought, on)
    assert max(then.net, default=on) <= on
    for back in range(15):
        each = on - timedelta(back)
        assert by_hand.sum_on(then, each - timedelta(7), each, each) == by_hand.sum_on(
            bought, each - timedelta(7), each, each
        )


def test_a_ladder_without_steps_gives_no_tier():
    nothing = Ladder("ldr_0", "1", "XTS", BEGINNING, 90, 30, (14, 3), ())
    assert decided(totals({0: 1_000_000}), 0, [nothing]).tier == NO_STEP
