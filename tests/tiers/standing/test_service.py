"""Standings follow the facts, and nights tell: whatever comes twice, late, together, or not at all."""

import json
import zlib
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import tiers
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.table.transactions import Busy
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers import jobs as tiers_jobs
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.config import FoundingPersonalStep, Tiers
from chalicelib.tiers.ladders import store as ladders_store
from chalicelib.tiers.standing import service as standing_service
from tests.support.figures import with_figures
from tests.support.spent import calls_counted
from tests.tiers.steps import (
    bought,
    buy,
    company,
    days_later,
    deliver,
    delivered,
    due,
    fresh,
    give_back,
    in_memory,
    kept,
    message_for,
    moves,
    night,
    queued,
    sale_events,
    shown,
    standing_item,
    tier_now,
    told,
    warnings,
)

SINCE = {"day": "2026-11-20"}  # for a night that is the first one for weeks


def later(context: Context, company_id: str, days: int) -> Any:
    """The standing some days later, if nobody did anything till then."""
    return tiers.standing_of(days_later(context, days), company_id)


# --- a sale is recorded -----------------------------------------------------------------------------------------------


def test_a_sale_puts_the_tier_in_force_at_once(context: Context):
    company_id = bought(context, {-3: 60_000})
    buy(context, company_id, 0, 500_000)
    deliver(context, company_id)
    standing = tiers.standing_of(context, company_id)
    assert (standing.tier.tier, standing.tier.discount_percent, standing.window_result.window_sum) == (
        "gold",
        7,
        560_000,
    )
    assert (standing.since, standing.safe_until) == (context.today, context.today + timedelta(days=119))
    assert tier_now(context, company_id) == standing.tier
    assert moves(context, company_id) == [("", "bronze", "reached"), ("bronze", "gold", "reached")]


def test_the_event_carries_what_a_letter_needs(context: Context):
    company_id = bought(context, {-3: 160_000})
    (change,) = told(context, company_id)
    silver = {"code": "silver", "name": "Silver", "name_ru": "Серебро", "discount_percent": 5}
    assert {name: change[name] for name in change if name not in ("pk", "sk", "at", "expires_at", "event")} == {
        "company_id": company_id,
        "reason": "reached",
        "from_tier": "",
        "to_tier": "silver",
        "before": {"code": "", "name": "No tier", "name_ru": "Без уровня", "discount_percent": 0},
        "tier": silver,
        "next": {
            **silver,
            "code": "gold",
            "name": "Gold",
            "name_ru": "Золото",
            "discount_percent": 7,
            "missing": 240_000,
        },
        "day": context.today.isoformat(),
        "window_sum": 160_000,
        "window_days": 90,
        "currency": "RUB",
    }


def test_a_sale_below_the_lowest_step_changes_no_tier(context: Context):
    company_id = bought(context, {0: "49999.99"})
    assert tier_now(context, company_id).tier == ""
    assert moves(context, company_id) == []
    assert "gsi2pk" not in (kept(context, company_id) or {})


def test_history_from_before_what_a_standing_tells_costs_no_call(context: Context):
    company_id = company(context)
    event = buy(context, company_id, -211, 1_000_000)
    tier_now(context, company_id)
    ladders_store.ladders_of(context, "RUB")  # read once for all the work
    with calls_counted(context.table.client) as made:
        tiers_consumers.on_sale_recorded(context, event)
    assert made == []
    assert standing_item(context, company_id) is None


def test_history_still_tells_since_when_a_tier_is_in_force(context: Context):
    company_id = bought(context, {-10: 160_000})
    assert tiers.standing_of(context, company_id).since == context.today - timedelta(days=10)
    buy(context, company_id, -140, 160_000)
    deliver(context, company_id)
    assert tiers.standing_of(context, company_id).since == context.today - timedelta(days=10)
    buy(context, company_id, -120, 160_000)
    deliver(context, company_id)
    assert tiers.standing_of(context, company_id).since is None  # longer ago than a quarter


def test_a_correction_that_changes_no_day_costs_no_call(context: Context):
    with calls_counted(context.table.client) as made:
        tiers_consumers.on_sale_recorded(context, Event("sale.recorded", "evt_1", {"company_id": "co_1", "deltas": {}}))
    assert made == []


def test_what_is_dated_ahead_counts_on_its_day(context: Context):
    company_id = bought(context, {0: 60_000, 2: 100_000})
    assert tier_now(context, company_id).tier == "bronze"
    assert due(context, company_id, 2).items() <= (kept(context, company_id) or {}).items()
    assert tier_now(days_later(context, 2), company_id).tier == "silver"


