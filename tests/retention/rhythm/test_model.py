"""The model against published figures, and what must hold for any company."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.retention.rhythm.model import (
    DEFAULTS,
    Parameters,
    Purchases,
    alive,
    expected_orders,
    log_likelihood,
    silence,
)
from tests.support.public_data import data_file

numbers = st.floats(0.05, 20.0)
models = st.builds(Parameters, numbers, st.floats(1.0, 500.0), numbers, numbers)


@st.composite
def histories(draw: st.DrawFn) -> Purchases:
    age = draw(st.floats(0.0, 3000.0))
    repeats = draw(st.integers(0, 200)) if age else 0
    return Purchases(repeats, draw(st.floats(0.0, age)) if repeats else 0.0, age)


def vectors() -> list[dict[str, Any]]:
    """The vectors of this model: gaps without memory, and the first order may be the last."""
    found = json.loads(data_file("golden_btyd.json").read_text())["vectors"]
    return [each for each in found if each["k"] == 1 and each["dropout_at_zero"]]


def test_the_golden_vectors_come_out() -> None:
    told = vectors()
    assert len(told) == 21
    for each in told:
        model = Parameters(each["r"], each["alpha"], each["a"], each["b"])
        seen = Purchases(each["x"], each["tx"], each["T"])
        silent = seen.age - seen.last
        assert alive(model, seen) == pytest.approx(each["p_alive"], abs=1e-9)
        assert silence(model, seen, 90) == pytest.approx(each["p_silent_90"], abs=1e-9)
        assert silence(model, seen, max(90 - silent, 0)) == pytest.approx(each["p_cross_90"], abs=1e-9)
        assert expected_orders(model, seen, 90) == pytest.approx(each["expected_orders_90"], abs=1e-6)


@given(models, histories(), st.floats(0.0, 1000.0), st.floats(0.0, 1000.0))
def test_a_longer_horizon_never_makes_silence_likelier(
    model: Parameters, seen: Purchases, shorter: float, more: float
) -> None:
    assert 0 <= silence(model, seen, shorter + more) <= silence(model, seen, shorter) + 1e-12 <= 1 + 2e-12
    assert silence(model, seen, shorter) >= 1 - alive(model, seen) - 1e-12


@given(models, histories(), st.floats(0.0, 400.0), st.floats(0.0, 400.0))
def test_a_longer_silence_is_never_a_better_sign_of_life(
    model: Parameters, seen: Purchases, more: float, still_more: float
) -> None:
    later = seen._replace(age=seen.age + more)
    assert alive(model, later._replace(age=later.age + still_more)) <= alive(model, later) + 1e-12


@given(models, histories(), st.floats(0.1, 1000.0))
def test_at_least_as_many_orders_are_expected_as_companies_that_order(
    model: Parameters, seen: Purchases, horizon: float
) -> None:
    assert expected_orders(model, seen, horizon) >= (1 - silence(model, seen, horizon)) * 0.99 - 1e-12


def test_a_first_order_says_that_the_company_may_have_left() -> None:
    assert alive(DEFAULTS, Purchases(0, 0, 0)) == pytest.approx(2.0 / 2.6)


def test_the_likelihood_of_a_single_order_is_the_chance_of_the_silence_after_it() -> None:
    only = Purchases(0, 0.0, 100.0)
    waits = (30.0 / 130.0) ** 0.8
    assert 2.718281828459045 ** log_likelihood(DEFAULTS, [only]) == pytest.approx(2.0 / 2.6 * waits + 0.6 / 2.6)
