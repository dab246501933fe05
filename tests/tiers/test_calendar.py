"""The fall-out calendar as a standing keeps it: on every later day it reads as the rules compute it, and where it does not fit it is not read."""

import json
from dataclasses import replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import tiers
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.tiers.ladders.rules import LadderStep
from chalicelib.tiers.standing import model as standing_model
from chalicelib.tiers.standing import schemas as standing_schemas
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.model import (
    CALENDAR_DAYS,
    HORIZON_DAYS,
    KEPT_DAYS,
    SmallestOrder,
    Standing,
    standing_on_day,
)
from chalicelib.tiers.standing.rules import Facts
from chalicelib.tiers.standing.schemas import standing_json
from tests.tiers import by_hand
from tests.tiers.by_hand import FRIDAY, LADDER, day, grant, totals
from tests.tiers.steps import days_later


def company(
    bought: dict[int, int | str], ladders: tuple[Any, ...] = (LADDER,), grants: tuple[Any, ...] = ()
) -> Standing:
    return kept(standing_on_day("cmp_1", "RUB", FRIDAY, Facts(totals(bought), ladders, grants, None)))


def kept(standing: Standing) -> Standing:
    """With its calendar, as the table gives it back."""
    return replace(
        standing, calendar=standing_store._calendar(standing_store._calendar_fact(standing_model.calendar(standing)))
    )


def read(standing: Standing, ahead: int) -> Standing:
    return replace(standing, as_of=day(ahead))


def computed(standing: Standing) -> Standing:
    return replace(standing, calendar=None)


def calendar(standing: Standing, language: str = "ru") -> list[dict[str, Any]]:
    return json.loads(standing_json(standing, language))["falls_out"]  # type: ignore[no-any-return]


DAILY = {-back: "12345.67" for back in range(90)}

# --- whatever was bought, whenever it is read -------------------------------------------------------------------------


@st.composite
def standings(draw: st.DrawFn) -> tuple[Standing, Facts]:
    facts = Facts(draw(by_hand.bought()), draw(by_hand.ladders()), draw(by_hand.grants), draw(by_hand.first_purchases))
    return kept(standing_on_day("cmp_1", "RUB", FRIDAY, facts)), facts


ahead = st.integers(0, 60) | st.integers(61, 450)


@given(standings(), ahead, st.sampled_from(["ru", "en"]))
def test_what_a_read_shows_is_what_the_rules_compute_on_its_day(
    both: tuple[Standing, Facts], ahead: int, language: str
):
    standing = read(both[0], ahead)
    assert standing_json(standing, language) == standing_json(computed(standing), language)


@given(standings(), ahead)
def test_the_kept_calendar_reads_as_that_of_a_standing_made_on_the_day(both: tuple[Standing, Facts], ahead: int):
    """Of two tiers that give the same, either may be in force: that depends on where a standing's course begins."""
    standing, facts = both
    made = standing_on_day("cmp_1", "RUB", day(ahead), facts)

    def shown(standing: Standing) -> list[dict[str, Any]]:
        return [{**each, "in_force": each["in_force"]["discount_percent"]} for each in calendar(standing)]

    if made.tier.tier == read(standing, ahead).tier.tier and ahead + CALENDAR_DAYS <= HORIZON_DAYS:
        assert shown(read(standing, ahead)) == shown(made)


@given(standings(), ahead)
def test_a_row_goes_out_as_the_contract_says(both: tuple[Standing, Facts], ahead: int):
    standing = read(both[0], ahead)

    def money(amount: Decimal) -> dict[str, Any]:
        return {"amount": amount, "currency": "RUB"}

    def tier(step: LadderStep) -> dict[str, Any]:
        return {"code": step.tier, "name": step.name_in("ru"), "discount_percent": step.discount_percent}

    def order(found: SmallestOrder | None) -> dict[str, Any] | None:
        return money(found.amount) if found else None

    def row(each: standing_model.FallOut) -> dict[str, Any]:
        row = {
            "day": each.day,
            "amount": money(each.leaves),
            "window_sum": money(each.window_sum),
            "tier": tier(each.step),
            "in_force": tier(each.in_force),
            "order_to_keep": order(each.to_keep),
            "order_to_lift": order(each.to_lift),
            "order_by": each.day - timedelta(days=1),
        }
        return standing_schemas.FallOutView.model_validate(row).model_dump(mode="json")

    assert calendar(standing) == [row(each) for each in standing_model.fall_outs(standing, CALENDAR_DAYS)]


# --- when it is read, and when not ------------------------------------------------------------------------------------


def refuse(*_: object) -> None:
    raise AssertionError("computed at a read")