def test_a_return_lowers_the_sum_of_today_and_the_tier_after_the_hold(context: Context):
    company_id = company(context)
    buy(context, company_id, -15, 160_000, number="A-1")
    give_back(context, company_id, 0, 20_000, "A-1")
    deliver(context, company_id)
    standing = tiers.standing_of(context, company_id)
    assert (standing.window_result.window_sum, standing.tier.tier) == (140_000, "silver")
    assert standing.safe_until == context.today + timedelta(days=29)
    assert later(context, company_id, 30).tier.tier == "bronze"
    assert later(context, company_id, 75).window_result.window_sum == 0  # the sale and its return left together


def test_goods_that_go_straight_back_hold_no_tier(context: Context):
    company_id = company(context)
    buy(context, company_id, -14, 160_000, number="A-1")
    deliver(context, company_id)
    give_back(context, company_id, 0, 20_000, "A-1")
    deliver(context, company_id)
    assert tier_now(context, company_id).tier == "bronze"
    assert moves(context, company_id) == [("", "silver", "reached"), ("silver", "bronze", "corrected")]


def test_a_correction_takes_at_once_what_rested_on_an_error(context: Context):
    company_id = company(context)
    buy(context, company_id, -10, 160_000, number="A-1")
    deliver(context, company_id)
    buy(context, company_id, -10, 16_000, number="A-1")
    deliver(context, company_id)
    assert tier_now(context, company_id).tier == ""
    assert moves(context, company_id) == [("", "silver", "reached"), ("silver", "", "corrected")]


def test_a_correction_moves_what_it_corrects_to_another_day(context: Context):
    company_id = company(context)
    buy(context, company_id, -10, 60_000, number="A-1")
    deliver(context, company_id)
    buy(context, company_id, -5, 70_000, number="A-1")
    deliver(context, company_id)
    assert tiers.standing_of(context, company_id).totals.net == {context.today - timedelta(days=5): 70_000}


def test_a_company_stands_on_the_ladder_of_its_currency(context: Context):
    steps = [step.model_copy(update={"from_sum": step.from_sum / 500}) for step in context.config[Tiers].ladders["RUB"]]
    ladders = {**context.config[Tiers].ladders, "GBP": steps}
    pounds = with_figures(context, Tiers, ladders=ladders)
    company_id = company(pounds, "Thames", currency="GBP")
    assert tiers.standing_of(pounds, company_id).currency == "GBP"
    buy(pounds, company_id, 0, 100, currency="GBP")
    deliver(pounds, company_id)
    standing = tiers.standing_of(pounds, company_id)
    assert (standing.currency, standing.tier.tier) == ("GBP", "bronze")


def test_a_currency_without_a_ladder_has_no_tiers(context: Context):
    company_id = company(context, "Volga", currency="XTS")
    buy(context, company_id, 0, 1_000_000, currency="XTS")
    deliver(context, company_id)
    standing = tiers.standing_of(context, company_id)
    assert (standing.tier.tier, standing.next_step, standing.window_result.window_sum) == ("", None, 1_000_000)


def test_a_company_that_there_is_not_has_no_tier(context: Context):
    assert tier_now(context, "co_nowhere").tier == ""
    assert tiers.tier_in_force(None, context.today).tier == ""


def test_a_sale_of_a_company_that_is_not_there_is_told_again(context: Context):
    """The stream repeats what fails; by then the company may be seen."""
    facts = {"company_id": "co_nowhere", "currency": "RUB", "deltas": {context.today.isoformat(): Decimal(1)}}
    with pytest.raises(LookupError):
        tiers_consumers.on_sale_recorded(context, Event("sale.recorded", "evt_1", facts))


def test_a_company_that_lost_a_document_is_followed_whatever_its_currency(context: Context):
    rich, poor = bought(context, {-3: 160_000}, name="Rich"), company(context, "Poor")
    number = next(event.item["document"] for event in sale_events(context, rich))
    buy(context, poor, -3, 160_000, number=number)
    deliver(context, rich, poor)
    assert (tier_now(context, rich).tier, tier_now(context, poor).tier) == ("", "silver")


def test_a_sale_costs_two_reads_and_one_write(context: Context):
    company_id = bought(context, {-3: 60_000})
    event = buy(context, company_id, 0, 10_000)
    ladders_store.ladders_of(context, "RUB")  # read once for all the work
    with calls_counted(context.table.client) as made:
        tiers_consumers.on_sale_recorded(context, event)
    assert made == ["Query", "Query", "PutItem"]


def test_the_path_of_a_company_tells_the_step_of_every_day(context: Context):
    company_id = bought(context, {-100: 60_000, -50: 100_000})
    path = tiers.tier_path(context, company_id, context.today - timedelta(days=110), context.today)
    assert len(path) == 111
    codes = [path[context.today - timedelta(days=back)].tier for back in (101, 100, 51, 50, 0)]
    assert codes == ["", "bronze", "bronze", "silver", "silver"]
    with pytest.raises(LookupError):
        tiers.tier_path(context, "co_nowhere", context.today, context.today)


