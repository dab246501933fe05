"""Views of prices, and the sentences that explain them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Self

from pydantic import Field

from chalicelib.platform import UnitPrice, View
from chalicelib.pricing.rules import STACK, Price, Ruling

_Texts = tuple[str, str]  # English, Russian

_GAVE: Mapping[str, _Texts] = {
    "base_price": ("The base price.", "Базовая цена."),
    "tier_price": ("The price of tier {name}.", "Цена уровня «{name}»."),
    "tier_discount": (
        "Tier {name}: {percent} % off the base price.",
        "Уровень «{name}»: скидка {percent} % от базовой цены.",
    ),
    "personal_price": ("The price of contract {contract}.", "Цена по договору {contract}."),
    "personal_discount": (
        "Contract {contract}: {percent} % off the base price.",
        "Договор {contract}: скидка {percent} % от базовой цены.",
    ),
    "promotion": (
        "Promotion “{name}”: {percent} % off the base price, from {quantity} on.",
        "Акция «{name}»: скидка {percent} % от базовой цены при количестве от {quantity}.",
    ),
    "promotion_across_articles": (
        "Promotion “{name}”: {percent} % off the base price, from {quantity} of all its goods in the order on.",
        "Акция «{name}»: скидка {percent} % от базовой цены при количестве всех её товаров в заказе от {quantity}.",
    ),
    "offer": (
        "A personal offer: {percent} % off the base price, for one order, up to and including {last}.",
        "Персональное предложение: скидка {percent} % от базовой цены на один заказ, по {last} включительно.",
    ),
    "offer_price": (
        "The price of a personal offer, for one order, up to and including {last}.",
        "Цена по персональному предложению на один заказ, по {last} включительно.",
    ),
}
_FLOOR: _Texts = ("The offer takes the price no lower than {floor}.", "По предложению цена не ниже {floor}.")
_STACKED: _Texts = ("Discounts taken off one after the other: {parts}.", "Скидки применены одна за другой: {parts}.")
# A rule by its name, as part of a sentence.
_NAMED: Mapping[str, _Texts] = {
    "base_price": ("base price", "базовая цена"),
    "tier_price": ("price of tier {name}", "цена уровня «{name}»"),
    "tier_discount": ("tier {name}, {percent} %", "уровень «{name}», {percent} %"),
    "personal_price": ("price of contract {contract}", "цена по договору {contract}"),
    "personal_discount": ("contract {contract}, {percent} %", "договор {contract}, {percent} %"),
    "promotion": ("promotion “{name}”", "акция «{name}»"),
    "offer": ("personal offer, {percent} %", "персональное предложение, {percent} %"),
    "offer_price": ("price of a personal offer", "цена по персональному предложению"),
}
_WHY_NOT: Mapping[str, _Texts] = {
    "not_lower": ("this gives no lower price", "цена от этого не ниже"),
    "later_in_priority": ("another rule comes first", "другое правило важнее"),
    "not_yet": ("begins on {day}", "начнёт действовать {day}"),
    "over": ("ended on {day}", "действие закончилось {day}"),
    "out_of_season": ("holds in another season", "действует в другой сезон"),
    "other_tiers": ("is for other tiers", "для других уровней"),
    "size_in_other_currency": (
        "is for clients by their purchases in {currency}",
        "для клиентов по сумме закупок в валюте {currency}",
    ),
    "for_larger_clients": (
        "is for companies with purchases from {sum} in the tier's window on",
        "для компаний с закупками от {sum} за период уровня",
    ),
    "for_smaller_clients": (
        "is for companies with purchases below {sum} in the tier's window",
        "для компаний с закупками меньше {sum} за период уровня",
    ),
    "exhausted": ("has been used up", "лимит исчерпан"),
    "used_as_often_as_it_may": (
        "the company has used it as often as it may (orders: {uses})",
        "лимит на одну компанию исчерпан (заказов: {uses})",
    ),
    "other_currency": ("is for goods sold in {currency}", "для товаров, которые продаются в {currency}"),
    "more_needed": ("begins with a quantity of {quantity}", "начинается с количества {quantity}"),
    "more_of_all_needed": (
        "begins with a quantity of {quantity} of all its goods in one order",
        "начинается с количества всех её товаров в одном заказе от {quantity}",
    ),
    "display_needed": (
        "is for companies that display the goods in a shop: send a photo",
        "для компаний, у которых товар выставлен в магазине: пришлите фото",
    ),
}
_NO_TIER: _Texts = ("The company has no tier yet.", "У компании пока нет уровня.")


def explain(ruling: Ruling, language: str) -> str:
    """One sentence, in the reader's language."""
    tongue = 1 if language == "ru" else 0
    if ruling.parts:
        return _explanation(ruling, tongue)
    return _explained(ruling.rule, ruling.reason, tuple(ruling.facts.items()), tongue)


