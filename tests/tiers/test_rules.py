"""Tiers from purchases by day: each rule by example, and by comparison with counting every day by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.tiers.outlook import (
    NO_STEP,
    Days,
    Ladder,
    Outlook,
    Standing,
    Step,
    decided,
    fall_outs,
    missing,
    next_due,
    next_step,
    step_of,
    tonight,
    window,
    window_sum,
)

FRIDAY = date(2026, 11, 20)
KOPECK = Decimal("0.01")


def day(offset: int) -> date:
    return FRIDAY + timedelta(days=offset)


BRONZE = Step("bronze", Decimal(50_000), Decimal(3))
SILVER = Step("silver", Decimal(150_000), Decimal(5))
GOLD = Step("gold", Decimal(400_000), Decimal(7))
LADDER = Ladder("2026-1", 90, (BRONZE, SILVER, GOLD))


def stands(days: dict[int, int | str], tier: str = "", ladder: Ladder = LADDER) -> Standing:
    """A standing on the Friday; purchases by offset from it."""
    return Standing(
        "co_1", "RUB", ladder, FRIDAY, {day(offset): Decimal(sum_) for offset, sum_ in days.items()}, tier=tier
    )


# --- by example -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reached", "step"),
    [
        ("-1", NO_STEP),
        ("0", NO_STEP),
        ("49999.99", NO_STEP),
        ("50000", BRONZE),
        ("149999.99", BRONZE),
        ("150000.00", SILVER),
        ("400000", GOLD),
        ("99999999", GOLD),
    ],
)
def test_a_step_is_reached_by_its_own_sum_and_the_last_one_is_open(reached: str, step: Step):
    assert step_of(Decimal(reached), LADDER) == step


def test_the_window_holds_ninety_days_with_this_one():
    assert window(FRIDAY, 90) == (date(2026, 8, 23), FRIDAY)
    assert window(FRIDAY, 1) == (FRIDAY, FRIDAY)


def test_a_purchase_counts_from_its_own_day_for_as_long_as_the_window():
    bought = {FRIDAY: Decimal(100)}
    counted = [offset for offset in range(-5, 95) if window_sum(bought, day(offset), 90)]
    assert counted == list(range(90))


def test_what_is_dated_ahead_does_not_count_before_its_day():
    assert stands({0: 100, 1: 7}).window_sum == 100


def test_a_return_lowers_the_sum_of_the_day_of_its_sale():
    assert stands({-10: -400, -3: 1000}).window_sum == 600


def test_above_the_last_step_nothing_is_missing():
    assert stands({0: 400_000}).next_step is None
    assert stands({0: 400_000}).missing is None


def test_the_missing_sum_is_exact_to_the_kopeck():
    standing = stands({0: "49999.99"})
    assert standing.next_step == BRONZE
    assert standing.missing == Decimal("0.01")


def test_a_fraction_of_a_kopeck_is_missing_as_a_whole_one():
    assert missing(Decimal("49999.995"), BRONZE) == Decimal("0.01")


def test_a_first_decision_puts_the_tier_of_the_window_in_force():
    standing = decided(stands({0: 160_000}))
    assert (standing.tier, standing.discount_percent) == ("silver", 5)
    assert (standing.since, standing.decided_on, standing.ladder_version) == (FRIDAY, FRIDAY, "2026-1")


def test_a_tier_that_stays_keeps_its_first_day_and_takes_the_ladders_new_discount():
    before = replace(decided(stands({0: 160_000})), since=day(-40), as_of=day(1))
    dearer = replace(LADDER, version="2026-2", steps=(BRONZE, replace(SILVER, discount_percent=Decimal(6)), GOLD))
    after = decided(replace(before, ladder=dearer))
    assert (after.tier, after.since, after.discount_percent) == ("silver", day(-40), 6)
    assert (after.decided_on, after.ladder_version) == (day(1), "2026-2")


def test_the_discount_in_force_is_the_one_that_was_decided():
    """A changed ladder changes nobody's price before the night."""
    before = decided(stands({0: 160_000}))
    assert replace(before, ladder=Ladder("2026-2", 90, ())).discount_percent == 5


