"""Membership of a segment, the stages of a company, and the hold-out."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.campaigns.config import Campaigns, Stages
from chalicelib.campaigns.segments import rules
from chalicelib.campaigns.segments.model import BoughtLine, Candidate, Conditions, PurchaseCondition
from chalicelib.platform.config import config

TODAY = date(2026, 11, 20)
LIMITS = config()[Stages]
ANNA = Candidate(
    audience="installer",
    interests=["lighting", "cable"],
    language="ru",
    region="RU-MOW",
    company_id="cmp_1",
    tier="gold",
    stage="active",
    bought=[BoughtLine(TODAY - timedelta(days=100), "Zenith", "lamps")],
    visited=frozenset({TODAY - timedelta(days=40), TODAY - timedelta(days=10)}),
    clicked=frozenset({TODAY - timedelta(days=40)}),
)


@pytest.mark.parametrize(
    ("conditions", "belongs"),
    [
        ({}, True),
        ({"audiences": ["installer", "designer"]}, True),
        ({"audiences": ["designer"]}, False),
        ({"interests": ["cable"]}, True),
        ({"interests": ["Cable"]}, True),
        ({"interests": ["tools"]}, False),
        ({"languages": ["en"]}, False),
        ({"tiers": ["gold"]}, True),
        ({"tiers": ["none"]}, False),
        ({"stages": ["dormant"]}, False),
        ({"regions": ["RU-MOW"], "regional_event": True}, True),
        ({"regions": ["RU-SPE"], "regional_event": True}, False),
        ({"audiences": ["installer"], "languages": ["en"]}, False),
        ({"purchases": [{"brand": "Zenith"}]}, True),
        ({"purchases": [{"brand": "Zenith", "days": 100}]}, False),
        ({"purchases": [{"brand": "Zenith", "bought": False}]}, False),
        ({"purchases": [{"category": "cable", "bought": False}]}, True),
        ({"purchases": [{"brand": "Zenith"}, {"category": "cable"}]}, False),
        ({"activity": [{"days": 10}]}, False),
        ({"activity": [{"days": 11}]}, True),
        ({"activity": [{"by": "clicks", "days": 40}]}, False),
        ({"activity": [{"by": "clicks", "days": 41}]}, True),
        ({"activity": [{"active": False, "days": 10}]}, True),
        ({"activity": [{"active": False, "by": "clicks", "days": 41}]}, False),
        ({"activity": [{"days": 180}, {"active": False, "days": 10}]}, True),  # was here, and went quiet
    ],
)
def test_a_segment_has_whoever_meets_every_condition(conditions: dict[str, Any], belongs: bool) -> None:
    assert rules.matches(Conditions.model_validate(conditions), ANNA, TODAY) is belongs


@pytest.mark.parametrize("named", [{}, {"brand": "Zenith", "category": "lamps"}])
def test_a_purchase_names_a_brand_or_a_category(named: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        PurchaseCondition.model_validate(named)


def days(*ago: int) -> list[date]:
    return [TODAY - timedelta(days=each) for each in ago]


@pytest.mark.parametrize(
    ("joined", "purchases", "stage"),
    [
        (29, [], "new"),
        (30, [], "learning"),
        (89, [], "learning"),
        (90, [], "dormant"),
        (500, [10], "learning"),
        (500, [40, 10], "learning"),
        (500, [70, 40, 10], "active"),
        (500, [120, 100, 59], "active"),
        (500, [120, 100, 60], "at_risk"),
        (500, [120, 100, 89], "at_risk"),
        (500, [120, 100, 90], "dormant"),
        (500, [200, 10], "won_back"),
        (500, [180, 100, 95], "dormant"),
        (500, [250, 150, 100, 20], "active"),
    ],
)
def test_a_stage_follows_from_the_days_with_purchases(joined: int, purchases: list[int], stage: str) -> None:
    assert rules.stage_of(TODAY - timedelta(days=joined), days(*purchases), TODAY, LIMITS) == stage


@given(joined=st.integers(0, 3000), ago=st.sets(st.integers(0, 270)))
def test_whoever_bought_lately_is_not_dormant(joined: int, ago: set[int]) -> None:
    stage = rules.stage_of(TODAY - timedelta(days=joined), days(*sorted(ago, reverse=True)), TODAY, LIMITS)
    if ago:
        assert (stage == "dormant") is (min(ago) >= LIMITS.dormant_days)
        assert stage != "new"


def test_the_holdout_is_the_same_every_time_and_of_its_share() -> None:
    campaigns = config()[Campaigns]
    salt, percent = campaigns.holdout_salt, campaigns.holdout_percent
    drawn = [rules.is_held_out(salt, f"cmp_{number}", percent) for number in range(20_000)]
    assert drawn == [rules.is_held_out(salt, f"cmp_{number}", percent) for number in range(20_000)]
    # Four standard deviations of a draw of 7 %.
    assert abs(sum(drawn) / len(drawn) - 0.07) < 4 * (0.07 * 0.93 / len(drawn)) ** 0.5


@given(st.text(min_size=1), st.decimals(0, 50, places=2), st.decimals(0, 50, places=2))
def test_a_larger_holdout_keeps_who_was_in_it(company: str, one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    assert not rules.is_held_out("salt", company, small) or rules.is_held_out("salt", company, large)


def test_another_salt_draws_other_companies() -> None:
    def drawn(salt: str) -> set[int]:
        return {number for number in range(2000) if rules.is_held_out(salt, str(number), Decimal(10))}

    assert len(drawn("2026") & drawn("2027")) < len(drawn("2026")) / 2
