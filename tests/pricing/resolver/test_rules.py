"""The price of goods: each rule, each pair of rules, the choice between them, and what must hold for every price."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pricing.resolver.rules import per_unit, resolve
from chalicelib.pricing.rules import (
    RULES,
    Bracket,
    Buyer,
    Contract,
    Discount,
    Offer,
    Policy,
    Price,
    Promotion,
    Rule,
    Ruling,
    Selection,
)

DAY = date(2026, 11, 20)
HUNDRED = Decimal(100)
BEST = Policy()


@dataclass(frozen=True)
class Lamp:
    base_price: Decimal = Decimal("100.00")
    currency: str = "RUB"
    sku: str = "PN-1"
    brand: str = "Lumera"
    category: str = "panels"
    own_brand: bool = False
    status: str = "normal"
    prices: Mapping[str, Decimal] = field(default_factory=dict)

    def price_of(self, type_: str) -> Decimal | None:
        return self.prices.get(type_)


LAMP = Lamp()


def with_tier(percent: str) -> Buyer:
    return Buyer("silver", "Silver", "Серебро", Decimal(percent))


def brackets(*pairs: tuple[int, str]) -> tuple[Bracket, ...]:
    return tuple(Bracket(quantity, Decimal(percent)) for quantity, percent in pairs)


def promotion(*pairs: tuple[int, str], **more: Any) -> Promotion:
    """A running promotion on everything."""
    about: dict[str, Any] = {
        "promotion_id": "prm_1",
        "name": "Autumn",
        "name_ru": "Осень",
        "goods": Selection(),
        "first": DAY - timedelta(days=30),
        "last": DAY + timedelta(days=60),
    }
    return Promotion(brackets=brackets(*(pairs or ((1, "10"),))), **(about | more))


def contract(**more: Any) -> Contract:
    about: dict[str, Any] = {"number": "K-7", "first": DAY - timedelta(days=365)}
    return Contract(**(about | more))


def off(percent: str, **goods: Any) -> Discount:
    return Discount(Selection(**{name: frozenset(value) for name, value in goods.items()}), Decimal(percent))


def offer(percent: str | None = None, **more: Any) -> Offer:
    """An open offer on everything."""
    about: dict[str, Any] = {"offer_id": "off_1", "goods": Selection(), "first": DAY, "last": DAY + timedelta(days=14)}
    return Offer(percent=Decimal(percent) if percent else None, **(about | more))


def said(price: Price) -> list[tuple[str, str]]:
    """The rules that were not chosen, with their reasons."""
    return [(each.rule, each.reason) for each in price.rejected]


# --- each rule --------------------------------------------------------------------------------------------------------


def test_without_a_tier_the_base_price_holds():
    found = resolve(LAMP, 1, Buyer(), DAY)
    assert (found.unit_price, found.chosen.rule) == (Decimal("100.00"), "base_price")
    assert said(found) == [("tier_discount", "no_tier")]


def test_a_tier_takes_its_percent_off():
    found = resolve(LAMP, 1, with_tier("5"), DAY)
    assert found.unit_price == Decimal("95.00")
    assert found.chosen.facts == {"tier": "silver", "name": "Silver", "name_ru": "Серебро", "percent": "5"}
    assert said(found) == [("base_price", "not_lower")]


def test_a_tier_that_gives_no_lower_price_is_rejected():
    found = resolve(Lamp(Decimal("0.01")), 1, with_tier("0.3"), DAY)
    assert (found.unit_price, found.chosen.rule) == (Decimal("0.01"), "base_price")
    assert said(found) == [("tier_discount", "not_lower")]


def test_a_price_type_called_like_the_tier_is_that_tiers_price():
    lamp = Lamp(prices={"silver": Decimal("88.00"), "gold": Decimal("80.00")})
    found = resolve(lamp, 1, with_tier("5"), DAY)
    assert (found.unit_price, found.chosen.rule) == (Decimal("88.00"), "tier_price")
    assert said(found) == [("base_price", "not_lower"), ("tier_discount", "not_lower")]


def test_a_price_of_a_contract_holds_for_its_article():
    terms = [contract(prices={"PN-1": Decimal("77.70")})]
    found = resolve(LAMP, 1, Buyer(), DAY, contracts=terms)
    assert (found.unit_price, found.chosen.rule, found.chosen.facts) == (
        Decimal("77.70"),
        "personal_price",
        {"contract": "K-7"},
    )
    assert resolve(replace(LAMP, sku="PN-2"), 1, Buyer(), DAY, contracts=terms).chosen.rule == "base_price"


def test_of_a_contracts_discounts_the_one_that_names_the_goods_most_closely_counts():
    everything, brand, category, article = (
        off("20"),
        off("15", brands=["Lumera"]),
        off("10", categories=["panels"]),
        off("5", skus=["PN-1"]),
    )
    named: list[Discount] = []
    for discount in (everything, brand, category, article):
        named.append(discount)
        found = resolve(LAMP, 1, Buyer(), DAY, contracts=[contract(discounts=tuple(named))])
        assert found.unit_price == 100 - discount.percent


def test_a_selection_can_name_the_categories_below_its_own():
    below = {"luminaires": {"luminaires", "panels"}, "wiring": {"wiring"}}
    named = Selection(categories=frozenset({"luminaires"}), brands=frozenset({"Volten"}))
    assert named.closeness(LAMP) == 0
    assert named.with_subcategories(below.__getitem__) == named._replace(categories=frozenset({"luminaires", "panels"}))
    assert named.with_subcategories(below.__getitem__).closeness(LAMP) == 3
    assert Selection().with_subcategories(below.__getitem__) == Selection()


@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        (DAY, DAY, None),
        (DAY, None, None),
        (DAY + timedelta(days=1), None, "not_yet"),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), "over"),
    ],
)
def test_a_contract_holds_from_its_first_day_to_its_last(first: date, last: date | None, reason: str | None):
    terms = contract(first=first, last=last, prices={"PN-1": Decimal(50)}, discounts=(off("10"),))
    found = resolve(LAMP, 1, Buyer(), DAY, contracts=[terms])
    if reason is None:
        assert found.unit_price == 50
    else:
        assert found.chosen.rule == "base_price"
        assert set(said(found)) >= {("personal_discount", reason), ("personal_price", reason)}


@pytest.mark.parametrize(
    ("quantity", "unit_price"),
    [(1, "100"), (5, "100"), (6, "90"), (15, "90"), (16, "80"), (30, "80"), (31, "70"), (1_000_000, "70")],
)
def test_a_promotion_gives_the_percent_of_the_quantitys_bracket(quantity: int, unit_price: str):
    running = promotion((6, "10"), (16, "20"), (31, "30"))
    found = resolve(LAMP, quantity, Buyer(), DAY, promotions=[running])
    assert found.unit_price == Decimal(unit_price)
    assert found.promotions == ({"prm_1"} if quantity >= 6 else set())


def test_brackets_across_articles_count_the_units_of_the_promotions_goods_in_the_order():
    apart, together = promotion((6, "10"), (16, "20")), promotion((6, "10"), (16, "20"), across_articles=True)
    units_of = {"prm_1": 16}
    assert resolve(LAMP, 4, Buyer(), DAY, promotions=[together], units_of=units_of).unit_price == Decimal("80.00")
    assert resolve(LAMP, 4, Buyer(), DAY, promotions=[apart]).unit_price == Decimal("100.00")
    found = resolve(LAMP, 4, Buyer(), DAY, promotions=[together], units_of={"prm_1": 5})
    assert said(found)[-1] == ("promotion", "more_of_all_needed")
    # Where no order is there, as in the catalogue, it counts the units of the article.
    assert resolve(LAMP, 6, Buyer(), DAY, promotions=[together]).unit_price == Decimal("90.00")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first": DAY + timedelta(days=1)}, "not_yet"),
        ({"last": DAY - timedelta(days=1)}, "over"),
        ({"months": frozenset({3, 4})}, "out_of_season"),
        ({"tiers": frozenset({"gold"})}, "other_tiers"),
        ({"least_sum": Decimal(1000)}, "for_larger_clients"),
        ({"most_sum": Decimal(500)}, "for_smaller_clients"),
        ({"brackets": brackets((6, "10"))}, "more_needed"),
        ({"display": True}, "display_needed"),
    ],
)
def test_a_promotion_that_does_not_apply_says_why(change: dict[str, Any], reason: str):
    buyer = Buyer(window_sum=Decimal(500))
    assert resolve(LAMP, 1, buyer, DAY, promotions=[promotion()]).unit_price == 90
    found = resolve(LAMP, 1, buyer, DAY, promotions=[promotion()._replace(**change)])
    assert found.unit_price == 100
    assert ("promotion", reason) in said(found)


@pytest.mark.parametrize(
    ("goods", "applies"),
    [
        (Selection(skus=frozenset({"PN-1", "PN-9"})), True),
        (Selection(skus=frozenset({"PN-2"})), False),
        (Selection(statuses=frozenset({"overstock"})), False),
        (Selection(statuses=frozenset({"normal"}), brands=frozenset({"Lumera"})), True),
        (Selection(own_brand=True), False),
        (Selection(brands=frozenset({"Volten"}), categories=frozenset({"panels"})), True),
    ],
)
def test_a_promotion_on_other_goods_is_not_mentioned(goods: Selection, applies: bool):
    found = resolve(LAMP, 1, Buyer(), DAY, promotions=[promotion(goods=goods)])
    assert (found.unit_price == 90) is applies
    assert any(each.rule == "promotion" for each in (found.chosen, *found.rejected)) is applies


def test_a_display_deal_holds_for_who_was_granted_it():
    deal = promotion(display=True)
    granted = Buyer(displays=frozenset({"prm_1"}))
    assert resolve(LAMP, 1, granted, DAY, promotions=[deal]).unit_price == 90
    assert resolve(LAMP, 1, granted, DAY, promotions=[deal._replace(promotion_id="prm_2")]).unit_price == 100


@pytest.mark.parametrize(
    ("made", "unit_price"),
    [
        (offer("15"), "85.00"),
        (offer(price=Decimal("77.70")), "77.70"),
        (offer("15", floor=Decimal("84.99")), "85.00"),
        (offer("15", floor=Decimal("92.50")), "92.50"),
        (offer("15", floor=Decimal("250.00")), "100.00"),
    ],
)
def test_an_offer_is_a_percent_down_to_its_floor_or_a_price(made: Offer, unit_price: str):
    found = resolve(LAMP, 1, Buyer(), DAY, offers=[made], policy=Policy("priority", ("offer",)))
    assert (found.unit_price, found.chosen.rule, found.offers) == (Decimal(unit_price), "offer", {"off_1"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first": DAY + timedelta(days=1)}, "not_yet"),
        ({"first": DAY - timedelta(days=9), "last": DAY - timedelta(days=1)}, "over"),
    ],
)
def test_an_offer_that_does_not_apply_says_why(change: dict[str, Any], reason: str):
    found = resolve(LAMP, 1, Buyer(), DAY, offers=[offer("15")._replace(**change)])
    assert (found.unit_price, found.offers) == (Decimal("100.00"), frozenset())
    assert ("offer", reason) in said(found)


def test_an_offer_on_other_goods_is_not_mentioned():
    found = resolve(LAMP, 1, Buyer(), DAY, offers=[offer("15", goods=Selection(brands=frozenset({"Volten"})))])
    assert said(found) == [("tier_discount", "no_tier")]


def test_an_offer_is_not_used_up_where_another_rule_gives_the_same():
    found = resolve(LAMP, 1, Buyer(), DAY, promotions=[promotion((1, "15"))], offers=[offer("15")])
    assert (found.chosen.rule, found.offers) == ("promotion", frozenset())


def test_the_floor_of_an_offer_holds_for_what_stacks_on_it_too():
    stacks = Policy(stacks=(frozenset({"tier_discount", "offer"}),))
    found = resolve(LAMP, 1, with_tier("5"), DAY, offers=[offer("15", floor=Decimal(83))], policy=stacks)
    assert (found.chosen.rule, found.unit_price, found.offers) == ("stack", Decimal("83"), {"off_1"})


# --- pairs of rules ---------------------------------------------------------------------------------------------------

# One way for each rule to name a price, apart from all others.
WAYS: dict[Rule, tuple[dict[str, Any], Decimal]] = {
    "base_price": ({}, Decimal("100.00")),
    "tier_discount": ({"buyer": with_tier("5")}, Decimal("95.00")),
    "tier_price": ({"lamp": Lamp(prices={"silver": Decimal("93.00")}), "buyer": with_tier("0")}, Decimal("93.00")),
    "personal_discount": ({"contracts": [contract(discounts=(off("12"),))]}, Decimal("88.00")),
    "personal_price": ({"contracts": [contract(number="K-8", prices={"PN-1": Decimal("84.00")})]}, Decimal("84.00")),
    "promotion": ({"promotions": [promotion((1, "20"))]}, Decimal("80.00")),
    "offer": ({"offers": [offer("25")]}, Decimal("75.00")),
}
PAIRS = list(combinations(WAYS, 2))


def priced(*rules: Rule, policy: Policy = BEST) -> Price:
    """The price where just these rules name one."""
    lamp, buyer = LAMP, Buyer()
    contracts: list[Contract] = []
    promotions: list[Promotion] = []
    offers: list[Offer] = []
    for rule in rules:
        way, _ = WAYS[rule]
        lamp, contracts = way.get("lamp", lamp), contracts + way.get("contracts", [])
        promotions += way.get("promotions", [])
        offers += way.get("offers", [])
        if "buyer" in way and (rule == "tier_discount" or not buyer.tier):
            buyer = way["buyer"]
    return resolve(lamp, 1, buyer, DAY, contracts=contracts, promotions=promotions, offers=offers, policy=policy)


@pytest.mark.parametrize("rule", WAYS)
def test_each_rule_alone_makes_its_price(rule: Rule):
    found = priced(rule)
    assert (found.chosen.rule, found.unit_price) == (rule, WAYS[rule][1])


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_of_two_rules_the_better_price_wins(one: Rule, other: Rule):
    found = priced(one, other)
    better = min((one, other), key=lambda rule: WAYS[rule][1])
    worse = other if better == one else one
    assert (found.chosen.rule, found.unit_price) == (better, WAYS[better][1])
    assert (worse, "not_lower") in said(found)


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, other in PAIRS if "base_price" not in (one, other)])
@pytest.mark.parametrize("swapped", [False, True])
def test_under_a_priority_the_first_rule_that_applies_wins_whatever_it_costs(one: Rule, other: Rule, swapped: bool):
    first, second = (other, one) if swapped else (one, other)
    found = priced(first, second, policy=Policy("priority", (first, second)))
    assert (found.chosen.rule, found.unit_price) == (first, WAYS[first][1])
    assert (second, "later_in_priority") in said(found)


PERCENTS: dict[Rule, Decimal] = {
    "tier_discount": Decimal(5),
    "personal_discount": Decimal(12),
    "promotion": Decimal(20),
    "offer": Decimal(25),
}


@pytest.mark.parametrize(("one", "other"), list(combinations(PERCENTS, 2)))
@pytest.mark.parametrize("combine", ["best", "priority"])
def test_two_discounts_that_stack_are_taken_off_one_after_the_other(one: Rule, other: Rule, combine: Any):
    policy = Policy(combine, (one, other), (frozenset({one, other}),))
    found = priced(one, other, policy=policy)
    assert found.unit_price == per_unit(Decimal(100), PERCENTS[one], PERCENTS[other])
    assert found.chosen.rule == "stack"
    assert {part.rule for part in found.chosen.parts} == {one, other}
    assert {rule for rule, _ in said(found)}.isdisjoint({one, other})


def test_three_discounts_can_stack():
    three: list[Rule] = ["tier_discount", "personal_discount", "promotion"]
    found = priced(*three, policy=Policy(stacks=(frozenset(three),)))
    assert found.unit_price == Decimal("66.88")  # 100 × 0.95 × 0.88 × 0.80


def test_a_price_of_its_own_stacks_with_nothing():
    policy = Policy(stacks=(frozenset({"personal_price", "promotion"}),))
    found = priced("personal_price", "promotion", policy=policy)
    assert (found.chosen.rule, found.unit_price) == ("promotion", Decimal("80.00"))


def test_of_two_promotions_the_stack_takes_the_better_one():
    small, large = promotion((1, "10")), promotion((1, "30"), promotion_id="prm_2")
    policy = Policy(stacks=(frozenset({"tier_discount", "promotion"}),))
    found = resolve(LAMP, 1, with_tier("5"), DAY, promotions=[small, large], policy=policy)
    assert (found.unit_price, found.promotions) == (Decimal("66.50"), {"prm_2"})
    assert ("promotion", "not_lower") in said(found)


def test_of_equal_prices_the_one_of_fewer_rules_is_chosen():
    policy = Policy(stacks=(frozenset({"tier_discount", "promotion"}),))
    found = resolve(LAMP, 1, with_tier("0"), DAY, promotions=[promotion((1, "10"))], policy=policy)
    assert found.chosen.rule == "promotion"


# --- rounding ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "percent", "unit_price"),
    [
        ("20.01", "50", "10.01"),  # 10.005 is half way: up
        ("20.03", "50", "10.02"),  # 10.015, which rounding half to even would take to 10.02 as well
        ("20.05", "50", "10.03"),  # 10.025, which it would take to 10.02
        ("99.99", "7", "92.99"),  # 92.9907
        ("1000000.00", "2.5", "975000.00"),
        ("0.00", "5", "0.00"),
        ("10.00", "0.05", "9.995"),  # the dearest of the cheap
        ("0.10", "5", "0.095"),
        ("0.03", "0.5", "0.0299"),  # 0.02985
    ],
)
def test_a_unit_price_is_rounded_half_up_to_hundredths_and_a_cheap_one_finer(base: str, percent: str, unit_price: str):
    assert resolve(Lamp(Decimal(base)), 1, with_tier(percent), DAY).unit_price == Decimal(unit_price)


def test_stacked_discounts_are_rounded_once():
    # 100.10 × 0.95 × 0.97 × 0.99 = 91.3197; rounded at each step, 95.10 → 92.25 → 91.33.
    assert per_unit(Decimal("100.10"), Decimal(5), Decimal(3), Decimal(1)) == Decimal("91.32")


def test_the_amount_is_the_rounded_unit_price_times_the_quantity():
    assert resolve(Lamp(Decimal("20.05")), 1000, with_tier("50"), DAY).amount == Decimal("10030.00")


def test_a_percent_off_thousands_of_cheap_units_is_taken_from_their_sum():
    found = resolve(Lamp(Decimal("0.04")), 10_000, with_tier("11"), DAY)
    assert (found.unit_price, found.amount) == (Decimal("0.0356"), Decimal("356.00"))
    assert resolve(Lamp(Decimal("0.04")), 7, with_tier("11"), DAY).amount == Decimal("0.25")  # 0.2492


# --- what always holds ------------------------------------------------------------------------------------------------

bases = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)
percents = st.decimals(min_value=0, max_value=Decimal("99.99"), places=2)
# Of a named tuple itself `builds` would make up the fields with a default, too.
buyers = st.builds(
    lambda **facts: Buyer(**facts),
    tier=st.sampled_from(["", "silver", "gold"]),
    tier_percent=percents,
    window_sum=st.decimals(min_value=0, max_value=2000, places=2),
)
quantities = st.integers(min_value=1, max_value=100)
some_days = st.integers(min_value=-40, max_value=40).map(lambda days: DAY + timedelta(days=days))
selections = st.builds(
    Selection,
    skus=st.frozensets(st.sampled_from(["PN-1", "PN-2"]), max_size=1),
    categories=st.frozensets(st.sampled_from(["panels", "luminaires", "wiring"]), max_size=1),
    brands=st.frozensets(st.sampled_from(["Lumera", "Volten"]), max_size=1),
    statuses=st.frozensets(st.sampled_from(["normal", "overstock"]), max_size=1),
    own_brand=st.booleans(),
)
lamps = st.builds(
    Lamp,
    base_price=bases,
    own_brand=st.booleans(),
    status=st.sampled_from(["normal", "overstock"]),
    prices=st.dictionaries(st.sampled_from(["silver", "gold"]), bases, max_size=2),
)
contracts = st.builds(
    lambda **facts: Contract(**facts),
    number=st.sampled_from(["K-1", "K-2"]),
    first=some_days,
    last=st.none() | some_days,
    prices=st.dictionaries(st.sampled_from(["PN-1", "PN-2"]), bases, max_size=2),
    discounts=st.lists(st.builds(Discount, selections, percents), max_size=3).map(tuple),
)


@st.composite
def promotions_(draw: st.DrawFn) -> Promotion:
    starts = sorted(draw(st.sets(st.integers(1, 60), min_size=1, max_size=3)))
    offs = sorted(draw(st.sets(percents, min_size=len(starts), max_size=len(starts))))
    return Promotion(
        promotion_id=draw(st.sampled_from(["prm_1", "prm_2", "prm_3"])),
        name="Any",
        name_ru="Любая",
        goods=draw(selections),
        brackets=tuple(map(Bracket, starts, offs)),
        first=draw(some_days),
        last=draw(some_days),
        months=draw(st.frozensets(st.sampled_from([10, 11]), max_size=2)),
        least_sum=draw(st.none() | st.just(Decimal(900))),
        most_sum=draw(st.none() | st.just(Decimal(1500))),
    )


promotion_lists = st.lists(promotions_(), max_size=3, unique_by=lambda each: each.promotion_id)
offers_ = st.builds(
    lambda **facts: Offer(**facts),
    offer_id=st.just("off_1"),
    goods=selections,
    first=some_days,
    last=some_days,
    percent=percents,
    floor=bases,
) | st.builds(
    lambda **facts: Offer(**facts),
    offer_id=st.just("off_2"),
    goods=selections,
    first=some_days,
    last=some_days,
    price=bases,
)
policies = st.builds(
    Policy,
    combine=st.sampled_from(["best", "priority"]),
    priority=st.permutations(RULES).map(tuple),
    stacks=st.lists(st.frozensets(st.sampled_from(RULES), min_size=2, max_size=3), max_size=2).map(tuple),
)
cases = st.fixed_dictionaries(
    {
        "goods": lamps,
        "quantity": quantities,
        "buyer": buyers,
        "day": st.just(DAY),
        "contracts": st.lists(contracts, max_size=2),
        "promotions": promotion_lists,
        "offers": st.lists(offers_, max_size=2, unique_by=lambda each: each.offer_id),
        "policy": policies,
    }
)


def parts_of(price: Price) -> tuple[Ruling, ...]:
    return price.chosen.parts or (price.chosen,)


@given(cases)
def test_no_price_is_negative_and_every_sum_is_whole_hundredths(case: dict[str, Any]):
    found = resolve(**case)
    assert found.unit_price >= 0
    assert found.unit_price == found.unit_price.quantize(Decimal("0.0001" if found.unit_price < 10 else "0.01"))
    assert found.amount == found.amount.quantize(Decimal("0.01"))


@given(cases, percents, st.integers(min_value=1, max_value=1_000_000))
def test_a_percent_is_off_by_less_than_a_tenth_of_a_percent_of_any_sum(
    case: dict[str, Any], percent: Decimal, quantity: int
):
    """But for a unit of less than 0.05, where a ten-thousandth is more."""
    lamp = case["goods"]
    exact = lamp.base_price * (HUNDRED - percent) / HUNDRED * quantity
    found = per_unit(lamp.base_price, percent) * quantity
    assert abs(found - exact) <= max(exact / 1000, Decimal("0.00005") * quantity)


@given(cases)
def test_the_same_input_gives_the_same_price(case: dict[str, Any]):
    assert resolve(**case) == resolve(**case)


@given(cases)
def test_the_explanation_reproduces_the_price(case: dict[str, Any]):
    found, lamp = resolve(**case), case["goods"]
    left = Decimal(1)
    for part in parts_of(found):
        if "percent" in part.facts:
            left *= (HUNDRED - Decimal(part.facts["percent"])) / HUNDRED
    named = {
        "tier_price": lamp.prices.get(case["buyer"].tier),
        "personal_price": found.chosen.unit_price,
    }
    begin = named.get(found.chosen.rule) or lamp.base_price
    exact = begin * left
    again = exact.quantize(Decimal("0.0001" if exact < 10 else "0.01"), rounding=ROUND_HALF_UP)
    if "floor" in found.chosen.facts:
        assert again < Decimal(found.chosen.facts["floor"])
        again = Decimal(found.chosen.facts["floor"])
    assert found.unit_price == found.chosen.unit_price
    if found.chosen.rule == "personal_price":
        agreed = [terms.prices["PN-1"] for terms in case["contracts"] if "PN-1" in terms.prices]
        assert found.unit_price in agreed
    elif found.chosen.rule == "offer" and "percent" not in found.chosen.facts:
        assert found.unit_price in [each.price for each in case["offers"]]
    elif found.chosen.rule == "tier_price":
        assert found.unit_price == lamp.prices[case["buyer"].tier]
    else:
        assert found.unit_price == again


@given(cases)
def test_every_ruling_is_either_part_of_the_price_or_rejected_with_a_reason(case: dict[str, Any]):
    found = resolve(**case)
    told = [*parts_of(found), *found.rejected]
    about = [each for each in case["promotions"] if each.goods.closeness(case["goods"])]
    promoted = [each.facts["promotion"] for each in told if each.rule == "promotion"]
    assert sorted(promoted) == sorted(each.promotion_id for each in about)
    offered = [each.facts["offer"] for each in told if each.rule == "offer"]
    assert sorted(offered) == sorted(each.offer_id for each in case["offers"] if each.goods.closeness(case["goods"]))
    assert [each.rule for each in told].count("base_price") == 1
    assert [each.rule for each in told].count("tier_discount") == 1
    assert all(each.reason for each in told)


@given(cases)
def test_under_best_no_rejected_rule_is_cheaper(case: dict[str, Any]):
    found = resolve(**(case | {"policy": case["policy"]._replace(combine="best")}))
    assert all(each.unit_price >= found.unit_price for each in found.rejected if each.unit_price is not None)


@given(cases, promotions_())
def test_under_best_one_more_promotion_never_raises_the_price(case: dict[str, Any], more: Promotion):
    best = case | {"policy": case["policy"]._replace(combine="best")}
    with_more = best | {"promotions": [*best["promotions"], more._replace(promotion_id="prm_9")]}
    assert resolve(**with_more).unit_price <= resolve(**best).unit_price


@given(cases, offers_)
def test_under_best_one_more_offer_never_raises_the_price(case: dict[str, Any], more: Offer):
    best = case | {"policy": case["policy"]._replace(combine="best")}
    with_more = best | {"offers": [*best["offers"], more._replace(offer_id="off_9")]}
    assert resolve(**with_more).unit_price <= resolve(**best).unit_price


@given(cases)
def test_no_price_that_an_offers_percent_has_a_part_in_is_below_its_floor(case: dict[str, Any]):
    found = resolve(**case)
    for each in case["offers"]:
        if each.offer_id in found.offers:
            assert found.unit_price >= min(each.floor, found.base_price)


@given(cases, quantities)
def test_under_best_more_quantity_never_costs_more_a_unit(case: dict[str, Any], more: int):
    best = case | {"policy": case["policy"]._replace(combine="best")}
    larger = best | {"quantity": case["quantity"] + more}
    assert resolve(**larger).unit_price <= resolve(**best).unit_price


@given(cases, promotions_(), quantities, quantities)
def test_within_one_bracket_scheme_more_quantity_never_costs_more_a_unit(
    case: dict[str, Any], scheme: Promotion, quantity: int, more: int
):
    alone = case | {"promotions": [scheme], "contracts": [], "policy": Policy("priority", ("promotion",))}
    fewer = resolve(**(alone | {"quantity": quantity}))
    if fewer.promotions:
        assert resolve(**(alone | {"quantity": quantity + more})).unit_price <= fewer.unit_price


@pytest.mark.parametrize("bounds", [{"least_sum": Decimal(1)}, {"most_sum": Decimal(10**9)}])
def test_a_promotion_for_a_size_of_client_compares_no_two_currencies(bounds: dict[str, Any]):
    found = promotion(**bounds, sums_in="RUB")
    assert found.obstacle(Buyer(window_sum=Decimal(500), window_currency="RUB"), DAY) is None
    refused = found.obstacle(Buyer(window_sum=Decimal(500), window_currency="JPY"), DAY)
    assert refused and refused.reason == "size_in_other_currency"
    assert promotion(sums_in="RUB").obstacle(Buyer(window_currency="JPY"), DAY) is None
