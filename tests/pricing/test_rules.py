"""What goods cost: each rule, the choice between them, and what must hold for every price."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pricing import Buyer, Price, resolve

DAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Lamp:
    base_price: Decimal
    currency: str = "RUB"


def price(base: str, buyer: Buyer, quantity: int = 1) -> Price:
    return resolve(Lamp(Decimal(base)), quantity, buyer, DAY)


def with_tier(percent: str) -> Buyer:
    return Buyer("silver", "Silver", "Серебро", Decimal(percent))


def test_without_a_tier_the_base_price_holds():
    found = price("120.00", Buyer())
    assert found.unit_price == Decimal("120.00")
    assert found.chosen.rule == "base_price"
    assert [(each.rule, each.reason) for each in found.rejected] == [("tier_discount", "no_tier")]


def test_a_tier_takes_its_percent_off():
    found = price("120.00", with_tier("5"))
    assert found.unit_price == Decimal("114.00")
    assert (found.chosen.rule, found.chosen.facts) == (
        "tier_discount",
        {"tier": "silver", "name": "Silver", "name_ru": "Серебро", "percent": "5"},
    )
    assert [(each.rule, each.reason) for each in found.rejected] == [("base_price", "not_lower")]


def test_a_tier_that_gives_no_lower_price_is_rejected():
    found = price("0.01", with_tier("3"))
    assert found.unit_price == Decimal("0.01")
    assert found.chosen.rule == "base_price"
    assert [(each.rule, each.reason) for each in found.rejected] == [("tier_discount", "not_lower")]


@pytest.mark.parametrize(
    ("base", "percent", "unit_price"),
    [
        ("0.10", "5", "0.10"),  # 0.095 is half way: up
        ("10.01", "50", "5.01"),  # 5.005
        ("10.03", "50", "5.02"),  # 5.015, which rounding half to even would take to 5.02 as well
        ("10.05", "50", "5.03"),  # 5.025, which it would take to 5.02
        ("99.99", "7", "92.99"),  # 92.9907
        ("1000000.00", "2.5", "975000.00"),
        ("0.00", "5", "0.00"),
    ],
)
def test_a_unit_price_is_rounded_half_up_to_hundredths(base: str, percent: str, unit_price: str):
    assert price(base, with_tier(percent)).unit_price == Decimal(unit_price)


def test_the_amount_is_the_rounded_unit_price_times_the_quantity():
    assert price("10.05", with_tier("50"), quantity=1000).amount == Decimal("5030.00")


bases = st.decimals(min_value=0, max_value=Decimal("99999999.99"), places=2)
percents = st.decimals(min_value=0, max_value=Decimal("99.99"), places=2)
buyers = st.one_of(st.just(Buyer()), percents.map(lambda percent: Buyer("silver", "Silver", "Серебро", percent)))
quantities = st.integers(min_value=1, max_value=1_000_000)


@given(bases, buyers, quantities)
def test_no_price_is_negative_or_above_the_base_price(base: Decimal, buyer: Buyer, quantity: int):
    found = resolve(Lamp(base), quantity, buyer, DAY)
    assert 0 <= found.unit_price <= base


@given(bases, buyers, quantities)
def test_a_price_is_whole_hundredths_and_so_is_its_amount(base: Decimal, buyer: Buyer, quantity: int):
    found = resolve(Lamp(base), quantity, buyer, DAY)
    assert found.unit_price == found.unit_price.quantize(Decimal("0.01"))
    assert found.amount == found.amount.quantize(Decimal("0.01"))


@given(bases, buyers, quantities)
def test_the_explanation_reproduces_the_price(base: Decimal, buyer: Buyer, quantity: int):
    found = resolve(Lamp(base), quantity, buyer, DAY)
    percent = Decimal(found.chosen.facts.get("percent", "0"))
    again = (base * (100 - percent) / 100).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert (found.unit_price, found.chosen.unit_price) == (again, again)


@given(bases, buyers, quantities)
def test_every_rule_is_either_chosen_or_rejected_and_no_rejected_one_is_cheaper(
    base: Decimal, buyer: Buyer, quantity: int
):
    found = resolve(Lamp(base), quantity, buyer, DAY)
    assert sorted([found.chosen.rule, *(each.rule for each in found.rejected)]) == ["base_price", "tier_discount"]
    assert all(each.unit_price >= found.unit_price for each in found.rejected if each.unit_price is not None)


@given(bases, quantities, st.tuples(percents, percents).map(sorted))
def test_a_higher_discount_never_raises_the_price(base: Decimal, quantity: int, discounts: list[Decimal]):
    lower, higher = (
        resolve(Lamp(base), quantity, Buyer("silver", "Silver", "Серебро", percent), DAY).unit_price for percent in discounts
    )
    assert higher <= lower


@given(bases, buyers, quantities)
def test_the_same_input_gives_the_same_price(base: Decimal, buyer: Buyer, quantity: int):
    assert resolve(Lamp(base), quantity, buyer, DAY) == resolve(Lamp(base), quantity, buyer, DAY)
