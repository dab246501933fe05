"""When a promotion with limits makes no more prices."""

from datetime import date
from decimal import Decimal

import pytest

from chalicelib.pricing.promotions.usage import PromotionUsage, is_exhausted
from chalicelib.pricing.rules import Bracket, Buyer, Limits, Promotion, Selection

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("limits", "used", "used_up"),
    [
        (Limits(uses=2), PromotionUsage(1, 500, Decimal(9000)), False),
        (Limits(uses=2), PromotionUsage(2, 0, Decimal(0)), True),
        (Limits(units=10), PromotionUsage(9, 9, Decimal(0)), False),
        (Limits(units=10), PromotionUsage(1, 10, Decimal(0)), True),
        (Limits(budget=Decimal(100), currency="RUB"), PromotionUsage(1, 10, Decimal("99.99")), False),
        (Limits(budget=Decimal(100), currency="RUB"), PromotionUsage(1, 10, Decimal(100)), True),
        (Limits(uses=9, units=10, budget=Decimal(100), currency="RUB"), PromotionUsage(1, 10, Decimal(5)), True),
        (Limits(uses_per_company=1), PromotionUsage(9, 9, Decimal(9)), False),
    ],
)
def test_a_promotion_is_used_up_when_one_limit_of_all_orders_together_is_reached(
    limits: Limits, used: PromotionUsage, used_up: bool
):
    assert is_exhausted(limits, used) is used_up


@pytest.mark.parametrize(
    ("exhausted", "own", "reason"),
    [
        (False, {}, None),
        (False, {"prm_1": 1, "prm_2": 9}, None),
        (False, {"prm_1": 2}, "used_as_often_as_it_may"),
        (True, {}, "exhausted"),
        (True, {"prm_1": 2}, "exhausted"),
    ],
)
def test_it_says_why_it_makes_no_price(exhausted: bool, own: dict[str, int], reason: str | None):
    promotion = Promotion(
        promotion_id="prm_1",
        name="Autumn",
        name_ru="Осень",
        goods=Selection(),
        brackets=(Bracket(1, Decimal(10)),),
        first=DAY,
        last=DAY,
        limits=Limits(uses_per_company=2),
        exhausted=exhausted,
    )
    obstacle = promotion.obstacle(Buyer(uses=own), DAY)
    assert (obstacle and obstacle.reason) == reason
