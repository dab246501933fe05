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
from chalicelib.platform.context import Work
from chalicelib.platform.events import Event
from chalicelib.table.transactions import Busy
from chalicelib.tiers import consumers as tiers_consumers
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.config import PersonalStep, Tiers
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


def later(work: Work, company_id: str, days: int) -> Any:
    """Where the company stands some days on, if nobody did anything till then."""
    return tiers.standing_of(days_later(work, days), company_id)


# --- a sale is recorded -----------------------------------------------------------------------------------------------


def test_a_sale_puts_the_tier_in_force_at_once(work: Work):
    company_id = bought(work, {-3: 60_000})
    buy(work, company_id, 0, 500_000)
    deliver(work, company_id)
    standing = tiers.standing_of(work, company_id)
    assert (standing.tier.tier, standing.tier.discount_percent, standing.reached.window_sum) == ("gold", 7, 560_000)
    assert (standing.since, standing.safe_until) == (work.today, work.today + timedelta(days=119))
    assert tier_now(work, company_id) == standing.tier
    assert moves(work, company_id) == [("", "bronze", "reached"), ("bronze", "gold", "reached")]


def test_the_event_carries_what_a_letter_needs(work: Work):
    company_id = bought(work, {-3: 160_000})
    (change,) = told(work, company_id)
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
        "day": work.today.isoformat(),
        "window_sum": 160_000,
        "window_days": 90,
        "currency": "RUB",
    }


def test_a_sale_below_the_lowest_step_changes_no_tier(work: Work):
    company_id = bought(work, {0: "49999.99"})
    assert tier_now(work, company_id).tier == ""
    assert moves(work, company_id) == []
    assert "gsi2pk" not in (kept(work, company_id) or {})


def test_history_from_before_what_a_standing_tells_costs_no_call(work: Work):
    company_id = company(work)
    event = buy(work, company_id, -211, 1_000_000)
    tier_now(work, company_id)
    ladders_store.ladders_of(work, "RUB")  # read once for all the work
    with calls_counted(work.table.client) as made:
        tiers_consumers.on_sale_recorded(work, event)
    assert made == []
    assert standing_item(work, company_id) is None


def test_history_still_tells_since_when_a_tier_is_in_force(work: Work):
    company_id = bought(work, {-10: 160_000})
    assert tiers.standing_of(work, company_id).since == work.today - timedelta(days=10)
    buy(work, company_id, -140, 160_000)
    deliver(work, company_id)
    assert tiers.standing_of(work, company_id).since == work.today - timedelta(days=10)
    buy(work, company_id, -120, 160_000)
    deliver(work, company_id)
    assert tiers.standing_of(work, company_id).since is None  # longer ago than a quarter


def test_a_correction_that_changes_no_day_costs_no_call(work: Work):
    with calls_counted(work.table.client) as made:
        tiers_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", {"company_id": "co_1", "deltas": {}}))
    assert made == []


def test_what_is_dated_ahead_counts_on_its_day(work: Work):
    company_id = bought(work, {0: 60_000, 2: 100_000})
    assert tier_now(work, company_id).tier == "bronze"
    assert due(work, company_id, 2).items() <= (kept(work, company_id) or {}).items()
    assert tier_now(days_later(work, 2), company_id).tier == "silver"


def test_a_return_lowers_the_sum_of_today_and_the_tier_after_the_hold(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 160_000, number="A-1")
    give_back(work, company_id, 0, 20_000, "A-1")
    deliver(work, company_id)
    standing = tiers.standing_of(work, company_id)
    assert (standing.reached.window_sum, standing.tier.tier) == (140_000, "silver")
    assert standing.safe_until == work.today + timedelta(days=29)
    assert later(work, company_id, 30).tier.tier == "bronze"
    assert later(work, company_id, 80).reached.window_sum == 0  # the sale and its return left together


def test_a_correction_takes_at_once_what_rested_on_an_error(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 160_000, number="A-1")
    deliver(work, company_id)
    buy(work, company_id, -10, 16_000, number="A-1")
    deliver(work, company_id)
    assert tier_now(work, company_id).tier == ""
    assert moves(work, company_id) == [("", "silver", "reached"), ("silver", "", "corrected")]


