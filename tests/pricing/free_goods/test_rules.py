"""Free goods of a cart, by promotions that give goods instead of a lower price."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.catalog.rules import Product
from chalicelib.pricing.free_goods.rules import (
    MOST_PROMISES,
    PricedLine,
    free_goods_progress,
    free_goods_times,
    promised_free_goods,
)
from chalicelib.pricing.resolver.rules import resolve
from chalicelib.pricing.rules import Bracket, Buyer, FreeGoods, FreeGoodsTerms, Promotion, Selection

DAY = date(2026, 11, 20)
FREE = FreeGoods("GFT-1", 5, "Gift", "Подарок", "pcs")


def promotion(name: str = "prm_1", buy: int = 100, *, repeat: bool = False, **more: Any) -> Promotion:
    terms = FreeGoodsTerms(buy, FREE, pay_within_days=14, repeat=repeat)
    about: dict[str, Any] = {"goods": Selection(brands=frozenset({"Lumera"})), "brackets": (), "free_goods": terms}
    return Promotion(name, "Autumn", "Осень", first=DAY, last=DAY, **(about | more))


def bought(
    quantity: int, *, sku: str = "LMP-1", brand: str = "Lumera", promotions: tuple[Promotion, ...] = ()
) -> PricedLine:
    goods = Product(sku, sku, sku, brand, "lamps", "pcs", 1, Decimal(10), "RUB", Decimal(20))
    return PricedLine(goods, resolve(goods, quantity, Buyer(), DAY, promotions=promotions))


@pytest.mark.parametrize(
    ("units", "repeat", "expected"),
    [(99, False, 0), (100, False, 1), (250, False, 1), (99, True, 0), (100, True, 1), (199, True, 1), (200, True, 2)],
)
def test_goods_come_for_the_first_so_many_units_or_for_each_so_many(units: int, repeat: bool, expected: int):
    assert free_goods_times(FreeGoodsTerms(100, FREE, repeat=repeat), units) == expected


def test_units_of_all_lines_with_its_goods_count_together():
    cart = [bought(60), bought(500, sku="SWT-1", brand="Volten"), None, bought(45, sku="LMP-2")]
    (reach,) = free_goods_progress([promotion()], cart)
    assert (reach.lines, reach.units, reach.times, reach.missing) == ((0, 3), 105, 1, None)


@pytest.mark.parametrize(
    ("units", "repeat", "missing"),
    [(1, False, 99), (99, False, 1), (100, False, None), (100, True, 100), (130, True, 70)],
)
def test_a_buyer_is_told_how_many_units_are_missing(units: int, repeat: bool, missing: int | None):
    (reach,) = free_goods_progress([promotion(repeat=repeat)], [bought(units)])
    assert reach.missing == missing


def test_goods_come_instead_of_a_lower_price_and_not_besides():
    cheaper = promotion("prm_2", free_goods=None, brackets=(Bracket(50, Decimal(10)),))
    cart = [bought(100, promotions=(cheaper,)), bought(40, sku="LMP-2", promotions=(cheaper,))]
    (reach,) = free_goods_progress([promotion(buy=40), cheaper], cart)
    assert (reach.lines, reach.units) == ((1,), 40)


def test_of_goods_that_are_not_in_the_cart_nothing_is_said():
    assert free_goods_progress([promotion()], [bought(500, brand="Volten"), None]) == []


def test_an_order_is_promised_what_its_cart_reached():
    found = free_goods_progress([promotion("prm_1", 300), promotion("prm_2", 100, repeat=True)], [bought(250)])
    (promise,) = promised_free_goods(found, lambda promotion_id: f"gft_{promotion_id}")
    assert (promise.gift_id, promise.promotion_id, promise.lines, promise.count) == ("gft_prm_2", "prm_2", (0,), 2)


def test_an_order_is_promised_so_many_things_at_most():
    found = free_goods_progress([promotion(f"prm_{number}", 1) for number in range(MOST_PROMISES + 2)], [bought(1)])
    kept = promised_free_goods(found, str)
    assert [promise.promotion_id for promise in kept] == [f"prm_{number}" for number in range(MOST_PROMISES)]
