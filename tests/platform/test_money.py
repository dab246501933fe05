from decimal import Decimal

import pytest
from pydantic import TypeAdapter

from chalicelib.platform.money import Money, round_half_up


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