def with_personal_steps(context: Context) -> Context:
    personal = {"RUB": FoundingPersonalStep(floor=Decimal(1_000), coefficients=[Decimal(1)] * 12)}
    return with_figures(context, Tiers, personal=personal)


def test_the_first_step_of_an_old_company_is_its_own(context: Context):
    club = with_personal_steps(context)
    company_id = bought(club, {-600: 100, -365: 20_000, 0: 20_000})
    assert tier_now(club, company_id).tier == "bronze"
    young = bought(club, {-365: 20_000, 0: 20_000}, name="Young")
    assert tier_now(club, young).tier == ""


def test_a_first_purchase_of_long_ago_that_becomes_known_makes_the_first_step_personal(context: Context):
    club = with_personal_steps(context)
    company_id = bought(club, {-365: 20_000, 0: 20_000})
    tiers_consumers.on_sale_recorded(club, buy(club, company_id, -3000, 100, number="A-1"))
    assert tier_now(club, company_id).tier == "bronze"
    buy(club, company_id, 0, 0, number="A-1")
    deliver(club, company_id)
    assert tier_now(club, company_id).tier == ""


def test_more_history_of_an_old_company_is_one_look_at_its_standing(context: Context):
    club = with_personal_steps(context)
    company_id = bought(club, {-3000: 100, 0: 20_000})
    event = buy(club, company_id, -2000, 100)
    ladders_store.ladders_of(club, "RUB")
    with calls_counted(context.table.client) as made:
        tiers_consumers.on_sale_recorded(club, event)
    assert made == ["GetItem"]


def test_one_delivery_makes_a_company_anew_once(context: Context):
    """All that a batch tells was written before: one look sees it."""
    company_id = company(context)
    batch: dict[tuple[str, ...], Any] = {}
    events = [
        Event(event.name, event.id, event.item, batch)
        for event in (buy(context, company_id, -3, 60_000), buy(context, company_id, 0, 100_000))
    ]
    ladders_store.ladders_of(context, "RUB")
    with calls_counted(context.table.client) as made:
        for event in events:
            tiers_consumers.on_sale_recorded(context, event)
    assert len(made) == 4  # and one for the currency of a company that has no standing yet
    assert tier_now(context, company_id).tier == "silver"


purchases = st.lists(
    st.tuples(st.integers(-130, 5), st.integers(-200_000, 400_000), st.integers(1, 4)), min_size=1, max_size=6
)