@lru_cache(maxsize=1000)
def _explained(rule: str, reason: str, facts: tuple[tuple[str, str], ...], tongue: int) -> str:
    """The goods of a page or an order share most of their sentences."""
    return _explanation(Ruling(rule, reason, facts=dict(facts)), tongue)


def _explanation(ruling: Ruling, tongue: int) -> str:
    if ruling.reason == "no_tier":
        return _NO_TIER[tongue]
    facts = _readable(ruling.facts, tongue)
    if ruling.reason not in _WHY_NOT:
        if ruling.rule == STACK:
            facts["parts"] = "; ".join(_named(part, tongue) for part in ruling.parts)
        gave = (_STACKED if ruling.rule == STACK else _GAVE[_sentence(ruling)])[tongue].format_map(facts)
        return f"{gave} {_FLOOR[tongue].format_map(facts)}" if "floor" in facts else gave
    sentence = f"{_named(ruling, tongue)}: {_WHY_NOT[ruling.reason][tongue].format_map(facts)}."
    return sentence[0].upper() + sentence[1:]


def _named(ruling: Ruling, tongue: int) -> str:
    facts = _readable(ruling.facts, tongue)
    name = _NAMED[_phrase(ruling)][tongue].format_map(facts)
    # The discount of a promotion is known once its bracket is.
    return f"{name}, {facts['percent']} %" if ruling.rule == "promotion" and "percent" in facts else name


def _sentence(ruling: Ruling) -> str:
    return "promotion_across_articles" if ruling.reason == "running_across_articles" else _phrase(ruling)


def _phrase(ruling: Ruling) -> str:
    """An offer takes a percent off, or is a price of its own."""
    return "offer_price" if ruling.rule == "offer" and "percent" not in ruling.facts else ruling.rule


def _readable(facts: Mapping[str, str], tongue: int) -> dict[str, str]:
    """The facts as a reader knows them: names in their language; `2,5` and `20.11.2026` in Russian."""
    readable = dict(facts)
    if "floor" in facts:
        readable["floor"] = f"{Decimal(facts['floor']):.2f}"
    if tongue and "name_ru" in facts:
        readable["name"] = facts["name_ru"]
    if tongue:
        for figure in ("percent", "sum", "floor"):
            if figure in facts:
                readable[figure] = readable[figure].replace(".", ",")
        for day in ("day", "last"):
            if day in facts:
                readable[day] = f"{date.fromisoformat(facts[day]):%d.%m.%Y}"
    return readable


# --- a price ----------------------------------------------------------------------------------------------------------


class PriceRuleView(View):
    """A price rule and its reason."""

    name: str = Field(
        description="base_price, tier_price, tier_discount, personal_discount, personal_price, promotion, offer; or "
        "stack, for discounts taken off one after the other.",
        examples=["tier_discount"],
    )
    reason: str = Field(description="In the reader's language.", examples=["Tier Silver: 5 % off the base price."])

    @classmethod
    def of(cls, ruling: Ruling, language: str) -> Self:
        return cls(name=ruling.rule, reason=explain(ruling, language))


class PriceView(View):
    """The caller's price of one unit, with the rule that made it and the rejected rules."""

    unit_price: UnitPrice
    rule: PriceRuleView
    rejected: list[PriceRuleView] = Field(description="Rules that did not make the price, and why.")

    @classmethod
    def of(cls, price: Price, language: str) -> Self:
        return cls(
            unit_price=UnitPrice(amount=price.unit_price, currency=price.currency),
            rule=PriceRuleView.of(price.chosen, language),
            rejected=[PriceRuleView.of(ruling, language) for ruling in price.rejected],
        )
