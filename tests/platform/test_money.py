from decimal import Decimal
from itertools import pairwise
from operator import add, ge, gt, le, lt, sub

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from chalicelib.platform.money import (
    MixedCurrencies,
    Money,
    UnitPrice,
    line_sum,
    round_half_up,
    totals_of,
    unit_price_text,
)


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),  # half-even would say 0.02 here and 0.00 above
        ("-0.005", "-0.01"),
        ("2.344999", "2.34"),
        ("-0.001", "0.00"),
        ("100", "100.00"),
    ],
)
def test_halves_go_away_from_zero(exact: str, rounded: str) -> None:
    assert str(round_half_up(Decimal(exact))) == rounded


@pytest.mark.parametrize("amount", ["1E+3", "1000", "1000.000"])
def test_a_sum_goes_out_with_two_digits_and_no_exponent(amount: str) -> None:
    shown = TypeAdapter(Money).dump_python(Money(amount=Decimal(amount), currency="RUB"), mode="json")
    assert shown == {"amount": "1000.00", "currency": "RUB"}


@pytest.mark.parametrize(
    ("unit_price", "text"), [("0.0356", "0.0356"), ("0.095", "0.095"), ("114", "114.00"), ("1E+3", "1000.00")]
)
def test_the_price_of_a_unit_goes_out_with_two_to_four_digits(unit_price: str, text: str) -> None:
    assert unit_price_text(Decimal(unit_price)) == text
    shown = TypeAdapter(UnitPrice).dump_python(UnitPrice(amount=Decimal(unit_price), currency="RUB"), mode="json")
    assert shown == {"amount": text, "currency": "RUB"}


@given(
    st.decimals(min_value=0, max_value=1000, places=4), st.lists(st.integers(min_value=0, max_value=10_000), max_size=9)
)
def test_the_sums_of_all_parts_of_a_line_add_up_to_the_sum_of_the_line(unit_price: Decimal, parts: list[int]) -> None:
    sums = [line_sum(unit_price, part, sum(parts[:place])) for place, part in enumerate(parts)]
    assert sum(sums) == line_sum(unit_price, sum(parts))
    assert all(each >= 0 for each in sums)


def test_sums_in_two_currencies_are_neither_added_nor_compared() -> None:
    roubles, euros = Money.of(Decimal(1), "RUB"), Money.of(Decimal(2), "EUR")
    for mixed in (add, sub, lt, le, gt, ge):
        with pytest.raises(MixedCurrencies):
            mixed(roubles, euros)
    with pytest.raises(MixedCurrencies):
        Money.total("RUB", [roubles, euros])
    assert roubles != Money.of(Decimal(1), "EUR")


@given(amounts=st.lists(st.decimals(-1000, 1000, places=2)))
def test_sums_in_one_currency_are_as_their_amounts(amounts: list[Decimal]) -> None:
    sums = [Money.of(amount, "RUB") for amount in amounts]
    assert Money.total("RUB", sums) == Money.of(sum(amounts, Decimal(0)), "RUB")
    assert [each.amount for each in sorted(sums)] == sorted(amounts)
    for first, second in pairwise(sums):
        assert (first - second) + second == first
        assert (first < second, first >= second) == (first.amount < second.amount, first.amount >= second.amount)


@given(st.lists(st.tuples(st.sampled_from(["RUB", "EUR", "KZT"]), st.decimals(-9999, 9999, places=2))))
def test_totals_are_of_one_currency_each_whatever_the_order(sums: list[tuple[str, Decimal]]) -> None:
    found = totals_of(sums)
    assert found == totals_of(reversed(sums))
    assert list(found) == sorted({currency for currency, _ in sums})
    for currency, total in found.items():
        assert Money.of(total, currency) == Money.total(
            currency, (Money.of(amount, currency) for each, amount in sums if each == currency)
        )
