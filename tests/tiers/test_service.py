"""Standings follow the purchases, and nights decide: whatever comes twice, late, together, or not at all."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import tiers
from chalicelib.platform import aws
from chalicelib.platform.events import Event
from chalicelib.platform.work import Work
from chalicelib.table import Busy, keys
from chalicelib.tiers import service
from tests.support.crashes import crashes, empty_account, races
from tests.support.spent import calls_counted
from tests.tiers.steps import (
    bought,
    buy,
    changes,
    company,
    days_later,
    deliver,
    due,
    everything,
    kept,
    message_for,
    night,
    put_back,
    queued,
    sale_events,
    standing_item,
)


@pytest.fixture
def one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer calls for each night."""
    monkeypatch.setattr(keys, "DUE_SHARDS", 1)
    monkeypatch.setattr(service, "LOOK_BACK_DAYS", 1)


# --- a sale is recorded -----------------------------------------------------------------------------------------------


def test_a_first_sale_puts_the_first_tier_in_force_at_once(work: Work):
    company_id = bought(work, {-3: 160_000})
    standing = tiers.standing(work, company_id)
    assert (standing.tier, standing.discount_percent, standing.window_sum) == ("silver", 5, 160_000)
    assert (standing.since, standing.decided_on, standing.ladder_version) == (work.today, work.today, "2026-1")
    (change,) = changes(work, company_id)
    assert {name: change[name] for name in ("company_id", "from_tier", "to_tier", "day", "window_sum", "currency")} == {
        "company_id": company_id,
        "from_tier": "",
        "to_tier": "silver",
        "day": work.today.isoformat(),
        "window_sum": 160_000,
        "currency": "RUB",
    }


def test_a_first_sale_below_the_lowest_step_changes_no_tier(work: Work):
    company_id = bought(work, {0: "49999.99"})
    assert tiers.standing(work, company_id).tier == ""
    assert changes(work, company_id) == []


def test_a_later_sale_leaves_the_tier_to_the_night_and_is_due_today(work: Work):
    company_id = bought(work, {-3: 60_000})
    buy(work, company_id, 0, 500_000)
    deliver(work, company_id)
    standing = tiers.standing(work, company_id)
    assert (standing.tier, standing.step.tier, standing.window_sum) == ("bronze", "gold", 560_000)
    assert due(work, company_id, 0).items() <= kept(work, company_id).items()
    assert len(changes(work, company_id)) == 1


