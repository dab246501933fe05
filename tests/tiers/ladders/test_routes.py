"""The life of a ladder over HTTP: drawn up, activated from a day, withdrawn; what is in force, and who hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders import keys as ladders_keys
from chalicelib.tiers.ladders.rules import BEGINNING, ladder_on
from chalicelib.tiers.ladders.service import MOST_AHEAD, record_founding
from chalicelib.tiers.ladders.store import founding_ladder, ladders_of
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, empty_account
from tests.support.figures import with_figures
from tests.support.partners import staff
from tests.support.table import everything
from tests.tiers.ladders.steps import ADMIN, FORM, LADDERS, STEPS, activate, draw_up, event_names, show

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
OTHER_STEPS = [{**step, "from_sum": f"{int(step['from_sum']) // 2}"} for step in FORM["steps"]]


def listed(api: Api, query: str = "") -> list[tuple[str, str]]:
    items = api.call("GET", f"{LADDERS}{query}", MANAGER).json["items"]
    return [(each["ladder_id"], each["state"]) for each in items]


@pytest.fixture
def on_day(context: Context, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Context]:
    """The API so many days later."""

    def move(days: int) -> Context:
        later = replace(context, now=context.now + timedelta(days=days))
        monkeypatch.setattr(respond, "context_now", lambda: later)
        return later

    return move


# --- drawing up ---------------------------------------------------------------------------------------------------------


def test_a_ladder_is_drawn_up_as_a_draft(api: Api, context: Context) -> None:
    answer = draw_up(api, note="Cheaper silver")
    assert answer.status == 201
    assert answer.headers["location"] == f"{LADDERS}/{answer.json['ladder_id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.json == {
        "ladder_id": answer.json["ladder_id"],
        "version": "2027-1",
        "currency": "RUB",
        "state": "draft",
        "valid_from": None,
        "window_days": 90,
        "hold_days": 30,
        "warning_days": [14, 3],
        "steps": [{**step, "from_sum": f"{step['from_sum']}.00"} for step in FORM["steps"]],
        "season": None,
        "off_season_steps": None,
        "personal": None,
        "note": "Cheaper silver",
        "created_at": context.at,
        "created_by": "mbr_admin",
        "created_by_name": None,
        "activated_at": None,
        "activated_by": None,
        "activated_by_name": None,
    }
    assert show(api, answer.json["ladder_id"]).json == answer.json
    assert ladders_of(context, "RUB") == (founding_ladder(context.config[Tiers], "RUB"),)


def test_seasons_and_the_personal_step_are_kept_as_given(api: Api) -> None:
    more = {
        "season": {"from": "11-01", "to": "02-29"},
        "off_season_steps": OTHER_STEPS,
        "personal": {"months": 24, "floor": "20000", "coefficients": ["1.1"] * 12},
    }
    shown = draw_up(api, **more).json
    assert shown["season"] == more["season"]
    assert [step["from_sum"] for step in shown["off_season_steps"]] == ["25000.00", "60000.00", "200000.00"]
    assert shown["personal"] == {"months": 24, "floor": "20000.00", "coefficients": ["1.1"] * 12}


def changed(place: int, **changes: str) -> list[dict[str, str]]:
    return [{**step, **(changes if number == place else {})} for number, step in enumerate(FORM["steps"])]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"steps": FORM["steps"][:2]}, "/steps"),
        ({"steps": FORM["steps"] * 2}, "/steps"),
        ({"steps": changed(1, from_sum="50000")}, "/steps"),
        ({"steps": changed(1, discount_percent="3")}, "/steps"),
        ({"steps": changed(1, tier="bronze")}, "/steps"),
        ({"steps": changed(0, from_sum="0")}, "/steps/0/from_sum"),
        ({"steps": changed(2, discount_percent="100")}, "/steps/2/discount_percent"),
        ({"steps": changed(0, discount_percent="0")}, "/steps/0/discount_percent"),
        ({"steps": changed(0, tier="Бронза")}, "/steps/0/tier"),
        ({"warning_days": [3, 14]}, "/warning_days"),
        ({"season": {"from": "02-30", "to": "09-30"}, "off_season_steps": OTHER_STEPS}, "/season/from"),
        ({"season": {"from": "04-01", "to": "09-30"}}, ""),
        ({"off_season_steps": OTHER_STEPS}, ""),
        ({"personal": {"floor": "150001", "coefficients": ["1"] * 12}}, ""),
        ({"personal": {"floor": "1000", "coefficients": ["1"] * 11}}, "/personal/coefficients"),
        ({"currency": "USD"}, "/currency"),
        ({"window_days": 0}, "/window_days"),
        ({"hold_days": 400}, "/hold_days"),
    ],
)
def test_a_ladder_with_a_mistake_is_refused_by_name(api: Api, changes: dict[str, Any], pointer: str) -> None:
    answer = draw_up(api, **changes)
    assert answer.status == 422
    assert [fault["pointer"] for fault in answer.json["errors"]] == [pointer]


def test_the_same_request_twice_draws_up_one_ladder(api: Api) -> None:
    assert draw_up(api, key="k").json == draw_up(api, key="k").json
    assert [state for _, state in listed(api)] == ["draft", "active"]


def test_a_manager_sees_ladders_and_changes_none(api: Api) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    assert show(api, ladder_id, MANAGER).status == 200
    assert api.call("POST", LADDERS, MANAGER, FORM, key="k").json["scope"] == "staff.tiers.write"


def test_the_founding_ladder_is_shown_before_it_is_recorded(api: Api) -> None:
    assert listed(api) == [("ldr_founding_rub", "active")]
    shown = show(api, "ldr_founding_rub").json
    assert (shown["version"], shown["valid_from"], shown["created_at"]) == ("2026-1", None, None)
    assert shown["steps"][0]["from_sum"] == "50000.00"
    assert show(api, "ldr_nowhere").status == 404


def test_ladders_are_listed_newest_first_page_by_page(api: Api, on_day: Callable[[int], Context]) -> None:
    drawn = []
    for day in range(3):
        on_day(day)
        drawn.insert(0, draw_up(api, key=f"k{day}").json["ladder_id"])
    first = api.call("GET", f"{LADDERS}?limit=2", MANAGER).json
    second = api.call("GET", f"{LADDERS}?limit=2&cursor={first['next_cursor']}", MANAGER).json
    pages = [[each["ladder_id"] for each in page["items"]] for page in (first, second)]
    assert pages == [drawn[:2], [drawn[2], "ldr_founding_rub"]]
    assert second["next_cursor"] is None


# --- activating ---------------------------------------------------------------------------------------------------------


def test_a_ladder_is_in_force_from_its_day_on(api: Api, context: Context, on_day: Callable[[int], Context]) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    answer = activate(api, ladder_id, context.today + timedelta(days=10))
    assert answer.status == 200, answer.text
    assert (answer.json["state"], answer.json["valid_from"]) == ("scheduled", "2026-11-30")
    assert (answer.json["activated_at"], answer.json["activated_by"]) == (context.at, "mbr_admin")
    assert listed(api) == [(ladder_id, "scheduled"), ("ldr_founding_rub", "active")]
    ladders = ladders_of(context, "RUB")
    assert ladder_on(ladders, date(2026, 11, 29)).version == "2026-1"
    assert ladder_on(ladders, date(2026, 11, 30)).version == "2027-1"
    assert ladders[1].activated_at == context.at
    on_day(10)
    assert listed(api) == [(ladder_id, "active"), ("ldr_founding_rub", "retired")]


def test_it_can_be_in_force_at_once(api: Api, context: Context) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    assert activate(api, ladder_id, context.today).json["state"] == "active"
    assert ladder_on(ladders_of(context, "RUB"), context.today - timedelta(days=1)).version == "2026-1"


def test_somebody_else_than_its_author_activates_a_ladder_of_a_large_discount(api: Api, context: Context) -> None:
    rising = [{**step, "discount_percent": percent} for step, percent in zip(STEPS, ("3", "6", "30.01"), strict=True)]
    ladder_id = draw_up(api, steps=rising).json["ladder_id"]
    refused = activate(api, ladder_id, context.today)
    assert (refused.status, refused.json["code"]) == (403, "four_eyes")
    other = staff(context, "mbr_other", "admin")
    body = {"from": context.today.isoformat()}
    assert api.call("POST", f"{LADDERS}/{ladder_id}/activate", other, body, headers={"if-match": '"1"'}).status == 200
    rising[2]["discount_percent"] = "30"
    alone = draw_up(api, key="other", steps=rising).json["ladder_id"]
    assert activate(api, alone, context.today + timedelta(days=1)).status == 200


def test_no_ladder_begins_on_a_day_that_has_passed(api: Api, context: Context) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    answer = activate(api, ladder_id, context.today - timedelta(days=1))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/from")


def test_two_ladders_of_a_currency_never_begin_on_one_day(api: Api, context: Context) -> None:
    one, other = (draw_up(api, key=key).json["ladder_id"] for key in ("k1", "k2"))
    day = context.today + timedelta(days=1)
    assert activate(api, one, day).status == 200
    refused = activate(api, other, day)
    assert (refused.status, refused.json["code"]) == (409, "already_exists")
    assert activate(api, other, day + timedelta(days=1)).status == 200


def test_so_many_ladders_begin_later(api: Api, context: Context) -> None:
    answers = []
    for number in range(MOST_AHEAD + 1):
        ladder_id = draw_up(api, key=f"k{number}", version=f"v{number}").json["ladder_id"]
        answers.append(activate(api, ladder_id, context.today + timedelta(days=number + 1)))
    assert [each.status for each in answers] == [200] * MOST_AHEAD + [409], answers[-1].text
    assert answers[-1].json["code"] == "conflict"
    assert activate(api, ladder_id, context.today).status == 200, "one that begins today waits for nothing"


def test_only_what_was_seen_is_activated(api: Api, context: Context) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    assert activate(api, ladder_id, context.today, etag='"2"').status == 412
    assert activate(api, ladder_id, context.today, etag=None).status == 428
    assert activate(api, ladder_id, context.today).headers["etag"] == '"2"'
    again = activate(api, ladder_id, context.today, etag='"2"')
    assert (again.status, again.json["code"]) == (409, "wrong_state")
    assert activate(api, "ldr_founding_rub", context.today).json["code"] == "wrong_state"


def test_a_scheduled_ladder_is_withdrawn_and_its_day_is_free_again(api: Api, context: Context) -> None:
    ladder_id, day = draw_up(api).json["ladder_id"], context.today + timedelta(days=1)
    activate(api, ladder_id, day)
    answer = api.call("POST", f"{LADDERS}/{ladder_id}/withdraw", ADMIN, headers={"if-match": '"2"'})
    assert (answer.status, answer.headers["etag"]) == (200, '"3"')
    assert (answer.json["state"], answer.json["valid_from"], answer.json["activated_at"]) == ("draft", None, None)
    assert len(ladders_of(context, "RUB")) == 1
    assert activate(api, ladder_id, day, etag='"3"').status == 200


def test_what_is_in_force_cannot_be_withdrawn(api: Api, context: Context, on_day: Callable[[int], Context]) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    activate(api, ladder_id, context.today + timedelta(days=1))
    on_day(1)
    answer = api.call("POST", f"{LADDERS}/{ladder_id}/withdraw", ADMIN, headers={"if-match": '"2"'})
    assert (answer.status, answer.json["code"]) == (409, "wrong_state")


def test_who_activates_and_who_withdraws_is_told_to_the_stream(api: Api, context: Context) -> None:
    ladder_id = draw_up(api).json["ladder_id"]
    activate(api, ladder_id, context.today + timedelta(days=1))
    api.call("POST", f"{LADDERS}/{ladder_id}/withdraw", ADMIN, headers={"if-match": '"2"'})
    assert sorted(event_names(context)) == ["tier_ladder.activated", "tier_ladder.withdrawn"]


@pytest.mark.parametrize("step", ["activate", "withdraw"])
def test_a_crash_leaves_a_ladder_in_one_state_or_the_other(api: Api, context: Context, step: str) -> None:
    day = context.today + timedelta(days=1)

    def go() -> Answer:
        if step == "activate":
            return activate(api, ladder_id, day)
        return api.call("POST", f"{LADDERS}/{ladder_id}/withdraw", ADMIN, headers={"if-match": '"2"'})

    for crash in crashes():
        empty_account()
        context.memo.clear()
        ladder_id = draw_up(api).json["ladder_id"]
        if step == "withdraw":
            activate(api, ladder_id, day)
        events_before = len(event_names(context))
        with crash:
            go()
        context.memo.clear()
        answer = go()
        assert answer.status in (200, 412), crash
        in_force = len(ladders_of(context, "RUB")) == 2
        assert in_force == (step == "activate"), crash
        assert show(api, ladder_id).json["state"] == ("scheduled" if in_force else "draft"), crash
        assert len(event_names(context)) == events_before + 1, crash


# --- the founding ladder ------------------------------------------------------------------------------------------------


def test_the_founding_ladder_becomes_a_fact_once(context: Context) -> None:
    founding = ladders_of(context, "RUB")
    assert record_founding(context) == ["ldr_founding_rub"]
    recorded = everything(context)
    assert record_founding(context) == []
    assert everything(context) == recorded
    assert ladders_of(context, "RUB") == founding
    assert event_names(context) == ["tier_ladder.activated"]


def test_once_it_is_a_fact_other_figures_change_nothing(context: Context) -> None:
    record_founding(context)
    later = with_figures(context, Tiers, window_days=10)
    assert record_founding(later) == []
    assert [ladder.window_days for ladder in ladders_of(later, "RUB")] == [90]


def test_a_currency_that_comes_later_is_founded_then(context: Context) -> None:
    record_founding(context)
    ladders = {**context.config[Tiers].ladders, "GBP": context.config[Tiers].ladders["RUB"]}
    later = with_figures(context, Tiers, ladders=ladders)
    assert record_founding(later) == ["ldr_founding_gbp"]
    assert ladders_of(later, "GBP")[0].valid_from == BEGINNING


def test_a_crash_while_it_is_recorded_is_made_good(context: Context) -> None:
    for crash in crashes():
        empty_account()
        context.memo.clear()
        with crash:
            record_founding(context)
        record_founding(context)
        assert context.table.get(ladders_keys.ladder_from("RUB", BEGINNING)), crash
        assert event_names(context) == ["tier_ladder.activated"], crash


def test_the_founding_ladder_counts_before_later_ones_also_while_it_is_no_fact(api: Api, context: Context) -> None:
    activate(api, draw_up(api).json["ladder_id"], context.today)
    assert [ladder.version for ladder in ladders_of(context, "RUB")] == ["2026-1", "2027-1"]
    record_founding(context)
    assert [ladder.version for ladder in ladders_of(context, "RUB")] == ["2026-1", "2027-1"]
    assert ladders_of(context, "RUB")[1].steps[1].from_sum == Decimal(120_000)
