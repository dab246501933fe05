"""The standing of a company, and its future if nothing more is bought: by example, and by trying every day and every order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sales.rules import DayTotals
from chalicelib.tiers.ladders.rules import BEGINNING, NO_STEP, Ladder, PersonalStep
from chalicelib.tiers.standing.model import (
    HORIZON_DAYS,
    NOTHING_ANNOUNCED,
    SINCE_DAYS,
    Announcement,
    FallOut,
    SmallestOrder,
    Standing,
    announcement_after,
    change_reason,
    fall_outs,
    is_same_tier,
    known_since,
    missing_sum,
    next_due,
    order_to_keep,
    order_to_lift,
    standing_on_day,
    warning,
)
from chalicelib.tiers.standing.rules import Facts, ManualTier, first_relevant_day, known_on, rank
from tests.tiers import by_hand
from tests.tiers.by_hand import BRONZE, FRIDAY, GOLD, KOPECK, LADDER, SILVER, day, grant, plus, totals


def standing(
    bought: DayTotals,
    today: int = 0,
    ladders: Sequence[Ladder] = (LADDER,),
    grants: Sequence[ManualTier] = (),
    first_purchase: date | None = None,
    known: Announcement = NOTHING_ANNOUNCED,
) -> Standing:
    facts = Facts(bought, ladders, grants, first_purchase)
    return standing_on_day("cmp_1", "RUB", day(today), facts, known)


def code(standing: Standing, offset: int) -> str:
    return standing.tier_on(day(offset)).tier


# --- by example -------------------------------------------------------------------------------------------------------


def test_a_standing_tells_tier_window_and_next_step():
    made = standing(totals({-80: "100000.50", -10: 60_000}))
    assert (made.tier.tier, made.tier.discount_percent, made.window_result.window_sum) == (
        "silver",
        5,
        Decimal("160000.50"),
    )
    assert made.window == (date(2026, 8, 23), FRIDAY)
    assert made.next_step == GOLD


def test_on_the_last_step_there_is_no_next_one_and_no_order_lifts():
    made = standing(totals({0: 400_000}))
    assert (made.next_step, order_to_lift(made, FRIDAY)) == (None, None)


def test_a_tier_is_safe_until_the_eve_of_its_fall():
    """100,000 leave on day 10: the window gives bronze, silver is held up to day 39."""
    made = standing(totals({-80: 100_000, -10: 60_000}))
    assert made.safe_until == day(39)
    assert made.fall is not None
    assert (made.fall.first, made.fall.step.tier) == (day(40), "bronze")
    assert order_to_keep(made, day(40)) == SmallestOrder(Decimal(90_000), day(39))


def test_without_a_tier_nothing_is_safe_and_nothing_falls():
    made = standing(totals({0: 100}))
    assert (made.tier, made.since, made.safe_until, made.fall, order_to_keep(made, day(90))) == (
        NO_STEP,
        None,
        None,
        None,
        None,
    )
    assert order_to_lift(made, FRIDAY) == SmallestOrder(Decimal(49_900), FRIDAY)


def test_a_standing_can_be_read_on_any_later_day():
    made = standing(totals({-80: 100_000, -10: 60_000}))
    later = replace(made, as_of=day(45))
    assert (later.tier.tier, later.since, later.safe_until, later.window_result.window_sum) == (
        "bronze",
        day(40),
        day(109),
        60_000,
    )


def test_since_looks_back_over_a_quarter():
    for ago, since in ((SINCE_DAYS - 1, day(-SINCE_DAYS + 1)), (SINCE_DAYS, None)):
        bought = totals({-ago: 60_000, 0: 60_000})
        assert standing(bought).since == since


def test_since_does_not_begin_anew_where_only_the_discount_of_the_tier_changes():
    dearer = LADDER._replace(
        version="2", valid_from=day(-5), steps=(BRONZE._replace(discount_percent=Decimal(4)), GOLD)
    )
    made = standing(totals({-20: 60_000}), ladders=(LADDER, dearer))
    assert (made.tier.discount_percent, made.since) == (4, day(-20))


def test_the_order_that_keeps_is_smaller_where_the_ladder_of_the_day_asks_for_less():
    """From day 40 on silver begins at 100,000: 40,000 more keep it, though the eve asks for 90,000."""
    cheaper = LADDER._replace(
        version="2", valid_from=day(40), steps=(BRONZE, SILVER._replace(from_sum=Decimal(100_000)), GOLD)
    )
    made = standing(totals({-80: 100_000, -10: 60_000}), ladders=(LADDER, cheaper))
    assert order_to_keep(made, day(40)) == SmallestOrder(Decimal(40_000), day(39))


def test_no_order_keeps_a_tier_that_the_ladder_has_no_more():
    lower = LADDER._replace(version="2", valid_from=day(5), steps=(BRONZE,))
    made = standing(totals({-80: 160_000}), ladders=(LADDER, lower))
    assert made.fall is not None
    assert order_to_keep(made, made.fall.first) is None


def with_silver_at(percent: int, first: int, **gold: Decimal) -> Ladder:
    steps = (BRONZE, SILVER._replace(discount_percent=Decimal(percent)), GOLD._replace(**gold))
    return LADDER._replace(version="2", valid_from=day(first), steps=steps)


def test_no_order_keeps_the_discount_of_a_tier_that_gives_less_from_a_day_on():
    """Silver gives 4 % from day 5 on; the 5 % of day 4 are held up to day 34. To reach gold would be another thing."""
    made = standing(totals({-20: 160_000}), ladders=(LADDER, with_silver_at(4, 5)))
    assert made.fall is not None
    assert (made.fall.first, made.fall.step.tier, made.fall.step.discount_percent) == (day(35), "silver", 4)
    assert order_to_keep(made, day(35)) is None
    found = warning(replace(made, as_of=day(21)))
    assert found is not None
    assert (found.falls_to.tier, found.falls_to.discount_percent, found.to_keep) == ("silver", 4, None)


def test_no_order_keeps_a_tier_that_gives_less_when_it_falls():
    """Bronze follows on day 40, under a ladder whose silver gives 4 %: only gold gives as much as silver did."""
    made = standing(totals({-80: 100_000, -10: 60_000}), ladders=(LADDER, with_silver_at(4, 10)))
    assert code(made, 40) == "bronze"
    assert order_to_keep(made, day(40)) is None
    assert {each.to_keep for each in fall_outs(made, 90)} == {None}


def test_a_tier_that_gives_more_when_it_falls_can_be_kept():
    made = standing(totals({-80: 100_000, -10: 60_000}), ladders=(LADDER, with_silver_at(6, 35)))
    assert order_to_keep(made, day(40)) == SmallestOrder(Decimal(90_000), day(39))


def test_an_order_for_a_tier_of_another_name_and_the_same_discount_keeps_it():
    renamed = LADDER._replace(version="2", valid_from=day(20), steps=(BRONZE, SILVER._replace(tier="argent"), GOLD))
    made = standing(totals({-80: 100_000, -10: 60_000}), ladders=(LADDER, renamed))
    assert order_to_keep(made, day(40)) == SmallestOrder(Decimal(90_000), day(39))


def test_a_fraction_of_a_kopeck_is_missing_as_a_whole_one():
    assert missing_sum(Decimal("49999.995"), BRONZE) == KOPECK


def test_the_calendar_tells_what_leaves_what_that_gives_what_is_in_force_and_what_keeps_and_lifts():
    made = standing(totals({-89: 100_000, -60: 40_000, -30: 60_000}))
    assert list(fall_outs(made, 90)) == [
        FallOut(
            day(1), Decimal(100_000), Decimal(100_000), BRONZE, made.tier, None, SmallestOrder(Decimal(200_000), day(0))
        ),
        FallOut(
            day(30), Decimal(40_000), Decimal(60_000), BRONZE, made.tier, None, SmallestOrder(Decimal(300_000), day(29))
        ),
        FallOut(
            day(60),
            Decimal(60_000),
            Decimal(0),
            NO_STEP,
            made.tier_on(day(60)),
            SmallestOrder(Decimal(90_000), day(59)),
            SmallestOrder(Decimal(340_000), day(59)),
        ),
    ]
    assert (made.tier.tier, code(made, 60)) == ("silver", "bronze")


def test_a_shorter_window_lets_many_days_go_at_once():
    shorter = LADDER._replace(version="2", valid_from=day(5), window_days=30)
    made = standing(totals({-80: 10_000, -50: 20_000, -26: 40_000, -10: 60_000}), ladders=(LADDER, shorter))
    assert [(each.day, each.leaves) for each in fall_outs(made, 90)] == [(day(5), 70_000), (day(20), 60_000)]


def test_a_longer_window_lets_nothing_go():
    longer = LADDER._replace(version="2", valid_from=day(5), window_days=120)
    made = standing(totals({-100: 10_000, -10: 60_000}), ladders=(LADDER, longer))
    assert [(each.day, each.leaves) for each in fall_outs(made, 200)] == [(day(20), 10_000), (day(110), 60_000)]


# --- warnings ---------------------------------------------------------------------------------------------------------


def warned_on(offset: int, known: Announcement = NOTHING_ANNOUNCED) -> tuple[int, int] | None:
    """The distance of the warning that this day brings, and the days left."""
    found = warning(replace(standing(totals({-80: 100_000, -10: 60_000})), as_of=day(offset), announced=known))
    return (found.stage, found.days_left) if found else None


@pytest.mark.parametrize(
    ("offset", "found"), [(25, None), (26, (14, 14)), (30, (14, 10)), (37, (3, 3)), (39, (3, 1)), (40, None)]
)
def test_a_fall_is_warned_of_at_the_nearest_distance_that_is_left(offset: int, found: tuple[int, int] | None):
    assert warned_on(offset) == found


def test_each_distance_is_used_once_for_a_fall():
    assert warned_on(30, Announcement(warned={day(40): 14})) is None
    assert warned_on(37, Announcement(warned={day(40): 14})) == (3, 3)
    assert warned_on(38, Announcement(warned={day(40): 3})) is None
    assert warned_on(37, Announcement(warned={day(41): 3})) == (3, 3)


def test_a_warning_names_the_fall_and_the_order_that_averts_it():
    found = warning(replace(standing(totals({-80: 100_000, -10: 60_000})), as_of=day(26)))
    assert found is not None
    assert (found.falls_on, found.falls_to.tier, found.to_keep) == (
        day(40),
        "bronze",
        SmallestOrder(Decimal(90_000), day(39)),
    )


def test_what_was_told_is_remembered_as_long_as_the_fall_is_ahead():
    made = replace(standing(totals({-80: 100_000, -10: 60_000})), as_of=day(37))
    known = announcement_after(replace(made, announced=Announcement(NO_STEP, {day(37): 3, day(60): 14})), warning(made))
    assert known == Announcement(made.tier, {day(60): 14, day(40): 3})


@pytest.mark.parametrize(
    ("bought", "as_of", "due"),
    [
        ({-80: 100_000, -10: 60_000}, 0, 26),  # two weeks before the fall of day 40
        ({-80: 100_000, -10: 60_000}, 26, 37),
        ({-80: 100_000, -10: 60_000}, 37, 40),
        ({-80: 100_000, -10: 60_000}, 40, 96),  # two weeks before bronze falls on day 110
        ({0: 60_000, 5: 100_000}, 0, 5),  # dated ahead
        ({-89: -20_000, -10: 60_000}, 0, 1),  # a return leaves, of a sale that is older than the window
        ({-3: 100}, 0, None),
        ({}, 0, None),
        ({HORIZON_DAYS + 9: 60_000}, 0, HORIZON_DAYS),
    ],
)
def test_a_standing_is_due_on_the_next_day_that_has_something_to_tell(
    bought: dict[int, int | str], as_of: int, due: int | None
):
    made = replace(standing(totals(bought)), as_of=day(as_of))
    assert next_due(made) == (None if due is None else day(due))


# --- why a tier changed -----------------------------------------------------------------------------------------------


def why(
    before: Standing | None,
    bought: DayTotals,
    today: int,
    ladders: Sequence[Ladder] = (LADDER,),
    grants: Sequence[ManualTier] = (),
) -> str:
    known = Announcement(before.tier) if before else NOTHING_ANNOUNCED
    kept = replace(before, as_of=day(today)) if before else None
    after = standing(bought, today, ladders, grants, known=known)
    assert not is_same_tier(after.tier, known.step)
    return change_reason(kept, after, Facts(bought, ladders, grants, None))


SILVER_TO_DAY_39 = totals({-80: 100_000, -10: 60_000})


def test_purchases_reach_a_tier_the_first_one_too():
    assert why(None, SILVER_TO_DAY_39, 0) == "reached"
    assert why(standing(totals({-10: 60_000})), SILVER_TO_DAY_39, 0) == "reached"


def test_a_purchase_dated_ahead_reaches_a_tier_on_its_day():
    bought = totals({0: 60_000, 5: 100_000})
    assert why(standing(bought), bought, 5) == "reached"


def test_a_tier_falls_on_its_day_however_late_the_night():
    assert why(standing(SILVER_TO_DAY_39), SILVER_TO_DAY_39, 40) == "fell"
    assert why(standing(SILVER_TO_DAY_39), SILVER_TO_DAY_39, 44) == "fell"


def test_a_correction_takes_a_tier():
    assert why(standing(SILVER_TO_DAY_39), totals({-80: 10_000, -10: 60_000}), 0) == "corrected"


def test_a_manual_tier_begins_ends_and_is_withdrawn():
    nothing = totals({})
    granted, withdrawn = [grant("gold", 2, 9)], [grant("gold", 2, 9, withdrawn=4)]
    assert why(None, nothing, 3, grants=granted) == "manual"
    assert why(standing(nothing, 3), nothing, 3, grants=granted) == "manual"
    assert why(standing(nothing, grants=granted), nothing, 2, grants=granted) == "manual"
    assert why(standing(nothing, 3, grants=granted), nothing, 10, grants=granted) == "manual"
    assert why(standing(nothing, 3, grants=granted), nothing, 4, grants=withdrawn) == "manual"


def test_a_ladder_that_begins_today_or_began_when_the_hold_did():
    cheaper = LADDER._replace(version="2", valid_from=day(3), steps=(BRONZE._replace(from_sum=Decimal(10_000)),))
    little = totals({0: 20_000})
    assert why(standing(little, 3), little, 3, (LADDER, cheaper)) == "ladder"
    assert why(standing(little, 0, (LADDER, cheaper)), little, 3, (LADDER, cheaper)) == "ladder"
    dearer = LADDER._replace(version="2", valid_from=day(3), steps=(BRONZE._replace(from_sum=Decimal(90_000)),))
    enough = totals({0: 60_000})
    assert why(standing(enough, 0, (LADDER, dearer)), enough, 33, (LADDER, dearer)) == "ladder"


def test_the_same_tier_with_another_discount_is_the_ladders_doing_granted_or_bought():
    for percent in (4, 6):
        ladders = (LADDER, with_silver_at(percent, 5))
        bought = totals({-20: 160_000})
        assert why(standing(bought, ladders=ladders), bought, 35 if percent == 4 else 5, ladders) == "ladder"
        granted = [grant("silver", 0, 60)]
        assert why(standing(totals({}), ladders=ladders, grants=granted), totals({}), 5, ladders, granted) == "ladder"


# --- by trying every day and every order ------------------------------------------------------------------------------


@st.composite
def companies(draw: st.DrawFn, personal: bool = True) -> tuple[Standing, Facts]:
    ladders = draw(by_hand.ladders(personal))
    grants, first_purchase = draw(by_hand.grants), draw(by_hand.first_purchases) if personal else None
    facts = Facts(draw(by_hand.bought()), ladders, grants, first_purchase)
    return standing_on_day("cmp_1", "RUB", FRIDAY, facts), facts


def tier_by_hand(facts: Facts, on: date, more: tuple[date, Decimal] | None = None):
    bought = plus(facts.totals, *more) if more else facts.totals
    return by_hand.tier_on(bought, facts.ladders, facts.grants, facts.first_purchase, on)


later = st.integers(0, 20)


@given(companies(), later)
def test_a_kept_standing_reads_on_a_later_day_as_one_that_is_made_on_it(both, ahead):
    """Unless something becomes known meanwhile: nobody has to be decided for the days to be right."""
    kept, facts = both
    today = day(ahead)
    read = replace(kept, as_of=today)
    made = standing_on_day("cmp_1", "RUB", today, facts)
    assert (read.tier.tier, rank(read.tier), read.since, read.window, read.window_result) == (
        made.tier.tier,
        rank(made.tier),
        made.since,
        made.window,
        made.window_result,
    )
    assert read.safe_until == made.safe_until
    shown = [(each._replace(in_force=NO_STEP), rank(each.in_force)) for each in fall_outs(read, 20)]
    assert shown == [(each._replace(in_force=NO_STEP), rank(each.in_force)) for each in fall_outs(made, 20)]
    assert next_due(read) == next_due(made) or next_due(made) == made.built_on + timedelta(HORIZON_DAYS)


@given(companies())
def test_a_standing_knows_the_tier_of_every_coming_day(both):
    made, facts = both
    for ahead in range(40):
        assert rank(made.tier_on(day(ahead))) == rank(tier_by_hand(facts, day(ahead)))


@given(companies())
def test_a_tier_is_safe_until_the_last_day_before_a_lower_one(both):
    made, facts = both
    lower = (day(n) for n in range(1, 60) if rank(tier_by_hand(facts, day(n))) < rank(tier_by_hand(facts, FRIDAY)))
    first = next(lower, None)
    assert made.safe_until == (first - timedelta(1) if first else None)


@given(companies())
def test_the_calendar_is_what_counting_each_coming_day_gives(both):
    made, facts = both
    expected = []
    for on in (day(ahead) for ahead in range(1, 31)):
        eve = on - timedelta(1)
        window, before = (
            made.facts.window_result(on).ladder.window_days,
            made.facts.window_result(eve).ladder.window_days,
        )
        gone = [day(-400 + n) for n in range(450) if eve - timedelta(before) < day(-400 + n) <= on - timedelta(window)]
        leaves = sum((by_hand.sum_on(facts.totals, each, each, on) for each in gone), Decimal(0))
        if leaves:
            reached = by_hand.window_sum(facts.totals, by_hand.ladder_on(facts.ladders, on), on)
            step = by_hand.step_on(facts.totals, facts.ladders, facts.first_purchase, on)
            expected.append((on, leaves, reached, step, rank(tier_by_hand(facts, on))))
    calendar = fall_outs(made, 30)
    shown = [(each.day, each.leaves, each.window_sum, each.step, rank(each.in_force)) for each in calendar]
    assert shown == expected


def _keepers(made: Standing, facts: Facts, ahead: int):
    """Of the orders of the eve that reach a step, those that leave the tier, or its discount, as it is."""
    eve = day(ahead - 1)
    for on in (made.facts.window_result(eve), made.facts.window_result(day(ahead))):
        for step in on.steps:
            then = tier_by_hand(facts, day(ahead), (eve, missing_sum(on.window_sum, step)))
            if rank(then) == made.rank or (then.tier == made.tier.tier and rank(then) > made.rank):
                yield step


@given(companies(personal=False), st.integers(1, 30))
def test_the_order_to_keep_keeps_the_tier_and_a_kopeck_less_does_not(both, ahead):
    made, facts = both
    order = order_to_keep(made, day(ahead))
    today, then = rank(made.tier), rank(tier_by_hand(facts, day(ahead)))
    if order is None:
        if made.tier.tier and then < today:
            assert tier_by_hand(facts, day(ahead)).tier == made.tier.tier or not any(_keepers(made, facts, ahead))
        return
    assert then < today
    assert rank(tier_by_hand(facts, day(ahead), (order.by, order.amount))) >= today
    assert rank(tier_by_hand(facts, day(ahead), (order.by, order.amount - KOPECK))) < today


@given(by_hand.bought(), by_hand.ladders(personal=False), st.integers(0, 25))
def test_the_order_is_enough_on_any_earlier_day_from_which_it_still_counts(bought, ladders, ahead):
    ladder = ladders[0]._replace(window_days=7, hold_days=5)
    facts = Facts(bought, (ladder,), (), None)
    made = standing_on_day("cmp_1", "RUB", FRIDAY, facts)
    order = order_to_keep(made, day(ahead + 1))
    if order is not None:
        for back in range(min(6, ahead + 1)):
            made_on = order.by - timedelta(back)
            assert rank(tier_by_hand(facts, day(ahead + 1), (made_on, order.amount))) >= rank(made.tier)


@given(companies(personal=False), st.integers(0, 30))
def test_the_order_to_lift_lifts_the_tier_and_a_kopeck_less_does_not(both, ahead):
    made, facts = both
    order = order_to_lift(made, day(ahead))
    today, then = rank(made.tier), rank(tier_by_hand(facts, day(ahead)))
    if order is None:
        if then <= today:
            assert rank(tier_by_hand(facts, day(ahead), (day(ahead), Decimal(1_000_000_00)))) <= today
        return
    assert then <= today
    assert rank(tier_by_hand(facts, day(ahead), (order.by, order.amount))) > today
    assert rank(tier_by_hand(facts, day(ahead), (order.by, order.amount - KOPECK))) <= today


@given(companies(), st.integers(1, 25))
def test_whoever_looks_only_when_it_is_due_misses_nothing(both, days):
    """Every change of tier and every warning of looking daily, by looking on due days alone."""
    made, _ = both

    def look(daily: bool) -> list[tuple[object, ...]]:
        seen: list[tuple[object, ...]] = []
        kept, due = made, FRIDAY
        for ahead in range(days + 1):
            today = day(ahead)
            if not daily and (due is None or today < due):
                continue
            now = replace(kept, as_of=today)
            found = warning(now)
            if not is_same_tier(now.tier, now.announced.step):
                seen.append((today, now.tier.tier))
            if found:
                seen.append((today, found.falls_on, found.stage))
            kept = replace(now, announced=announcement_after(now, found))
            due = next_due(kept)
        return seen

    assert look(daily=False) == look(daily=True)


@given(companies(), st.integers(-30, 0).map(day))
def test_a_standing_needs_the_facts_that_bear_on_it_and_no_others(both, on):
    _, facts = both
    first = first_relevant_day(facts.ladders, known_since(on))
    then = known_on(facts.totals, on)
    enough = DayTotals(
        {each: amount for each, amount in then.net.items() if each >= first},
        {each: amount for each, amount in then.returned.items() if each[0] >= first},
    )
    few = standing_on_day("cmp_1", "RUB", on, Facts(enough, facts.ladders, facts.grants, facts.first_purchase))
    assert few == standing_on_day("cmp_1", "RUB", on, Facts(then, facts.ladders, facts.grants, facts.first_purchase))


def test_the_personal_first_step_of_coming_days_is_known_from_what_is_kept():
    personal = LADDER._replace(personal=PersonalStep(Decimal(1_000), (Decimal(1),) * 12, 18))
    bought = totals(dict.fromkeys(range(-600, 1), 500))
    facts = Facts(bought, (personal,), (), day(-700))
    kept = standing_on_day("cmp_1", "RUB", FRIDAY, facts)
    for ahead in (0, 30, 200, 380):
        assert kept.facts.window_result(day(ahead)) == facts.window_result(day(ahead))
    assert len(kept.totals.net) == 365 + 90


def test_of_a_ladder_without_steps_nothing_follows():
    nothing = Ladder("ldr_0", "1", "XTS", BEGINNING, 90, 30, (14, 3), ())
    made = standing(totals({-10: 1_000_000}), ladders=[nothing])
    assert (made.tier, made.next_step, next_due(made), order_to_lift(made, FRIDAY)) == (NO_STEP, None, None, None)
