"""The effect of another ladder: by hand on a page, and against the sum of its parts on any history."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.platform.money import round_half_up
from chalicelib.sales.rules import DayTotals
from chalicelib.tiers.ladders.rules import Ladder, LadderStep
from chalicelib.tiers.simulations.rules import Outcome, counts_of, months, reads_from, simulate, totals_of
from chalicelib.tiers.standing.rules import Facts, ManualTier
from tests.tiers.ladders.test_rules import NAMES, PLAIN, ladders

TODAY = date(2026, 11, 20)


def plain(*percents: int, half: bool = False) -> Ladder:
    """The plain ladder with these discounts, and with sums half as high."""
    steps = [
        step._replace(discount_percent=Decimal(percent), from_sum=step.from_sum / 2 if half else step.from_sum)
        for step, percent in zip(PLAIN.steps, percents, strict=True)
    ]
    return PLAIN._replace(steps=tuple(steps))


def bought(days: dict[int, int | str]) -> DayTotals:
    return DayTotals({TODAY + timedelta(days=offset): Decimal(amount) for offset, amount in days.items()}, {})


def test_the_twelve_months_end_today() -> None:
    assert months(TODAY) == (date(2025, 11, 21), TODAY)
    assert months(date(2028, 2, 29)) == (date(2027, 3, 1), date(2028, 2, 29))


def test_the_discount_given_is_what_the_purchases_would_have_cost_without_times_the_percent() -> None:
    # The first purchase reaches bronze at once (3 %), and would have reached silver (6 %); so do all the others.
    totals = bought({-50: 97_000, -10: "4850"})
    outcome = simulate(totals, [plain(3, 5, 7)], plain(4, 6, 8, half=True), (), None, TODAY)
    assert (outcome.before.tier, outcome.after.tier, outcome.move) == ("bronze", "silver", "up")
    assert outcome.purchases == Decimal(101_850)
    # gross = 101,850 / 0.97 = 105,000
    assert (outcome.discount_before, outcome.discount_after) == (Decimal("3150.00"), Decimal("6300.00"))


def test_a_day_is_priced_by_its_own_tier() -> None:
    # -300: bronze; held and fallen long before -100, which alone reaches nothing.
    outcome = simulate(bought({-300: 97_000, -100: 1_000}), [plain(3, 5, 7)], plain(3, 5, 7), (), None, TODAY)
    assert outcome.before.tier == ""
    assert outcome.discount_before == outcome.discount_after == Decimal("3000.00")


def test_what_was_bought_before_the_twelve_months_bears_on_their_tiers_only() -> None:
    eve = (months(TODAY)[0] - TODAY).days - 1
    outcome = simulate(bought({eve: 60_000, eve + 1: 970}), [plain(3, 5, 7)], plain(3, 5, 7), (), None, TODAY)
    assert (outcome.purchases, outcome.discount_before) == (Decimal(970), Decimal("30.00"))


def test_returns_take_their_discount_back() -> None:
    outcome = simulate(bought({-50: 97_000, -10: -9_700}), [plain(3, 5, 7)], plain(3, 5, 7), (), None, TODAY)
    assert outcome.discount_before == Decimal("2700.00")


def test_a_tier_of_another_name_with_the_same_discount_is_no_move() -> None:
    renamed = PLAIN._replace(steps=tuple(step._replace(tier=f"{step.tier}-new") for step in PLAIN.steps))
    outcome = simulate(bought({-1: 60_000}), [PLAIN], renamed, (), None, TODAY)
    assert (outcome.before.tier, outcome.after.tier, outcome.move) == ("bronze", "bronze-new", "unchanged")


def test_a_manual_tier_holds_under_both() -> None:
    grant = ManualTier("grt_1", "gold", TODAY, TODAY, "They are opening a shop", "mbr_1", "2026-11-20T09:00:00.000Z")
    outcome = simulate(bought({-1: 60_000}), [plain(3, 5, 7)], plain(3, 5, 8), [grant], None, TODAY)
    assert (outcome.before.discount_percent, outcome.after.discount_percent) == (Decimal(7), Decimal(8))


def test_a_ladder_that_begins_later_counts_as_if_it_always_had() -> None:
    later = plain(4, 6, 8)._replace(valid_from=TODAY + timedelta(days=100))
    assert simulate(bought({-1: 60_000}), [PLAIN], later, (), None, TODAY).after.discount_percent == 4


def shown(step: LadderStep) -> tuple[str, Decimal]:
    """A personal first step begins elsewhere every day, and is the same step."""
    return step.tier, step.discount_percent


HISTORIES = st.dictionaries(
    st.integers(-1200, 0).map(lambda offset: TODAY + timedelta(days=offset)),
    st.decimals(-100_000, 1_000_000, places=2),
    max_size=30,
)


@given(HISTORIES, ladders(), ladders())
def test_it_is_the_sum_over_each_day_of_the_year(net: dict[date, Decimal], real: Ladder, other: Ladder) -> None:
    first, last = months(TODAY)
    real = real._replace(valid_from=date.min)
    begun = min(net, default=None)
    # What lies before the first day that is read makes no difference.
    read = {day: amount for day, amount in net.items() if day >= reads_from([real], other, TODAY)}
    outcome = simulate(DayTotals(read, {}), [real], other, (), begun, TODAY)
    given_before = given_after = purchases = Decimal(0)
    before = Facts(DayTotals(net, {}), [real], (), begun).path(first, last)
    after = Facts(DayTotals(net, {}), [other._replace(valid_from=date.min)], (), begun).path(first, last)
    for was, would in zip(before, after, strict=True):
        amount = net.get(was.day, Decimal(0))
        gross = amount / (1 - was.tier.discount_percent / 100)
        purchases += amount
        given_before += gross * was.tier.discount_percent / 100
        given_after += gross * would.tier.discount_percent / 100
    assert [shown(step) for step in (outcome.before, outcome.after)] == [shown(was.tier), shown(would.tier)]
    assert outcome.purchases == purchases
    assert abs(outcome.discount_before - given_before) <= Decimal("0.006")
    assert abs(outcome.discount_after - given_after) <= Decimal("0.006")


@given(HISTORIES, ladders())
def test_the_ladder_in_force_would_change_nothing(net: dict[date, Decimal], ladder: Ladder) -> None:
    real = ladder._replace(valid_from=date.min)
    outcome = simulate(DayTotals(net, {}), [real], ladder, (), min(net, default=None), TODAY)
    assert outcome.move == "unchanged"
    assert shown(outcome.before) == shown(outcome.after)
    assert outcome.discount_before == outcome.discount_after


# --- of many ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def outcomes() -> list[Outcome]:
    histories = [{-1: 60_000}, {-1: 80_000}, {-1: 160_000}, {}, {-300: 500_000}, {-100: 60_000}]
    return [simulate(bought(days), [plain(3, 5, 7)], plain(2, 5, 8, half=True), (), None, TODAY) for days in histories]


def test_companies_are_counted_by_the_step_on_which_they_are_today(outcomes: list[Outcome]) -> None:
    totals = totals_of(counts_of(outcomes), ["", "bronze", "silver", "gold"])
    assert [tuple(step) for step in totals.steps] == [
        ("", 2, 0, 0, 2),
        ("bronze", 3, 1, 2, 0),
        ("silver", 1, 0, 0, 1),
        ("gold", 0, 0, 0, 0),
    ]
    assert [tuple(move) for move in totals.moves] == [
        ("", "", 2),
        ("bronze", "bronze", 2),
        ("bronze", "silver", 1),
        ("silver", "silver", 1),
    ]


def test_parts_add_up_to_the_whole_in_any_order(outcomes: list[Outcome]) -> None:
    whole = counts_of(outcomes)
    parts = [counts_of(outcomes[4:]), counts_of(outcomes[:4]), counts_of([])]
    added = {name: sum(part.get(name, 0) for part in parts) for name in {name for part in parts for name in part}}
    assert added == whole


def test_a_tier_that_no_ladder_has_any_more_stands_at_the_end() -> None:
    old = PLAIN._replace(steps=(LadderStep("zinc", Decimal(1), Decimal(1)), *PLAIN.steps))
    outcome = simulate(bought({-1: 10}), [old], PLAIN, (), None, TODAY)
    assert [step.tier for step in totals_of(counts_of([outcome]), ["", *NAMES]).steps] == ["", *NAMES, "zinc"]
    assert totals_of({}, [""]).discount_before == round_half_up(Decimal(0))
