"""The explanation of a price."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.pricing.resolver.rules import resolve
from chalicelib.pricing.rules import Buyer, Policy, Selection
from chalicelib.pricing.schemas import PriceView
from tests.pricing.resolver.test_rules import DAY, Lamp, contract, off, offer, promotion, with_tier


def explained(
    language: str, lamp: Lamp | None = None, buyer: Buyer | None = None, **more: Any
) -> tuple[str, list[str]]:
    answer = PriceView.of(resolve(lamp or Lamp(), 1, buyer or Buyer(), DAY, **more), language)
    return answer.rule.reason, [each.reason for each in answer.rejected]


def test_a_price_goes_out_as_money_with_the_rules_name():
    answer = PriceView.of(resolve(Lamp(), 1, with_tier("5"), DAY), "en")
    assert answer.model_dump(mode="json") == {
        "unit_price": {"amount": "95.00", "currency": "RUB"},
        "rule": {"name": "tier_discount", "reason": "Tier Silver: 5 % off the base price."},
        "rejected": [{"name": "base_price", "reason": "Base price: this gives no lower price."}],
    }


@pytest.mark.parametrize(
    ("case", "english", "russian"),
    [
        ({}, "The base price.", "Базовая цена."),
        (
            {"buyer": with_tier("2.50")},
            "Tier Silver: 2.5 % off the base price.",
            "Уровень «Серебро»: скидка 2,5 % от базовой цены.",
        ),
        (
            {"lamp": Lamp(prices={"silver": Decimal(80)}), "buyer": with_tier("5")},
            "The price of tier Silver.",
            "Цена уровня «Серебро».",
        ),
        (
            {"contracts": [contract(prices={"PN-1": Decimal(70)})]},
            "The price of contract K-7.",
            "Цена по договору K-7.",
        ),
        (
            {"contracts": [contract(discounts=(off("12"),))]},
            "Contract K-7: 12 % off the base price.",
            "Договор K-7: скидка 12 % от базовой цены.",
        ),
        (
            {"promotions": [promotion((1, "10"), across_articles=True)]},
            "Promotion “Autumn”: 10 % off the base price, from 1 of all its goods in the order on.",
            "Акция «Осень»: скидка 10 % от базовой цены при количестве всех её товаров в заказе от 1.",
        ),
        (
            {"promotions": [promotion()]},
            "Promotion “Autumn”: 10 % off the base price, from 1 on.",
            "Акция «Осень»: скидка 10 % от базовой цены при количестве от 1.",
        ),
        (
            {
                "buyer": with_tier("5"),
                "promotions": [promotion()],
                "policy": Policy(stacks=(frozenset({"tier_discount", "promotion"}),)),
            },
            "Discounts taken off one after the other: tier Silver, 5 %; promotion “Autumn”, 10 %.",
            "Скидки применены одна за другой: уровень «Серебро», 5 %; акция «Осень», 10 %.",
        ),
        (
            {"offers": [offer("12.5")]},
            "A personal offer: 12.5 % off the base price, for one order, up to and including 2026-12-04.",
            "Персональное предложение: скидка 12,5 % от базовой цены на один заказ, по 04.12.2026 включительно.",
        ),
        (
            {"offers": [offer("12", floor=Decimal("90.50"))]},
            "A personal offer: 12 % off the base price, for one order, up to and including 2026-12-04. "
            "The offer takes the price no lower than 90.50.",
            "Персональное предложение: скидка 12 % от базовой цены на один заказ, по 04.12.2026 включительно. "
            "По предложению цена не ниже 90,50.",
        ),
        (
            {"offers": [offer(price=Decimal(70))]},
            "The price of a personal offer, for one order, up to and including 2026-12-04.",
            "Цена по персональному предложению на один заказ, по 04.12.2026 включительно.",
        ),
        (
            {
                "buyer": with_tier("5"),
                "offers": [offer("15", floor=Decimal(83))],
                "policy": Policy(stacks=(frozenset({"tier_discount", "offer"}),)),
            },
            "Discounts taken off one after the other: tier Silver, 5 %; personal offer, 15 %. "
            "The offer takes the price no lower than 83.00.",
            "Скидки применены одна за другой: уровень «Серебро», 5 %; персональное предложение, 15 %. "
            "По предложению цена не ниже 83,00.",
        ),
    ],
)
def test_what_made_the_price_is_told_in_the_readers_language(case: dict[str, Any], english: str, russian: str):
    assert explained("en", **case)[0] == english
    assert explained("ru", **case)[0] == russian


LATER, EARLIER = date(2026, 12, 1), date(2026, 11, 1)


@pytest.mark.parametrize(
    ("case", "english", "russian"),
    [
        ({}, "The company has no tier yet.", "У компании пока нет уровня."),
        (
            {"buyer": with_tier("0")},
            "Tier Silver, 0 %: this gives no lower price.",
            "Уровень «Серебро», 0 %: цена от этого не ниже.",
        ),
        (
            {"contracts": [contract(prices={"PN-1": Decimal(200)})]},
            "Price of contract K-7: this gives no lower price.",
            "Цена по договору K-7: цена от этого не ниже.",
        ),
        (
            {"contracts": [contract(last=EARLIER, discounts=(off("12"),))]},
            "Contract K-7, 12 %: ended on 2026-11-01.",
            "Договор K-7, 12 %: действие закончилось 01.11.2026.",
        ),
        (
            {"promotions": [promotion(first=LATER)]},
            "Promotion “Autumn”: begins on 2026-12-01.",
            "Акция «Осень»: начнёт действовать 01.12.2026.",
        ),
        (
            {"promotions": [promotion((6, "10"))]},
            "Promotion “Autumn”: begins with a quantity of 6.",
            "Акция «Осень»: начинается с количества 6.",
        ),
        (
            {"promotions": [promotion(months=frozenset({5}))]},
            "Promotion “Autumn”: holds in another season.",
            "Акция «Осень»: действует в другой сезон.",
        ),
        (
            {"promotions": [promotion(tiers=frozenset({"gold"}))]},
            "Promotion “Autumn”: is for other tiers.",
            "Акция «Осень»: для других уровней.",
        ),
        (
            {"promotions": [promotion(least_sum=Decimal("1000.50"))]},
            "Promotion “Autumn”: is for companies with purchases from 1000.5 in the tier's window on.",
            "Акция «Осень»: для компаний с закупками от 1000,5 за период уровня.",
        ),
        (
            {"buyer": Buyer(window_sum=Decimal(9)), "promotions": [promotion(most_sum=Decimal(5))]},
            "Promotion “Autumn”: is for companies with purchases below 5 in the tier's window.",
            "Акция «Осень»: для компаний с закупками меньше 5 за период уровня.",
        ),
        (
            {"promotions": [promotion((6, "10"), across_articles=True)]},
            "Promotion “Autumn”: begins with a quantity of 6 of all its goods in one order.",
            "Акция «Осень»: начинается с количества всех её товаров в одном заказе от 6.",
        ),
        (
            {"promotions": [promotion(display=True)]},
            "Promotion “Autumn”: is for companies that display the goods in a shop: send a photo.",
            "Акция «Осень»: для компаний, у которых товар выставлен в магазине: пришлите фото.",
        ),
        (
            {"offers": [offer("15", last=EARLIER, first=EARLIER)]},
            "Personal offer, 15 %: ended on 2026-11-01.",
            "Персональное предложение, 15 %: действие закончилось 01.11.2026.",
        ),
        (
            {"offers": [offer(price=Decimal(200))]},
            "Price of a personal offer: this gives no lower price.",
            "Цена по персональному предложению: цена от этого не ниже.",
        ),
        (
            {"promotions": [promotion()], "policy": Policy("priority", ("base_price",))},
            "Promotion “Autumn”, 10 %: another rule comes first.",
            "Акция «Осень», 10 %: другое правило важнее.",
        ),
    ],
)
def test_what_did_not_is_told_with_its_reason(case: dict[str, Any], english: str, russian: str):
    assert english in explained("en", **case)[1]
    assert russian in explained("ru", **case)[1]


def test_goods_of_another_promotion_are_not_mentioned():
    elsewhere = promotion(goods=Selection(skus=frozenset({"SW-1"})))
    assert explained("en", promotions=[elsewhere]) == ("The base price.", ["The company has no tier yet."])