def test_a_correction_moves_what_it_corrects_to_another_day(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 60_000, number="A-1")
    deliver(work, company_id)
    buy(work, company_id, -5, 70_000, number="A-1")
    deliver(work, company_id)
    assert tiers.standing_of(work, company_id).totals.net == {work.today - timedelta(days=5): 70_000}


def test_a_company_stands_on_the_ladder_of_its_currency(work: Work):
    steps = [step.model_copy(update={"from_sum": step.from_sum / 500}) for step in work.config[Tiers].ladders["RUB"]]
    ladders = {**work.config[Tiers].ladders, "GBP": steps}
    pounds = with_figures(work, Tiers, ladders=ladders)
    company_id = company(pounds, "Thames", currency="GBP")
    assert tiers.standing_of(pounds, company_id).currency == "GBP"
    buy(pounds, company_id, 0, 100)
    deliver(pounds, company_id)
    standing = tiers.standing_of(pounds, company_id)
    assert (standing.currency, standing.tier.tier) == ("GBP", "bronze")


def test_a_currency_without_a_ladder_has_no_tiers(work: Work):
    company_id = company(work, "Volga", currency="XTS")
    buy(work, company_id, 0, 1_000_000)
    deliver(work, company_id)
    standing = tiers.standing_of(work, company_id)
    assert (standing.tier.tier, standing.next_step, standing.reached.window_sum) == ("", None, 1_000_000)


def test_a_company_that_there_is_not_has_no_tier(work: Work):
    assert tier_now(work, "co_nowhere").tier == ""
    assert tiers.tier_in_force(None, work.today).tier == ""


def test_a_sale_of_a_company_that_is_not_there_is_told_again(work: Work):
    """The stream repeats what fails; by then the company may be seen."""
    facts = {"company_id": "co_nowhere", "currency": "RUB", "deltas": {work.today.isoformat(): Decimal(1)}}
    with pytest.raises(LookupError):
        tiers_consumers.on_sale_recorded(work, Event("sale.recorded", "evt_1", facts))


def test_a_company_that_lost_a_document_is_followed_whatever_its_currency(work: Work):
    rich, poor = bought(work, {-3: 160_000}, name="Rich"), company(work, "Poor")
    number = next(event.item["document"] for event in sale_events(work, rich))
    buy(work, poor, -3, 160_000, number=number)
    deliver(work, rich, poor)
    assert (tier_now(work, rich).tier, tier_now(work, poor).tier) == ("", "silver")


def test_a_sale_costs_two_reads_and_one_write(work: Work):
    company_id = bought(work, {-3: 60_000})
    event = buy(work, company_id, 0, 10_000)
    ladders_store.ladders_of(work, "RUB")  # read once for all the work
    with calls_counted(work.table.client) as made:
        tiers_consumers.on_sale_recorded(work, event)
    assert made == ["Query", "Query", "PutItem"]


def test_the_path_of_a_company_tells_the_step_of_every_day(work: Work):
    company_id = bought(work, {-100: 60_000, -50: 100_000})
    path = tiers.tier_path(work, company_id, work.today - timedelta(days=110), work.today)
    assert len(path) == 111
    codes = [path[work.today - timedelta(days=back)].tier for back in (101, 100, 51, 50, 0)]
    assert codes == ["", "bronze", "bronze", "silver", "silver"]
    with pytest.raises(LookupError):
        tiers.tier_path(work, "co_nowhere", work.today, work.today)


def with_personal_steps(work: Work) -> Work:
    personal = {"RUB": PersonalStep(floor=Decimal(1_000), coefficients=[Decimal(1)] * 12)}
    return with_figures(work, Tiers, personal=personal)


def test_the_first_step_of_an_old_company_is_its_own(work: Work):
    club = with_personal_steps(work)
    company_id = bought(club, {-600: 100, -365: 20_000, 0: 20_000})
    assert tier_now(club, company_id).tier == "bronze"
    young = bought(club, {-365: 20_000, 0: 20_000}, name="Young")
    assert tier_now(club, young).tier == ""