def test_a_standing_is_due_on_the_day_on_which_its_tier_would_fall(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    assert due(work, company_id, 10).items() <= kept(work, company_id).items()


def test_a_standing_that_nothing_can_change_is_not_in_the_index(work: Work):
    company_id = bought(work, {0: 100})
    assert "gsi2pk" not in kept(work, company_id)


def test_history_from_before_the_window_costs_no_call(work: Work):
    company_id = company(work)
    event = buy(work, company_id, -90, 1_000_000)
    with calls_counted(work.table.client) as made:
        tiers.on_sale_recorded(work, event)
    assert made == []
    assert standing_item(work, company_id) is None


def test_a_correction_that_changes_no_amount_costs_no_call(work: Work):
    with calls_counted(work.table.client) as made:
        tiers.on_sale_recorded(work, Event("sale.recorded", "evt_1", {"company_id": "co_1", "deltas": {}}))
        unchanged = {"company_id": "co_1", "deltas": {work.today.isoformat(): Decimal(0)}}
        tiers.on_sale_recorded(work, Event("sale.recorded", "evt_2", unchanged))
    assert made == []


def test_what_is_dated_ahead_counts_on_its_day(work: Work):
    company_id = bought(work, {0: 60_000, 2: 100_000})
    assert tiers.standing(work, company_id).window_sum == 60_000
    assert due(work, company_id, 2).items() <= kept(work, company_id).items()
    assert tiers.standing(days_later(work, 2), company_id).window_sum == 160_000


def test_a_return_lowers_the_day_of_its_sale_and_the_night_the_tier(work: Work):
    company_id = bought(work, {-10: 160_000})
    buy(work, company_id, -10, -20_000)
    deliver(work, company_id)
    assert tiers.standing(work, company_id).window_sum == 140_000
    night(work)
    assert tiers.standing(work, company_id).tier == "bronze"


def test_a_correction_moves_what_it_corrects_to_another_day(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 60_000, number="A-1")
    deliver(work, company_id)
    buy(work, company_id, -5, 70_000, number="A-1")
    deliver(work, company_id)
    assert tiers.standing(work, company_id).days == {work.today - timedelta(days=5): 70_000}


def test_a_company_stands_on_the_ladder_of_its_currency(work: Work):
    ladders = {
        **work.club.tiers.ladders,
        "GBP": [step.model_copy(update={"from_sum": Decimal(100)}) for step in work.club.tiers.ladders["RUB"][:1]],
    }
    pounds = replace(
        work, club=work.club.model_copy(update={"tiers": work.club.tiers.model_copy(update={"ladders": ladders})})
    )
    company_id = company(pounds, "Thames", currency="GBP")
    assert tiers.standing(pounds, company_id).currency == "GBP"
    buy(pounds, company_id, 0, 100)
    deliver(pounds, company_id)
    standing = tiers.standing(pounds, company_id)
    assert (standing.currency, standing.tier) == ("GBP", "bronze")


def test_a_currency_without_a_ladder_has_no_tiers(work: Work):
    company_id = company(work, "Volga", currency="XTS")
    buy(work, company_id, 0, 1_000_000)
    deliver(work, company_id)
    standing = tiers.standing(work, company_id)
    assert (standing.tier, standing.next_step, standing.window_sum) == ("", None, 1_000_000)


def test_a_sale_of_a_company_that_is_not_there_is_told_again(work: Work):
    """The stream repeats what fails; by then the company may be seen."""
    event = Event(
        "sale.recorded", "evt_1", {"company_id": "co_nowhere", "deltas": {work.today.isoformat(): Decimal(1)}}
    )
    with pytest.raises(LookupError):
        tiers.on_sale_recorded(work, event)


def test_a_sale_costs_two_reads_and_one_write(work: Work):
    company_id = bought(work, {-3: 60_000})
    event = buy(work, company_id, 0, 10_000)
    with calls_counted(work.table.client) as made:
        tiers.on_sale_recorded(work, event)
    assert made == ["GetItem", "Query", "PutItem"]


purchases = st.lists(
    st.tuples(st.integers(-100, 5), st.integers(-200_000, 400_000), st.integers(1, 4)), min_size=1, max_size=6
)


@given(purchases, st.randoms(use_true_random=False))
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_deliveries_twice_and_in_any_order_give_the_same_standing(work: Work, bought_days: Any, random: Any):
    empty_account()
    in_order, shuffled = company(work, work.new_id("first")), company(work, work.new_id("second"))
    for company_id in (in_order, shuffled):
        for offset, amount, number in bought_days:
            buy(work, company_id, offset, amount, number=f"{company_id}-{number}")
    deliver(work, in_order)
    events = 2 * sale_events(work, shuffled)
    random.shuffle(events)
    for event in events:
        tiers.on_sale_recorded(work, event)
    expected, found = kept(work, in_order), kept(work, shuffled)
    own = ("pk", "company_id", "gsi2pk", "gsi2sk")
    assert _without(found, *own) == _without(expected, *own)
    assert _due_day(found) == _due_day(expected)
    assert _facts(changes(work, shuffled)) == _facts(changes(work, in_order))


def _without(item: dict[str, Any] | None, *names: str) -> dict[str, Any]:
    return {name: value for name, value in (item or {}).items() if name not in names}


def _due_day(item: dict[str, Any] | None) -> str:
    return (item or {}).get("gsi2pk", "").rpartition("#")[0]


def _facts(events: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(event["from_tier"], event["to_tier"], event["day"], event["window_sum"]) for event in events]


# --- the night decides ------------------------------------------------------------------------------------------------


def test_the_night_puts_the_tier_of_the_window_in_force(work: Work):
    company_id = bought(work, {-3: 60_000})
    buy(work, company_id, 0, 500_000)
    deliver(work, company_id)
    tomorrow = days_later(work, 1)
    counts = night(tomorrow)
    assert (counts["companies"], counts["messages"]) == (1, 1)
    standing = tiers.standing(tomorrow, company_id)
    assert (standing.tier, standing.since, standing.decided_on) == ("gold", tomorrow.today, tomorrow.today)
    _, second = changes(work, company_id)
    assert (second["from_tier"], second["to_tier"], second["day"]) == ("bronze", "gold", tomorrow.today.isoformat())
    assert due(work, company_id, 90).items() <= kept(work, company_id).items()


def test_a_tier_falls_on_the_day_on_which_too_much_has_left(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    assert night(days_later(work, 9))["companies"] == 0
    assert tiers.standing(days_later(work, 9), company_id).tier == "silver"
    assert night(days_later(work, 10))["companies"] == 1
    assert tiers.standing(days_later(work, 10), company_id).tier == "bronze"


def test_a_second_night_of_the_same_day_finds_nothing_to_do(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    morning = days_later(work, 10)
    night(morning)
    before = kept(work, company_id)
    assert night(morning)["companies"] == 0
    assert kept(work, company_id) == before
    assert len(changes(work, company_id)) == 2


def test_a_message_that_comes_twice_decides_once(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    morning = days_later(work, 10)
    tiers.decide(morning, message_for(company_id))
    before = kept(work, company_id)
    tiers.decide(morning, message_for(company_id))
    assert kept(work, company_id) == before
    assert len(changes(work, company_id)) == 2


def test_facts_win_over_what_stands_in_the_item(work: Work):
    company_id = bought(work, {-10: 160_000})
    wrong = {"days": {work.today.isoformat(): Decimal(5)}, "discount_percent": Decimal(99)}
    work.table.update(keys.standing(company_id), put=wrong)
    tiers.decide(work, message_for(company_id))
    standing = tiers.standing(work, company_id)
    assert (standing.window_sum, standing.discount_percent) == (160_000, 5)


def test_a_standing_that_was_never_written_is_made_by_deciding(work: Work):
    company_id = company(work)
    buy(work, company_id, -10, 160_000)
    tiers.decide(work, message_for(company_id))
    assert tiers.standing(work, company_id).tier == "silver"
    assert len(changes(work, company_id)) == 1


def test_a_company_that_bought_nothing_gets_no_standing(work: Work):
    company_id = company(work)
    tiers.decide(work, message_for(company_id))
    assert standing_item(work, company_id) is None


def test_one_company_that_fails_holds_up_no_other(work: Work):
    company_id = bought(work, {-80: 100_000, -10: 60_000})
    with pytest.raises(RuntimeError, match="co_nowhere"):
        tiers.decide(days_later(work, 10), message_for("co_nowhere", company_id))
    assert tiers.standing(days_later(work, 10), company_id).tier == "bronze"


def test_who_loses_every_race_gives_up_with_nothing_written(work: Work, monkeypatch: pytest.MonkeyPatch):
    company_id = bought(work, {-10: 60_000})
    totals = service.sales.day_totals

    def raced(*arguments: Any) -> Any:
        work.table.update(keys.standing(company_id), add={"version": 1})
        return totals(*arguments)

    monkeypatch.setattr(service.sales, "day_totals", raced)
    with pytest.raises(Busy):
        tiers.on_sale_recorded(work, sale_events(work, company_id)[0])


# --- together with others ---------------------------------------------------------------------------------------------


def test_a_sale_between_any_two_calls_of_another_is_not_lost(work: Work):
    def another_sale() -> None:
        buy(work, company_id, -2, 100_000, number="B-1")
        deliver(work, company_id)

    for race in races(another_sale):
        empty_account()
        company_id = company(work)
        event = buy(work, company_id, -3, 60_000, number="A-1")
        with race:
            tiers.on_sale_recorded(work, event)
        assert tiers.standing(work, company_id).window_sum == (160_000 if race.happened else 60_000), race


def test_a_sale_and_its_return_between_any_two_calls_leave_no_trace(work: Work):
    """The standing is as it was, and still the older totals must not be written over it."""

    def comes_and_goes() -> None:
        for amount in (500_000, 0):
            buy(work, company_id, -2, amount, number="B-1")
            deliver(work, company_id)

    for race in races(comes_and_goes):
        empty_account()
        company_id = company(work)
        event = buy(work, company_id, -3, 60_000, number="A-1")
        with race:
            tiers.on_sale_recorded(work, event)
        assert tiers.standing(work, company_id).window_sum == 60_000, race


def test_a_sale_between_any_two_calls_of_the_decision_is_decided_upon_in_time(work: Work):
    def another_sale() -> None:
        buy(morning, company_id, 0, 400_000, number="B-1")
        deliver(morning, company_id)

    for race in races(another_sale):
        empty_account()
        company_id = bought(work, {-80: 100_000, -10: 60_000})
        morning = days_later(work, 10)
        with race:
            tiers.decide(morning, message_for(company_id))
        if not race.happened:
            another_sale()
        assert tiers.standing(morning, company_id).window_sum == 460_000, race
        night(days_later(morning, 1))
        assert tiers.standing(days_later(morning, 1), company_id).tier == "gold", race
        tiers_on_the_way = [change["to_tier"] for change in changes(work, company_id)]
        assert tiers_on_the_way in (["silver", "bronze", "gold"], ["silver", "gold"]), race


def test_a_first_sale_that_dies_at_any_call_ends_as_an_undisturbed_one(work: Work):
    def outcome() -> Any:
        return kept(work, company_id), _facts(changes(work, company_id))

    company_id = company(work)
    event = buy(work, company_id, -3, 160_000)
    beginning = everything(work)
    tiers.on_sale_recorded(work, event)
    undisturbed = outcome()
    for crash in crashes():
        put_back(work, beginning)
        with crash:
            tiers.on_sale_recorded(work, event)
        tiers.on_sale_recorded(work, event)
        assert outcome() == undisturbed, crash


def test_a_night_that_dies_at_any_call_is_made_good_by_the_next_start(work: Work, one_shard: None):
    """The run dies and is started again; a message is lost with its worker and comes again."""

    def the_night() -> None:
        tiers.nightly(morning, {})
        for message in queued(morning):
            taken.append(message)
            tiers.decide(morning, message)

    def outcome() -> Any:
        return [(kept(work, each), _facts(changes(work, each))) for each in ids]

    ids = [bought(work, {-80: 100_000, -10: 60_000}, name=f"Luch {number}") for number in range(2)]
    beginning = everything(work)
    morning = days_later(work, 10)
    taken: list[dict[str, Any]] = []
    the_night()
    undisturbed = outcome()
    for crash in crashes():
        put_back(work, beginning)
        taken.clear()
        with crash:
            the_night()
        for message in list(taken):
            tiers.decide(morning, message)
        the_night()
        assert outcome() == undisturbed, crash


# --- the nightly run --------------------------------------------------------------------------------------------------


def due_on(work: Work, offset: int, *company_ids: str) -> None:
    """Standings that are due, without the purchases that would make them so."""
    for company_id in company_ids:
        key = keys.standing(company_id)
        work.table.put({**key.as_item(), **due(work, company_id, offset), "company_id": company_id})


def named(work: Work) -> list[str]:
    return [company_id for message in queued(work) for company_id in json.loads(message["body"])["companies"]]


def test_the_run_names_who_is_due_today_and_who_was_left_over_from_a_week(work: Work):
    for offset in range(-8, 2):
        due_on(work, offset, f"co_{offset}")
    counts = tiers.nightly(work, {})
    assert sorted(named(work)) == sorted(f"co_{offset}" for offset in range(-7, 1))
    assert counts["companies"] == 8


def test_the_run_looks_into_every_shard(work: Work):
    ids = [f"co_{letter}" for letter in "0123456789abcdef"]
    due_on(work, 0, *ids)
    tiers.nightly(work, {})
    assert sorted(named(work)) == ids


def test_the_run_looks_back_to_the_last_one(work: Work):
    tiers.nightly(work, {})
    due_on(work, 3, "co_1")
    counts = tiers.nightly(days_later(work, 20), {})
    assert named(work) == ["co_1"]
    assert counts["first_day"] == work.today.isoformat()


def test_the_run_can_be_told_how_far_to_look_back(work: Work):
    due_on(work, -30, "co_1")
    assert tiers.nightly(work, {"day": (work.today - timedelta(days=30)).isoformat()})["companies"] == 1
    assert named(work) == ["co_1"]


def test_the_run_ignores_what_the_scheduler_tells_about_itself(work: Work):
    event = {"version": "0", "source": "aws.scheduler", "detail-type": "Scheduled Event", "detail": "{}"}
    assert tiers.nightly(work, event)["companies"] == 0


@pytest.mark.parametrize("day", ["2026-11-21", "yesterday", 7])
def test_the_run_refuses_a_day_that_is_none_or_still_to_come(work: Work, day: Any):
    with pytest.raises((ValueError, TypeError)):
        tiers.nightly(work, {"day": day})
    assert service.store.last_run(work) is None


def test_the_run_packs_many_companies_into_few_calls(work: Work):
    due_on(work, 0, *(f"co_{number:03d}" for number in range(260)))
    with calls_counted(aws.sqs()) as made:
        counts = tiers.nightly(work, {})
    assert made == ["SendMessageBatch"] * 2
    assert (counts["companies"], counts["messages"]) == (260, 11)
    assert len(set(named(work))) == 260


def test_a_run_without_anybody_due_reads_the_days_shards_and_sends_nothing(work: Work):
    with calls_counted(work.table.client, aws.sqs()) as made:
        tiers.nightly(work, {})
    assert made == ["Query"] * (1 + 8 * keys.DUE_SHARDS) + ["PutItem"]


def test_a_run_is_kept_with_what_it_counted(work: Work):
    due_on(work, 0, "co_1")
    counts = tiers.nightly(work, {})
    run = service.store.last_run(work)
    assert counts.items() <= run.items()
    assert run["at"] == work.at


def test_after_the_figures_have_changed_everyone_is_due(work: Work):
    company_id = bought(work, {-10: 160_000})
    silent = company(work, "Silent")
    assert night(work)["everyone"] is False
    dearer = [step.model_copy(update={"from_sum": step.from_sum * 2}) for step in work.club.tiers.ladders["RUB"]]
    figures = work.club.tiers.model_copy(update={"ladders": {"RUB": dearer}, "version": "2026-2"})
    changed = replace(days_later(work, 1), club=work.club.model_copy(update={"tiers": figures}))
    counts = night(changed)
    assert (counts["everyone"], counts["companies"]) == (True, 2)
    assert tiers.standing(changed, company_id).tier == "bronze"
    assert standing_item(work, silent) is None
    assert night(days_later(changed, 1))["everyone"] is False


class Queue:
    """Stands for SQS: refuses the first entry of each of the first few calls."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.taken: list[str] = []

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        refused, taken = (entries[:1], entries[1:]) if self.refusals else ([], entries)
        self.refusals -= bool(refused)
        self.taken += [entry["MessageBody"] for entry in taken]
        return {"Successful": [], "Failed": [{"Id": entry["Id"]} for entry in refused]}


def test_what_the_queue_did_not_take_is_sent_again(work: Work, monkeypatch: pytest.MonkeyPatch):
    due_on(work, 0, *(f"co_{number:03d}" for number in range(60)))
    queue = Queue(refusals=2)
    monkeypatch.setattr(aws, "sqs", lambda: queue)
    tiers.nightly(work, {})
    sent = [company_id for body in queue.taken for company_id in json.loads(body)["companies"]]
    assert len(sent) == len(set(sent)) == 60


def test_a_queue_that_takes_nothing_fails_the_run(work: Work, monkeypatch: pytest.MonkeyPatch):
    due_on(work, 0, "co_1")
    monkeypatch.setattr(aws, "sqs", lambda: Queue(refusals=100))
    with pytest.raises(RuntimeError, match="refused"):
        tiers.nightly(work, {})
    assert service.store.last_run(work) is None


# --- over weeks -------------------------------------------------------------------------------------------------------

days_of_trade = st.lists(
    st.tuples(
        st.integers(0, 3),  # days that pass first
        st.integers(-95, 3),  # business date, from then
        st.integers(-150_000, 400_000),
        st.booleans(),  # does this night run
    ),
    min_size=1,
    max_size=12,
)


@given(days_of_trade)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_night_the_tier_in_force_is_the_one_that_the_facts_give(one_shard: None, work: Work, trade: Any):
    """Whatever was bought, returned, dated ahead or recorded late before, and whichever nights failed."""
    empty_account()
    company_id = company(work)
    night(work)
    day = work
    for passing, offset, amount, runs in trade:
        day = days_later(day, passing)
        sale = buy(day, company_id, offset, amount)
        tiers.on_sale_recorded(day, sale)
        if runs:
            night(day)
            _stands_as_the_facts_say(day, company_id)
    for ahead in (1, 2, 15, 91):
        night(days_later(day, ahead))
        _stands_as_the_facts_say(days_later(day, ahead), company_id)


def _stands_as_the_facts_say(work: Work, company_id: str) -> None:
    facts = service.sales.day_totals(work, company_id, date.min, date.max).net
    first = work.today - timedelta(days=89)
    reached = sum((amount for day, amount in facts.items() if first <= day <= work.today), Decimal(0))
    by_hand = [step.tier for step in work.club.tiers.ladders["RUB"] if reached >= step.from_sum]
    standing = tiers.standing(work, company_id)
    if standing_item(work, company_id) is not None:
        assert standing.window_sum == reached
    assert standing.tier == (by_hand[-1] if by_hand else "")
