"""Short promotions, and promotions that follow one another."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pricing.promotions.overlap import YEAR, find_overlap, is_short
from chalicelib.pricing.rules import Promotion, Selection
from tests.pricing.resolver.test_rules import Lamp, promotion

BEGINS = date(2026, 11, 20)
LAMP, OTHER = Lamp(), Lamp(sku="SW-1", brand="Volten", category="wiring")


@pytest.mark.parametrize(
    ("first", "last", "short"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), False),
        (date(2026, 1, 1), date(2026, 3, 30), True),
        (date(2026, 11, 15), date(2027, 2, 14), False),
        (date(2026, 11, 15), date(2027, 2, 13), True),
        # There is no 31 February: three months from 30 November end with February.
        (date(2026, 11, 30), date(2027, 2, 28), False),
        (date(2026, 11, 30), date(2027, 2, 27), True),
        (date(2027, 11, 30), date(2028, 2, 29), False),
        (date(2026, 9, 30), date(2026, 12, 29), False),
        (date(2026, 9, 30), date(2026, 9, 30), True),
    ],
)
def test_a_promotion_of_less_than_three_whole_months_is_short(first: date, last: date, short: bool):
    assert is_short(first, last) is short


@given(st.dates(date(1970, 1, 1), date(2190, 1, 1)), st.integers(0, 400))
def test_a_longer_promotion_is_never_short_where_a_shorter_one_is_not(first: date, days: int):
    last = first + timedelta(days=days)
    assert is_short(first, last) or not is_short(first, last + timedelta(days=1))
    assert is_short(first, last) or days >= 88
    assert not is_short(first, last) or days <= 91


def before(first: int, last: int, number: int = 1, **more: object) -> Promotion:
    """One that ran so many days before the planned one begins, from and to."""
    days = {"first": BEGINS - timedelta(days=first), "last": BEGINS - timedelta(days=last)}
    return promotion(promotion_id=f"prm_{number}", **days, **more)


def planned(**more: object) -> Promotion:
    return promotion(promotion_id="prm_new", first=BEGINS, last=BEGINS + timedelta(days=100), **more)


def test_goods_that_were_on_promotion_for_more_than_half_of_the_year_are_named_with_the_promotions():
    earlier = [before(365, 270, 1), before(180, 90, 2), before(800, 400, 3)]
    found = find_overlap(planned(), [LAMP, OTHER], earlier)
    assert found is not None
    assert found.skus == ("PN-1", "SW-1")
    assert [each.promotion_id for each in found.promotions] == ["prm_1", "prm_2"]


@pytest.mark.parametrize(("days", "warned"), [(183, True), (182, False)])
def test_half_of_the_year_is_not_more_than_half(days: int, warned: bool):
    found = find_overlap(planned(), [LAMP], [before(days, 1)])
    assert (found is not None) is warned


def test_days_of_promotions_that_overlap_count_once():
    assert find_overlap(planned(), [LAMP], [before(180, 1, 1), before(180, 1, 2)]) is None


def test_only_goods_of_the_planned_promotion_and_of_the_earlier_ones_count():
    lamps = Selection(brands=frozenset({"Lumera"}))
    wiring = Selection(categories=frozenset({"wiring"}))
    assert find_overlap(planned(goods=lamps), [LAMP, OTHER], [before(300, 1, goods=wiring)]) is None
    found = find_overlap(planned(), [LAMP, OTHER], [before(300, 1, goods=wiring)])
    assert found is not None
    assert found.skus == ("SW-1",)


def test_a_seasonal_promotion_covers_the_days_of_its_months():
    assert find_overlap(planned(), [LAMP], [before(YEAR, 1, months=frozenset({1, 2, 3, 4, 5, 6}))]) is None
    assert find_overlap(planned(), [LAMP], [before(YEAR, 1, months=frozenset({1, 2, 3, 4, 5, 6, 7}))])


def test_what_lies_ahead_of_the_planned_one_does_not_count():
    assert find_overlap(planned(), [LAMP], [before(100, -300)]) is None