def test_a_first_purchase_of_long_ago_that_becomes_known_makes_the_first_step_personal(work: Work):
    club = with_personal_steps(work)
    company_id = bought(club, {-365: 20_000, 0: 20_000})
    tiers_consumers.on_sale_recorded(club, buy(club, company_id, -3000, 100, number="A-1"))
    assert tier_now(club, company_id).tier == "bronze"
    buy(club, company_id, 0, 0, number="A-1")
    deliver(club, company_id)
    assert tier_now(club, company_id).tier == ""


def test_more_history_of_an_old_company_is_one_look_at_its_standing(work: Work):
    club = with_personal_steps(work)
    company_id = bought(club, {-3000: 100, 0: 20_000})
    event = buy(club, company_id, -2000, 100)
    ladders_store.ladders_of(club, "RUB")
    with calls_counted(work.table.client) as made:
        tiers_consumers.on_sale_recorded(club, event)
    assert made == ["GetItem"]


def test_one_delivery_makes_a_company_anew_once(work: Work):
    """All that a batch tells was written before: one look sees it."""
    company_id = company(work)
    batch: dict[tuple[str, ...], Any] = {}
    events = [
        Event(event.name, event.id, event.item, batch)
        for event in (buy(work, company_id, -3, 60_000), buy(work, company_id, 0, 100_000))
    ]
    ladders_store.ladders_of(work, "RUB")
    with calls_counted(work.table.client) as made:
        for event in events:
            tiers_consumers.on_sale_recorded(work, event)
    assert len(made) == 4  # and one for the currency of a company that has no standing yet
    assert tier_now(work, company_id).tier == "silver"


purchases = st.lists(
    st.tuples(st.integers(-130, 5), st.integers(-200_000, 400_000), st.integers(1, 4)), min_size=1, max_size=6
)


@given(purchases, st.randoms(use_true_random=False))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_deliveries_twice_and_in_any_order_give_the_same_standing(quick: Work, bought_days: Any, random: Any):
    work = in_memory(quick)
    in_order, shuffled = company(work, work.new_id("first")), company(work, work.new_id("second"))
    for company_id in (in_order, shuffled):
        for offset, amount, number in bought_days:
            buy(work, company_id, offset, amount, number=f"{company_id}-{number}")
    deliver(work, in_order)
    events = 2 * sale_events(work, shuffled)
    random.shuffle(events)
    for event in events:
        delivered(work, event)
    expected, found = kept(work, in_order), kept(work, shuffled)
    own = ("pk", "company_id", "gsi2pk", "gsi2sk")
    assert _without(found, *own) == _without(expected, *own)
    assert _due_day(found) == _due_day(expected)
    assert moves(work, shuffled) == moves(work, in_order)
    assert warnings(work, shuffled) == warnings(work, in_order)


