"""The bounds of contracts that one person agrees."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.pricing.rules import Contract, Discount, Selection
from chalicelib.pricing.terms.rules import Bounds, needs_two, prices_to_judge

BOUNDS = Bounds(Decimal(30), Decimal(1000), 60)
BASE = {"A": Decimal("100.00"), "B": Decimal("10.00")}
FIRST, LAST = date(2026, 11, 20), date(2027, 11, 19)


def contract(percent: str | None = None, price: str | None = None, credit: str | None = None, **more: Any) -> Contract:
    about: dict[str, Any] = {"number": "K-7", "first": FIRST, "last": LAST}
    if percent:
        about["discounts"] = (Discount(Selection(), Decimal(percent)),)
    if price:
        about["prices"] = {"A": Decimal(price)}
    if credit:
        about["credit_limit"] = Decimal(credit)
    return Contract(**(about | more))


def needs(asked: Contract, *present: Contract) -> bool:
    return needs_two([asked], present, BASE, BOUNDS)


@pytest.mark.parametrize(
    ("asked", "two"),
    [
        (contract(), False),
        (contract("30"), False),
        (contract("30.01"), True),
        (contract(price="70.00"), False),
        (contract(price="69.99"), True),
        (contract(prices={"?": Decimal(1000)}), True),
        (contract(credit="1000.00"), False),
        (contract(credit="1000.01"), True),
        (contract(credit="1000.00", deferral_days=60), False),
        (contract(credit="1000.00", deferral_days=61), True),
        (contract(deferral_days=1), True),
        (contract(deferral_days=0), False),
    ],
)
def test_two_people_give_what_is_above_the_bounds(asked: Contract, two: bool):
    assert needs(asked) is two


@pytest.mark.parametrize(
    "given_before",
    [
        contract("50"),
        contract(price="50.00"),
        contract(credit="5000"),
        contract(deferral_days=30),
        contract(credit="1.00", deferral_days=90),
    ],
)
def test_what_a_contract_gives_already_one_person_keeps_lowers_or_shortens_and_does_not_raise_or_prolong(
    given_before: Contract,
):
    assert not needs(given_before, given_before)
    assert not needs(given_before._replace(first=FIRST + timedelta(1), last=LAST - timedelta(1)), given_before)
    assert not needs(given_before, given_before._replace(last=None))
    assert needs(given_before._replace(number="K-8"), given_before)
    assert needs(given_before._replace(last=LAST + timedelta(1)), given_before)
    assert needs(given_before._replace(last=None), given_before)
    assert needs(given_before._replace(first=FIRST - timedelta(1)), given_before)


def test_more_than_before_needs_two_and_less_does_not():
    assert needs(contract("51"), contract("50")) and not needs(contract("49"), contract("50"))
    assert needs(contract(price="49"), contract(price="50")) and not needs(contract(price="51"), contract(price="50"))
    assert needs(contract(credit="5001"), contract(credit="5000"))
    assert not needs(contract(credit="4999"), contract(credit="5000"))
    wider = contract(discounts=(Discount(Selection(brands=frozenset({"Volten"})), Decimal(50)),))
    assert needs(contract("50"), wider), "another selection of goods"


some = st.builds(
    contract,
    st.sampled_from([None, "10", "40", "60"]),
    st.sampled_from([None, "90.00", "50.00", "40.00"]),
    st.sampled_from([None, "500", "2000", "3000"]),
    number=st.sampled_from(["K-1", "K-2"]),
    first=st.sampled_from([FIRST, FIRST + timedelta(9)]),
    last=st.sampled_from([LAST, None]),
)
several = st.lists(some, max_size=2, unique_by=lambda each: each.number)


@given(several)
def test_terms_that_stay_need_nobody(terms: list[Contract]):
    assert not needs_two(terms, terms, BASE, BOUNDS)
    assert prices_to_judge(terms, terms) == set()


@given(several, several)
def test_only_the_prices_that_are_judged_are_looked_up(asked: list[Contract], present: list[Contract]):
    judged = {sku: price for sku, price in BASE.items() if sku in prices_to_judge(asked, present)}
    assert needs_two(asked, present, judged, BOUNDS) == needs_two(asked, present, BASE, BOUNDS)


@given(several, several)
def test_what_needs_nobody_gives_no_more_than_the_bounds_or_than_before(asked: list[Contract], present: list[Contract]):
    if needs_two(asked, present, BASE, BOUNDS):
        return
    for each in asked:
        before = next((one for one in present if one.number == each.number), contract())
        assert max((one.percent for one in each.discounts), default=Decimal(0)) <= max(
            BOUNDS.percent, *(one.percent for one in before.discounts), Decimal(0)
        )
        assert (each.credit_limit or 0) <= max(BOUNDS.credit, before.credit_limit or 0)
        assert each.prices.get("A", BASE["A"]) >= min(Decimal(70), before.prices.get("A", BASE["A"]))