def test_due_today_if_the_window_already_gives_another_tier():
    assert next_due(stands({0: 160_000}, tier="bronze")) == FRIDAY


def test_due_on_the_day_on_which_too_much_has_left():
    assert next_due(stands({-80: 30_000, -20: 140_000}, tier="silver")) == day(10)


def test_due_on_the_day_of_a_purchase_dated_ahead():
    assert next_due(stands({0: 60_000, 5: 100_000}, tier="bronze")) == day(5)


def test_due_on_the_day_on_which_a_return_leaves():
    """The sale that was returned is older than the window, so the sum rises as its return goes."""
    assert next_due(stands({-89: -20_000, -10: 60_000}, tier="")) == day(1)


def test_never_due_without_purchases():
    assert next_due(stands({})) is None
    assert next_due(stands({-3: 100})) is None


def test_nothing_changes_tonight_while_the_window_gives_the_tier_in_force():
    assert tonight(stands({-20: 160_000}, tier="silver")) is None


def test_tonight_tells_the_tier_that_the_window_gives_by_then():
    assert tonight(stands({0: 160_000}, tier="bronze")) == Outlook(day(1), Decimal(0), Decimal(160_000), SILVER, None)
    falling = tonight(stands({-89: 120_000, 0: 60_000}, tier="silver"))
    assert falling == Outlook(day(1), Decimal(120_000), Decimal(60_000), BRONZE, Decimal(90_000))


def test_the_calendar_tells_what_leaves_what_follows_and_what_keeps():
    standing = stands({-89: 100_000, -60: 40_000, -30: 60_000}, tier="silver")
    assert list(fall_outs(standing, 90)) == [
        Outlook(day(1), Decimal(100_000), Decimal(100_000), BRONZE, Decimal(50_000)),
        Outlook(day(30), Decimal(40_000), Decimal(60_000), BRONZE, Decimal(90_000)),
        Outlook(day(60), Decimal(60_000), Decimal(0), NO_STEP, Decimal(150_000)),
    ]


def test_the_calendar_ends_at_its_horizon_and_counts_what_was_dated_ahead():
    standing = stands({-60: 160_000, 10: 20_000}, tier="silver")
    assert list(fall_outs(standing, 90)) == [
        Outlook(day(30), Decimal(160_000), Decimal(20_000), NO_STEP, Decimal(130_000))
    ]
    assert [each.day for each in fall_outs(standing, 100)] == [day(30), day(100)]


def test_no_order_keeps_a_tier_that_the_ladder_has_no_more():
    (leaving,) = fall_outs(stands({-30: 160_000}, tier="palladium"), 90)
    assert leaving.order_to_keep is None


# --- by counting every day ------------------------------------------------------------------------------------------

kopecks = st.integers(-50_000_00, 200_000_00).map(lambda number: Decimal(number).scaleb(-2))


@st.composite
def ladders(draw: st.DrawFn) -> Ladder:
    sums = draw(st.lists(st.integers(1, 400_000_00), min_size=3, max_size=5, unique=True))
    steps = (
        Step(f"step{number}", Decimal(sum_).scaleb(-2), Decimal(number)) for number, sum_ in enumerate(sorted(sums))
    )
    return Ladder("1", draw(st.sampled_from([2, 7, 30])), tuple(steps))


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    ladder = draw(ladders())
    reach = 2 * ladder.window_days
    days = draw(st.dictionaries(st.integers(-reach, reach).map(day), kopecks, max_size=25))
    tier = draw(st.sampled_from(["", *(step.tier for step in ladder.steps)]))
    return Standing("co_1", "RUB", ladder, FRIDAY, days, tier=tier)


def sum_by_hand(days: Days, as_of: date, ladder: Ladder) -> Decimal:
    return sum((days.get(as_of - timedelta(days=back), Decimal(0)) for back in range(ladder.window_days)), Decimal(0))


