"""How a price is explained."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from chalicelib.platform.club import club
from chalicelib.pricing import Buyer, PriceAnswer, resolve
from chalicelib.pricing.rules import Ruling
from chalicelib.pricing.schemas import RuleAnswer


@dataclass(frozen=True)
class Lamp:
    base_price: Decimal = Decimal("120.00")
    currency: str = "RUB"


def explained(buyer: Buyer, language: str, lamp: Lamp | None = None) -> tuple[str, list[str]]:
    answer = PriceAnswer.of(resolve(lamp or Lamp(), 1, buyer, date(2026, 11, 20)), language, club())
    return answer.rule.reason, [each.reason for each in answer.rejected]


def test_a_price_goes_out_as_money_with_the_rules_name():
    answer = PriceAnswer.of(resolve(Lamp(), 1, Buyer("silver", "Silver", "Серебро", Decimal(5)), date(2026, 11, 20)), "en", club())
    assert answer.model_dump(mode="json")["unit_price"] == {"amount": "114.00", "currency": "RUB"}
    assert (answer.rule.name, [each.name for each in answer.rejected]) == ("tier_discount", ["base_price"])


@pytest.mark.parametrize(
    ("buyer", "language", "texts"),
    [
        (Buyer(), "en", ("The base price.", ["The company has no tier yet."])),
        (Buyer(), "ru", ("Базовая цена.", ["У компании пока нет уровня."])),
        (
            Buyer("silver", "Silver", "Серебро", Decimal("5")),
            "en",
            ("Tier Silver: 5 % off the base price.", ["The base price is not the lowest."]),
        ),
        (
            Buyer("silver", "Silver", "Серебро", Decimal("2.50")),
            "ru",
            ("Уровень «Серебро»: скидка 2,5 % от базовой цены.", ["Базовая цена не самая низкая."]),
        ),
        (
            Buyer("silver", "Silver", "Серебро", Decimal(0)),
            "en",
            ("The base price.", ["Tier Silver, 0 %: this gives no lower price."]),
        ),
    ],
)
def test_the_reasons_are_told_in_the_readers_language(buyer: Buyer, language: str, texts: tuple[str, list[str]]):
    assert explained(buyer, language) == texts


@pytest.mark.parametrize(("code", "name"), [("silver", "Серебро"), ("copper", "copper")])
def test_an_explanation_from_before_tiers_had_names_takes_those_of_the_founding_ladder(code: str, name: str):
    facts = {"tier": code, "ladder": "RUB", "percent": "5"}
    answer = RuleAnswer.of(Ruling("tier_discount", "tier_reached", facts=facts), "ru", club())
    assert answer.reason == f"Уровень «{name}»: скидка 5 % от базовой цены."


def test_a_tier_without_a_name_is_told_by_its_code():
    assert explained(Buyer("copper", tier_percent=Decimal(1)), "en")[0] == "Tier copper: 1 % off the base price."