@given(purchases, st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_deliveries_twice_and_in_any_order_give_the_same_standing(quick: Context, bought_days: Any, random: Any):
    context = in_memory(quick)
    in_order, shuffled = company(context, context.new_id("first")), company(context, context.new_id("second"))
    for company_id in (in_order, shuffled):
        for offset, amount, number in bought_days:
            buy(context, company_id, offset, amount, number=f"{company_id}-{number}")
    deliver(context, in_order)
    events = 2 * sale_events(context, shuffled)
    random.shuffle(events)
    for event in events:
        delivered(context, event)
    expected, found = kept(context, in_order), kept(context, shuffled)
    own = ("pk", "company_id", "gsi2pk", "gsi2sk")
    assert _without(found, *own) == _without(expected, *own)
    assert _due_day(found) == _due_day(expected)
    assert moves(context, shuffled) == moves(context, in_order)
    assert warnings(context, shuffled) == warnings(context, in_order)


def _without(item: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    return {name: value for name, value in (item or {}).items() if name not in names}


def _due_day(item: dict[str, Any] | None) -> str:
    return (item or {}).get("gsi2pk", "").rpartition("#")[0]


# --- the night tells --------------------------------------------------------------------------------------------------


def test_a_tier_falls_on_its_day_and_the_night_tells(context: Context, one_shard: None):
    """100,000 leave on day 10, from then on silver is held, up to day 39."""
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    night(days_later(context, 39), SINCE)
    assert later(context, company_id, 39).tier.tier == "silver"
    assert night(days_later(context, 40), SINCE)["companies"] == 1
    assert later(context, company_id, 40).tier.tier == "bronze"
    assert moves(context, company_id) == [("", "silver", "reached"), ("silver", "bronze", "fell")]


def test_a_tier_falls_on_its_day_though_no_night_runs(context: Context):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    assert later(context, company_id, 40).tier.tier == "bronze"
    assert tier_now(days_later(context, 40), company_id).tier == "bronze"
    assert later(context, company_id, 110).tier.tier == ""


def test_each_warning_is_given_once_whichever_nights_run(quick: Context):
    context = quick
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    falls_on = (context.today + timedelta(days=40)).isoformat()
    for offset in range(20, 41):
        night(days_later(context, offset))
        tiers_jobs.decide_tiers(days_later(context, offset), message_for(company_id))
    assert warnings(context, company_id) == [(falls_on, 14), (falls_on, 3)]
    first, second = told(context, company_id, "tier.warning")
    assert (first["days_left"], first["needed"], first["buy_by"]) == (
        14,
        90_000,
        (context.today + timedelta(days=39)).isoformat(),
    )
    assert (second["days_left"], second["tier"]["code"], second["falls_to"]["code"]) == (3, "silver", "bronze")


def test_a_warning_that_comes_late_is_the_nearest_one_and_alone(context: Context, one_shard: None):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    night(days_later(context, 38), SINCE)
    assert [(stage, item["days_left"]) for (_, stage), item in _with_items(context, company_id)] == [(3, 2)]


def _with_items(context: Context, company_id: str) -> Any:
    return zip(warnings(context, company_id), told(context, company_id, "tier.warning"), strict=True)


def test_a_fall_that_becomes_known_late_is_warned_of_at_once(context: Context):
    """Recorded so late that the window has left it already: eleven days of the hold are left."""
    company_id = bought(context, {-108: 60_000})
    falls_on = (context.today + timedelta(days=12)).isoformat()
    assert moves(context, company_id) == [("", "bronze", "reached")]
    assert warnings(context, company_id) == [(falls_on, 14)]


def test_whoever_buys_what_was_needed_keeps_the_tier(context: Context, one_shard: None):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    last_day = days_later(context, 39)
    night(last_day, SINCE)
    needed = told(context, company_id, "tier.warning")[-1]["needed"]
    tiers_consumers.on_sale_recorded(last_day, buy(last_day, company_id, 0, needed))
    assert later(context, company_id, 40).tier.tier == "silver"
    night(days_later(context, 40), SINCE)
    assert moves(context, company_id) == [("", "silver", "reached")]


def test_a_second_night_of_the_same_day_finds_nothing_to_do(context: Context, one_shard: None):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    morning = days_later(context, 40)
    night(morning, SINCE)
    before = kept(context, company_id)
    assert night(morning, SINCE)["companies"] == 0
    assert kept(context, company_id) == before
    assert len(moves(context, company_id)) == 2


def test_a_message_that_comes_twice_tells_once(context: Context):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    morning = days_later(context, 40)
    tiers_jobs.decide_tiers(morning, message_for(company_id))
    before = kept(context, company_id)
    tiers_jobs.decide_tiers(morning, message_for(company_id))
    assert kept(context, company_id) == before
    assert len(moves(context, company_id)) == 2


def test_facts_win_over_what_stands_in_the_item(context: Context):
    company_id = bought(context, {-10: 160_000})
    wrong = {"days": zlib.compress(f"{context.today.isoformat()} 5".encode()), "timeline": []}
    context.table.update(tiers_keys.standing(company_id), put=wrong)
    tiers_jobs.decide_tiers(context, message_for(company_id))
    assert shown(tiers.standing_of(context, company_id)) == shown(fresh(context, company_id))


def test_a_standing_that_was_never_written_is_made_by_deciding(context: Context):
    company_id = company(context)
    buy(context, company_id, -10, 160_000)
    tiers_jobs.decide_tiers(context, message_for(company_id))
    assert tier_now(context, company_id).tier == "silver"
    assert len(moves(context, company_id)) == 1


def test_a_company_that_bought_nothing_gets_no_standing(context: Context):
    company_id = company(context)
    tiers_jobs.decide_tiers(context, message_for(company_id))
    assert standing_item(context, company_id) is None


def test_one_company_that_fails_holds_up_no_other(context: Context):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    with pytest.raises(RuntimeError, match="co_nowhere"):
        tiers_jobs.decide_tiers(days_later(context, 40), message_for("co_nowhere", company_id))
    assert moves(context, company_id)[-1] == ("silver", "bronze", "fell")


def test_a_message_about_everyone_names_the_companies(context: Context):
    company_id = bought(context, {-10: 160_000})
    tiers_jobs.decide_tiers(context, {"body": json.dumps({"everyone": "RUB", "after": None})})
    assert [json.loads(message["body"]) for message in queued(context)] == [{"companies": [company_id]}]


def test_who_loses_every_race_gives_up_with_nothing_written(context: Context, monkeypatch: pytest.MonkeyPatch):
    company_id = bought(context, {-10: 60_000})
    totals = standing_service.sales.day_totals

    def raced(*arguments: Any) -> Any:
        context.table.update(tiers_keys.standing(company_id), add={"version": 1})
        return totals(*arguments)

    monkeypatch.setattr(standing_service.sales, "day_totals", raced)
    with pytest.raises(Busy):
        tiers_consumers.on_sale_recorded(context, sale_events(context, company_id)[0])