def is_computed(standing: Standing, ahead: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    with monkeypatch.context() as patched:
        patched.setattr(standing_model, "fall_outs", refuse)
        try:
            calendar(read(standing, ahead))
        except AssertionError:
            return True
    return False


def test_it_is_computed_once_another_tier_is_in_force(monkeypatch: pytest.MonkeyPatch):
    """100,000 leave on day 10: silver is held up to day 39."""
    standing = company({-80: 100_000, -10: 60_000})
    assert [is_computed(standing, ahead, monkeypatch) for ahead in (0, 1, 39, 40)] == [False, False, False, True]


def test_it_is_computed_once_a_manual_tier_ends(monkeypatch: pytest.MonkeyPatch):
    standing = company({-80: 100_000, -10: 60_000}, grants=(grant("gold", 0, 4),))
    assert [is_computed(standing, ahead, monkeypatch) for ahead in (4, 5)] == [False, True]


def test_it_is_computed_once_a_ladder_gives_the_tier_something_else(monkeypatch: pytest.MonkeyPatch):
    silver, *above = LADDER.steps[1:]
    dearer = LADDER._replace(
        version="2", valid_from=day(5), steps=(silver._replace(discount_percent=Decimal(6)), *above)
    )
    standing = company({-20: 160_000}, ladders=(LADDER, dearer))
    assert [is_computed(standing, ahead, monkeypatch) for ahead in (4, 5)] == [False, True]


def test_it_is_computed_where_its_rows_do_not_reach_ninety_days_ahead(monkeypatch: pytest.MonkeyPatch):
    """A window of half a year, a purchase on each of its days: rows are kept for a month of reads."""
    standing = company(
        {-back: "12345.67" for back in range(180)}, ladders=(LADDER._replace(window_days=180, hold_days=90),)
    )
    last = KEPT_DAYS - CALENDAR_DAYS
    assert [is_computed(standing, ahead, monkeypatch) for ahead in (0, last, last + 1)] == [False, False, True]
    assert len(calendar(read(standing, last))) == len(calendar(read(standing, last + 1))) == CALENDAR_DAYS


def test_what_other_rules_made_is_computed_anew():
    fact = standing_store._calendar_fact(standing_model.calendar(company(DAILY)))
    assert standing_store._calendar(fact) is not None
    assert standing_store._calendar({**fact, "rules": standing_store.CALENDAR_RULES + 1}) is None
    assert standing_store._calendar(None) is None


def test_rows_that_are_made_otherwise_need_another_version():
    """A change of these texts, or of what they mean, goes with the next `CALENDAR_RULES`: kept rows are not made anew by it."""
    made = standing_model.calendar(company({-80: 100_000, -10: 60_000}))
    assert standing_store.CALENDAR_RULES == 1
    assert [" ".join(row) for row in made.rows] == [
        "2026-11-30 100000.00 60000.00 0 1 - 240000.00 2026-11-29",
        "2027-02-08 60000.00 0.00 2 0 90000.00 340000.00 2027-02-07",
    ]
    assert [step.tier for step in made.steps] == ["bronze", "silver", ""]


# --- on the table -----------------------------------------------------------------------------------------------------


def saved(context: Context, bought: dict[int, int | str]) -> str:
    made = standing_on_day("cmp_1", "RUB", context.today, Facts(totals(bought), (LADDER,), (), None))
    standing_store.save(context, made, standing_model.next_due(made))
    return made.company_id


def test_a_standing_of_daily_purchases_keeps_its_rows_and_reads_right_weeks_later(context: Context):
    company_id = saved(context, DAILY)
    for days in (0, 1, 29, 40, 89, 200):
        standing = tiers.standing_of(days_later(context, days), company_id)
        assert standing.calendar is not None
        assert len(calendar(standing)) == max(90 - days, 0)
        assert standing_json(standing, "ru") == standing_json(computed(standing), "ru")


@pytest.mark.parametrize("rows", [standing_store.KEPT_ROWS - 1, standing_store.KEPT_ROWS])
def test_a_short_calendar_is_not_kept(context: Context, rows: int):
    standing = tiers.standing_of(context, saved(context, {-3 * back: 1_000 for back in range(rows)}))
    assert (standing.calendar is not None) == (rows == standing_store.KEPT_ROWS)
    assert len(calendar(standing)) == rows


def test_a_day_passes_at_midnight_of_the_clubs_zone(context: Context):
    """Rows of a day that has begun are told no more, whatever day it was when they were kept."""
    company_id = saved(context, DAILY)
    midnight = datetime.combine(context.today + timedelta(days=1), time(), tzinfo=context.config[Club].zone)
    for now, first in ((midnight - timedelta(seconds=1), 1), (midnight, 2)):
        standing = tiers.standing_of(replace(context, now=now), company_id)
        assert calendar(standing)[0]["day"] == (context.today + timedelta(days=first)).isoformat()