def _without(item: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    return {name: value for name, value in (item or {}).items() if name not in names}


def _due_day(item: dict[str, Any] | None) -> str:
    return (item or {}).get("gsi2pk", "").rpartition("#")[0]


# --- the night tells --------------------------------------------------------------------------------------------------


def test_a_tier_falls_on_its_day_and_the_night_tells(work: Work, one_shard: None):
    """100,000 leave on day 10, from then on silver is held, up to day 39."""
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    night(days_later(work, 39), SINCE)
    assert later(work, company_id, 39).tier.tier == "silver"
    assert night(days_later(work, 40), SINCE)["companies"] == 1
    assert later(work, company_id, 40).tier.tier == "bronze"
    assert moves(work, company_id) == [("", "silver", "reached"), ("silver", "bronze", "fell")]


def test_a_tier_falls_on_its_day_though_no_night_runs(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    assert later(work, company_id, 40).tier.tier == "bronze"
    assert tier_now(days_later(work, 40), company_id).tier == "bronze"
    assert later(work, company_id, 110).tier.tier == ""


def test_each_warning_is_given_once_whichever_nights_run(quick: Work):
    work = quick
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    falls_on = (work.today + timedelta(days=40)).isoformat()
    for offset in range(20, 41):
        night(days_later(work, offset))
        tiers.decide(days_later(work, offset), message_for(company_id))
    assert warnings(work, company_id) == [(falls_on, 14), (falls_on, 3)]
    first, second = told(work, company_id, "tier.warning")
    assert (first["days_left"], first["needed"], first["buy_by"]) == (
        14,
        90_000,
        (work.today + timedelta(days=39)).isoformat(),
    )
    assert (second["days_left"], second["tier"]["code"], second["falls_to"]["code"]) == (3, "silver", "bronze")


def test_a_warning_that_comes_late_is_the_nearest_one_and_alone(work: Work, one_shard: None):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    night(days_later(work, 38), SINCE)
    assert [(stage, item["days_left"]) for (_, stage), item in _with_items(work, company_id)] == [(3, 2)]


def _with_items(work: Work, company_id: str) -> Any:
    return zip(warnings(work, company_id), told(work, company_id, "tier.warning"), strict=True)


def test_a_fall_that_becomes_known_late_is_warned_of_at_once(work: Work):
    """Recorded so late that the window has left it already: eleven days of the hold are left."""
    company_id = bought(work, {-108: 60_000})
    falls_on = (work.today + timedelta(days=12)).isoformat()
    assert moves(work, company_id) == [("", "bronze", "reached")]
    assert warnings(work, company_id) == [(falls_on, 14)]


def test_whoever_buys_what_was_needed_keeps_the_tier(work: Work, one_shard: None):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    last_day = days_later(work, 39)
    night(last_day, SINCE)
    needed = told(work, company_id, "tier.warning")[-1]["needed"]
    tiers_consumers.on_sale_recorded(last_day, buy(last_day, company_id, 0, needed))
    assert later(work, company_id, 40).tier.tier == "silver"
    night(days_later(work, 40), SINCE)
    assert moves(work, company_id) == [("", "silver", "reached")]


def test_a_second_night_of_the_same_day_finds_nothing_to_do(work: Work, one_shard: None):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    morning = days_later(work, 40)
    night(morning, SINCE)
    before = kept(work, company_id)
    assert night(morning, SINCE)["companies"] == 0
    assert kept(work, company_id) == before
    assert len(moves(work, company_id)) == 2


def test_a_message_that_comes_twice_tells_once(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    morning = days_later(work, 40)
    tiers.decide(morning, message_for(company_id))
    before = kept(work, company_id)
    tiers.decide(morning, message_for(company_id))
    assert kept(work, company_id) == before
    assert len(moves(work, company_id)) == 2


def test_facts_win_over_what_stands_in_the_item(work: Work):
    company_id = bought(work, {-10: 160_000})
    wrong = {"days": zlib.compress(f"{work.today.isoformat()} 5".encode()), "timeline": []}
    work.table.update(tiers_keys.standing(company_id), put=wrong)
    tiers.decide(work, message_for(company_id))
    assert shown(tiers.standing_of(work, company_id)) == shown(fresh(work, company_id))


def test_a_standing_that_was_never_written_is_made_by_deciding(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 160_000)
    tiers.decide(work, message_for(company_id))
    assert tier_now(work, company_id).tier == "silver"
    assert len(moves(work, company_id)) == 1


def test_a_company_that_bought_nothing_gets_no_standing(work: Work):
    company_id = company(work)
    tiers.decide(work, message_for(company_id))
    assert standing_item(work, company_id) is None


def test_one_company_that_fails_holds_up_no_other(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    with pytest.raises(RuntimeError, match="co_nowhere"):
        tiers.decide(days_later(work, 40), message_for("co_nowhere", company_id))
    assert moves(work, company_id)[-1] == ("silver", "bronze", "fell")


def test_a_message_about_everyone_names_the_companies(work: Work):
    company_id = bought(work, {-10: 160_000})
    tiers.decide(work, {"body": json.dumps({"everyone": "RUB", "after": None})})
    assert [json.loads(message["body"]) for message in queued(work)] == [{"companies": [company_id]}]


def test_who_loses_every_race_gives_up_with_nothing_written(work: Work, monkeypatch: pytest.MonkeyPatch):
    company_id = bought(work, {-10: 60_000})
    totals = standing_service.sales.day_totals

    def raced(*arguments: Any) -> Any:
        work.table.update(tiers_keys.standing(company_id), add={"version": 1})
        return totals(*arguments)

    monkeypatch.setattr(standing_service.sales, "day_totals", raced)
    with pytest.raises(Busy):
        tiers_consumers.on_sale_recorded(work, sale_events(work, company_id)[0])
