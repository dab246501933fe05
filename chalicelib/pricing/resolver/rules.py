"""The price of goods for a buyer on a day. Pure.

Each rule either gives a unit price or the reason why it does not apply:

    base_price         the listed price
    tier_price         the price of the price type named like the buyer's tier
    tier_discount      the percent of the buyer's tier
    personal_price     a price of a contract for this article
    personal_discount  a percent of a contract for the article, its category, its brand, or everything: the closest one
    promotion          the percent of a promotion's quantity bracket
    offer              a percent or a price that the staff offered this company for one order

The club's `Policy` combines the rules: the best price for the partner, or the first applicable rule of a priority; it also names the
discounts that stack, one taken off after the other. A price has its explanation: the chosen rule and the reasons of the rejected ones.
Promotions for other goods are left out.

A new kind of promotion is a field of `Promotion` with a condition in `obstacle` or a ruling in `_promotion_ruling`, fields in
`promotions/model.py`, and its sentences in `schemas.py`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from chalicelib.platform.money import unit_price_of
from chalicelib.pricing.rules import (
    HUNDRED,
    ONE,
    PLACES,
    RULES,
    STACK,
    Buyer,
    Contract,
    Goods,
    Obstacle,
    Offer,
    Policy,
    Price,
    Promotion,
    Rule,
    Ruling,
    out_of_time,
    plain,
)

BEST = Policy()
NO_UNITS: Mapping[str, int] = {}


class _Applicable(NamedTuple):
    """A rule that applies, with its percent off the base price, or None for a price of its own.

    No price with a part of this rule may be below `floor`.
    """

    ruling: Ruling
    percent: Decimal | None = None
    floor: Decimal = Decimal(0)


# --- the resolver -----------------------------------------------------------------------------------------------------


def resolve(
    goods: Goods,
    quantity: int,
    buyer: Buyer,
    day: date,
    *,
    contracts: Sequence[Contract] = (),
    promotions: Sequence[Promotion] = (),
    offers: Sequence[Offer] = (),
    policy: Policy = BEST,
    units_of: Mapping[str, int] = NO_UNITS,
) -> Price:
    """The price of `quantity` units for this buyer on this day.

    `units_of`: by promotion that counts across articles, the units of its goods in the order; `quantity` where it names none.
    """
    applies: list[_Applicable] = []
    refused: list[Ruling] = []
    for each in _rulings(goods, quantity, buyer, day, contracts, promotions, offers, units_of):
        if isinstance(each, Ruling):
            refused.append(each)
        else:
            applies.append(each)
    chosen = _by_priority(goods, applies, policy) if policy.combine == "priority" else _best(goods, applies, policy)
    used = {*map(id, chosen.parts or (chosen,))}
    outdone = "not_lower" if policy.combine == "best" else "later_in_priority"
    losers = [each.ruling for each in applies if id(each.ruling) not in used]
    rejected = [Ruling(each.rule, outdone, each.unit_price, each.facts, each.parts) for each in losers]
    if chosen.unit_price is None:
        raise ValueError("a chosen ruling has a price")
    return Price(
        base_price=goods.base_price,
        unit_price=chosen.unit_price,
        quantity=quantity,
        currency=goods.currency,
        day=day,
        chosen=chosen,
        rejected=tuple(sorted(rejected + refused, key=lambda ruling: PLACES[ruling.rule])),
    )


def per_unit(base_price: Decimal, *percents: Decimal) -> Decimal:
    """The base price less the percents, one after the other, rounded once."""
    left = ONE
    for percent in percents:
        left *= (HUNDRED - percent) / HUNDRED
    return unit_price_of(base_price * left)


def _best(goods: Goods, applies: Sequence[_Applicable], policy: Policy) -> Ruling:
    """The lowest price; of equal prices the one with fewer rules, then that of the earlier rule."""
    candidates = [each.ruling for each in applies]
    for group in policy.stacks:
        candidates.extend(_stacked(goods, parts) for parts in _combinations(applies, group))
    return min(candidates, key=_worth)


def _by_priority(goods: Goods, applies: Sequence[_Applicable], policy: Policy) -> Ruling:
    """The first applicable rule of the priority, with the discounts that stack on it. Rules outside the priority come last."""
    order: dict[str, int] = {rule: place for place, rule in enumerate(policy.priority)}
    kinds = {each.ruling.rule for each in applies}
    first = min(kinds, key=lambda rule: (order.get(rule, len(order)), -PLACES[rule]))
    candidates = [each.ruling for each in applies if each.ruling.rule == first]
    for group in policy.stacks:
        if first in group:
            stacked = (
                parts for parts in _combinations(applies, group) if any(each.ruling.rule == first for each in parts)
            )
            candidates.extend(_stacked(goods, parts) for parts in stacked)
    return min(candidates, key=_worth)


def _worth(ruling: Ruling) -> tuple[Decimal, int]:
    if ruling.unit_price is None:
        raise ValueError("only a ruling with a price can be chosen")
    return ruling.unit_price, len(ruling.parts)  # the first of equals


def _combinations(applies: Sequence[_Applicable], group: frozenset[Rule]) -> Iterator[tuple[_Applicable, ...]]:
    """The combinations of discounts of a group: one ruling per rule, at least two rules."""
    by_rule = [
        [each for each in applies if each.ruling.rule == rule and each.percent is not None]
        for rule in RULES
        if rule in group
    ]
    there = [rulings for rulings in by_rule if rulings]
    if len(there) > 1:
        yield from product(*there)


def _stacked(goods: Goods, parts: Sequence[_Applicable]) -> Ruling:
    percents = [each.percent for each in parts if each.percent is not None]
    floor = max(each.floor for each in parts)
    unit_price, facts = _down_to(floor, per_unit(goods.base_price, *percents))
    return Ruling(STACK, "stacked", unit_price, facts, parts=tuple(each.ruling for each in parts))


def _down_to(floor: Decimal, unit_price: Decimal) -> tuple[Decimal, dict[str, str]]:
    """The price, or a higher floor, which is then a fact of the ruling."""
    return (floor, {"floor": plain(floor)}) if unit_price < floor else (unit_price, {})


# --- the rules --------------------------------------------------------------------------------------------------------


def _rulings(
    goods: Goods,
    quantity: int,
    buyer: Buyer,
    day: date,
    contracts: Iterable[Contract],
    promotions: Iterable[Promotion],
    offers: Iterable[Offer],
    units_of: Mapping[str, int],
) -> Iterator[_Applicable | Ruling]:
    """The result of each rule: applicable, or a ruling with the reason why not."""
    yield _Applicable(Ruling("base_price", "listed", goods.base_price))
    if buyer.tier:
        price = goods.price_of(buyer.tier)
        if price is not None:
            facts = _tier_facts(buyer.tier, buyer.name, buyer.name_ru)
            yield _Applicable(Ruling("tier_price", "price_of_tier", price, facts))
        facts = _tier_facts(buyer.tier, buyer.name, buyer.name_ru, buyer.tier_percent)
        yield _percent_off(goods, "tier_discount", "tier_reached", buyer.tier_percent, facts)
    else:
        yield Ruling("tier_discount", "no_tier")
    for contract in contracts:
        yield from _personal(goods, contract, day)
    for promotion in promotions:
        if promotion.makes_prices and promotion.goods.closeness(goods):
            yield _promotion_ruling(goods, units_of.get(promotion.promotion_id, quantity), buyer, day, promotion)
    for offer in offers:
        if offer.goods.closeness(goods):
            yield _offer_ruling(goods, day, offer)


@lru_cache
def _tier_facts(tier: str, name: str, name_ru: str, percent: Decimal | None = None) -> Mapping[str, str]:
    """The facts that all goods of a buyer share."""
    facts = {"tier": tier, "name": name or tier, "name_ru": name_ru or tier}
    return facts if percent is None else {**facts, "percent": plain(percent)}


def _personal(goods: Goods, contract: Contract, day: date) -> Iterator[_Applicable | Ruling]:
    price = contract.prices.get(goods.sku)
    closest = max(contract.discounts, key=lambda each: (each.goods.closeness(goods), each.percent), default=None)
    percent = closest.percent if closest and closest.goods.closeness(goods) else None
    facts = {"contract": contract.number}
    outside = out_of_time(day, contract.first, contract.last)
    if price is not None:
        if outside:
            yield Ruling("personal_price", outside.reason, facts={**facts, **outside.facts})
        elif not contract.counts_in(goods.currency):
            yield Ruling("personal_price", "other_currency", facts={**facts, "currency": contract.currency})
        else:
            yield _Applicable(Ruling("personal_price", "agreed", price, facts))
    if percent is not None:
        facts = {**facts, "percent": plain(percent)}
        if outside:
            yield Ruling("personal_discount", outside.reason, facts={**facts, **outside.facts})
        else:
            yield _percent_off(goods, "personal_discount", "agreed", percent, facts)


def _promotion_ruling(
    goods: Goods, quantity: int, buyer: Buyer, day: date, promotion: Promotion
) -> _Applicable | Ruling:
    reached = [bracket for bracket in promotion.brackets if quantity >= bracket.from_quantity]
    obstacle = promotion.obstacle(buyer, day)
    if obstacle is None and promotion.limits and promotion.limits.currency not in ("", goods.currency):
        obstacle = Obstacle("other_currency", {"currency": promotion.limits.currency})
    if obstacle is None and not reached:
        reason = "more_of_all_needed" if promotion.across_articles else "more_needed"
        obstacle = Obstacle(reason, {"quantity": str(promotion.brackets[0].from_quantity)})
    if obstacle:
        return promotion.rejected_by(obstacle)
    bracket = reached[-1]
    facts = {**promotion.facts, "percent": plain(bracket.percent), "quantity": str(bracket.from_quantity)}
    reason = "running_across_articles" if promotion.across_articles else "running"
    return _percent_off(goods, "promotion", reason, bracket.percent, facts)


def _offer_ruling(goods: Goods, day: date, offer: Offer) -> _Applicable | Ruling:
    facts = {"offer": offer.offer_id, "last": offer.last.isoformat()}
    if offer.percent is not None:
        facts |= {"percent": plain(offer.percent)}
    obstacle = out_of_time(day, offer.first, offer.last)
    if obstacle:
        return Ruling("offer", obstacle.reason, facts={**facts, **obstacle.facts})
    if offer.currency not in ("", goods.currency):
        return Ruling("offer", "other_currency", facts={**facts, "currency": offer.currency})
    if offer.percent is None:
        if offer.price is None:
            raise ValueError(f"offer {offer.offer_id} has neither a percent nor a price")
        return _Applicable(Ruling("offer", "offered", offer.price, facts))
    floor = min(offer.floor, goods.base_price)
    unit_price, bound = _down_to(floor, per_unit(goods.base_price, offer.percent))
    return _Applicable(Ruling("offer", "offered", unit_price, {**facts, **bound}), offer.percent, floor)


def _percent_off(goods: Goods, rule: Rule, reason: str, percent: Decimal, facts: Mapping[str, str]) -> _Applicable:
    return _Applicable(Ruling(rule, reason, per_unit(goods.base_price, percent), facts), percent)