def step_by_hand(days: Days, as_of: date, ladder: Ladder) -> Step:
    return max(
        (step for step in ladder.steps if sum_by_hand(days, as_of, ladder) >= step.from_sum),
        key=lambda step: step.from_sum,
        default=NO_STEP,
    )


def with_purchase(standing: Standing, on: date, amount: Decimal) -> Days:
    return {**standing.days, on: standing.days.get(on, Decimal(0)) + amount}


@given(standings())
def test_the_window_sum_is_the_sum_of_its_days(standing: Standing):
    assert standing.window_sum == sum_by_hand(standing.days, standing.as_of, standing.ladder)
    assert standing.step == step_by_hand(standing.days, standing.as_of, standing.ladder)


@given(ladders(), kopecks, kopecks)
def test_a_higher_sum_never_gives_a_lower_step(ladder: Ladder, one: Decimal, other: Decimal):
    lower, higher = sorted([one, other])
    assert step_of(lower, ladder).from_sum <= step_of(higher, ladder).from_sum


@given(ladders(), kopecks)
def test_the_missing_sum_reaches_the_next_step_and_a_kopeck_less_does_not(ladder: Ladder, reached: Decimal):
    above = next_step(reached, ladder)
    assume(above is not None)
    assert above is not None
    assert step_of(reached + missing(reached, above), ladder) == above
    assert step_of(reached + missing(reached, above) - KOPECK, ladder).from_sum < above.from_sum


@given(standings())
def test_the_calendar_is_what_counting_each_coming_day_gives(standing: Standing):
    ladder = standing.ladder
    by_hand = [
        (then, leaves, sum_by_hand(standing.days, then, ladder), step_by_hand(standing.days, then, ladder))
        for then in (day(ahead) for ahead in range(1, 91))
        if (leaves := standing.days.get(then - timedelta(days=ladder.window_days)))
    ]
    calendar = fall_outs(standing, 90)
    assert [(each.day, each.leaves, each.window_sum, each.step) for each in calendar] == by_hand


@given(standings())
def test_the_decision_is_due_on_the_first_day_that_gives_another_tier(standing: Standing):
    ladder = standing.ladder
    ahead = range(3 * ladder.window_days + 1)  # by then everything has come and gone
    by_hand = (day(each) for each in ahead if step_by_hand(standing.days, day(each), ladder).tier != standing.tier)
    assert next_due(standing) == next(by_hand, None)


@given(standings())
def test_a_decided_standing_is_due_on_a_later_day_or_never(standing: Standing):
    due = next_due(decided(standing))
    assert due is None or due > standing.as_of


@given(standings())
def test_tonight_is_what_the_night_decides(standing: Standing):
    coming = tonight(standing)
    decision = decided(replace(standing, as_of=day(1)))
    assert decision.tier == (coming.step.tier if coming else standing.tier)


@given(standings(), st.data())
def test_the_smallest_order_keeps_the_tier_and_a_kopeck_less_does_not(standing: Standing, data: st.DataObject):
    ladder = standing.ladder
    calendar = [each for each in fall_outs(standing, 90) if each.order_to_keep is not None]
    assume(calendar)
    leaving = data.draw(st.sampled_from(calendar))
    assert leaving.order_to_keep is not None
    kept = standing.kept
    assert kept is not None
    earliest = max(standing.as_of, leaving.day - timedelta(days=ladder.window_days - 1))
    eve = leaving.day - timedelta(days=1)
    on = data.draw(st.dates(earliest, eve))

    enough = with_purchase(standing, on, leaving.order_to_keep)
    assert step_by_hand(enough, leaving.day, ladder) == kept
    short = with_purchase(standing, on, leaving.order_to_keep - KOPECK)
    assert step_by_hand(short, leaving.day, ladder).from_sum < kept.from_sum


@given(standings())
def test_no_order_is_named_where_the_tier_is_kept(standing: Standing):
    kept = standing.kept or NO_STEP
    for leaving in fall_outs(standing, 90):
        if leaving.order_to_keep is None:
            assert leaving.step.from_sum >= kept.from_sum
