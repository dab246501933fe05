"""The worked example: whatever the ladder, it reaches the first two steps and falls again, by the rules that hold for everybody."""

from datetime import date
from decimal import Decimal

from hypothesis import given

from chalicelib.club_rules.rules import bonus, example
from chalicelib.platform.context import Context
from chalicelib.sales.rules import DayTotals
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.rules import Ladder, always
from chalicelib.tiers.ladders.store import founding_ladder
from chalicelib.tiers.standing.rules import Facts
from tests.tiers.ladders.test_rules import DAYS, ladders

TODAY = date(2026, 11, 20)


def test_the_clubs_own_example_is_easy_to_follow(context: Context) -> None:
    found = example(founding_ladder(context.config[Tiers], "RUB"), TODAY)
    assert [(each.day.isoformat(), f"{each.bought:f}", each.step.tier) for each in found] == [
        ("2026-11-20", "60000", "bronze"),
        ("2026-11-30", "100000", "silver"),
        ("2027-03-20", "0", "bronze"),
        ("2027-03-30", "0", ""),
    ]
    assert bonus(found[0].bought, Decimal("1.5")) == Decimal("900.00")


@given(ladders(), DAYS)
def test_every_day_of_it_is_what_the_rules_say(ladder: Ladder, today: date) -> None:
    found = example(ladder, today)
    facts = Facts(DayTotals({each.day: each.bought for each in found if each.bought}, {}), (always(ladder),), (), None)
    for each in found:
        decided = facts.decision(each.day).tier
        assert (each.step.tier, each.step.discount_percent) == (decided.tier, decided.discount_percent)
    assert found[0].step.tier
    assert not found[-1].step.tier
    assert [each.day for each in found] == sorted({each.day for each in found})


@given(ladders(), DAYS)
def test_its_sums_are_round(ladder: Ladder, today: date) -> None:
    for each in example(ladder, today):
        digits = f"{each.bought:f}".replace(".", "").strip("0")
        assert len(digits) <= 2
