"""How a price is shown and explained."""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, Field

from chalicelib.platform.club import Club
from chalicelib.platform.money import Money
from chalicelib.pricing.rules import Price, Ruling
from chalicelib.tiers import tier_name

# By rule and reason; the figures are those of the ruling.
_REASONS: dict[tuple[str, str], tuple[str, str]] = {
    ("base_price", "listed"): ("The base price.", "Базовая цена."),
    ("base_price", "not_lower"): ("The base price is not the lowest.", "Базовая цена не самая низкая."),
    ("tier_discount", "tier_reached"): (
        "Tier {tier}: {percent} % off the base price.",
        "Уровень «{tier}»: скидка {percent} % от базовой цены.",
    ),
    ("tier_discount", "not_lower"): (
        "Tier {tier}, {percent} %: this gives no lower price.",
        "Уровень «{tier}», {percent} %: цена от этого не ниже.",
    ),
    ("tier_discount", "no_tier"): ("The company has no tier yet.", "У компании пока нет уровня."),
}


class RuleAnswer(BaseModel):
    """A price rule and what it said."""

    name: str = Field(description="base_price or tier_discount; later versions know more.", examples=["tier_discount"])
    reason: str = Field(description="In the reader's language.", examples=["Silver: 5 % off the base price"])

    @classmethod
    def of(cls, ruling: Ruling, language: str, club: Club) -> Self:
        english, russian = _REASONS[ruling.rule, ruling.reason]
        text = russian if language == "ru" else english
        return cls(name=ruling.rule, reason=text.format_map(_readable(ruling.facts, language, club)))


class PriceAnswer(BaseModel):
    """The caller's own price of one unit, with the rule that made it and those that did not."""

    unit_price: Money
    rule: RuleAnswer
    rejected: list[RuleAnswer]

    @classmethod
    def of(cls, price: Price, language: str, club: Club) -> Self:
        return cls(
            unit_price=Money(amount=price.unit_price, currency=price.currency),
            rule=RuleAnswer.of(price.chosen, language, club),
            rejected=[RuleAnswer.of(ruling, language, club) for ruling in price.rejected],
        )


def _readable(facts: Mapping[str, str], language: str, club: Club) -> dict[str, str]:
    """The facts as a reader knows them: a tier by its name, `2,5` in Russian."""
    readable = dict(facts)
    if "tier" in facts:
        # An order keeps its explanation: one from before ladders had versions names the ladder, not the tier's names.
        own = facts.get("name_ru" if language == "ru" else "name")
        readable["tier"] = own or tier_name(club, facts["ladder"], facts["tier"], language)
    if language == "ru" and "percent" in facts:
        readable["percent"] = facts["percent"].replace(".", ",")
    return readable
