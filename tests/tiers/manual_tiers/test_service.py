"""Manual tiers: who may grant them, what they change, and that they are granted and withdrawn once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import tiers
from chalicelib.platform import keys
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.transactions import Refused
from chalicelib.tiers.manual_tiers import service as manual_tiers_service
from chalicelib.tiers.manual_tiers.schemas import ManualTierForm, ManualTierWithdrawalForm
from chalicelib.tiers.standing import store as standing_store
from tests.support import partners
from tests.support.api import STRANGER, Api, Caller
from tests.support.crashes import crashes, races
from tests.tiers import steps
from tests.tiers.steps import (
    bought,
    company,
    days_later,
    everything,
    fresh,
    in_memory,
    kept,
    moves,
    put_back,
    shown,
    tier_now,
    told,
)

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")
GRANT = {"tier": "gold", "until": "2026-12-31", "reason": "Opening of a new shop"}
WORD = {"reason": "The shop stays closed"}


def url(company_id: str, more: str = "") -> str:
    return f"/v1/staff/companies/{company_id}/manual-tiers{more}"


def granted(api: Api, company_id: str, key: str = "k1", **form: Any) -> Any:
    answer = api.call("POST", url(company_id), MANAGER, {**GRANT, **form}, key=key)
    assert answer.status == 201, answer.text
    return answer


def test_a_manual_tier_is_in_force_at_once_up_to_its_last_day(api: Api, context: Context):
    company_id = bought(context, {-10: 60_000})
    answer = granted(api, company_id)
    assert answer.json == {
        "grant_id": answer.json["grant_id"],
        "company_id": company_id,
        "company_name": "Luch",
        "tier": "gold",
        "from": "2026-11-20",
        "until": "2026-12-31",
        "state": "in_force",
        "reason": "Opening of a new shop",
        "author": "mbr_manager",
        "author_name": None,
        "approved_by": None,
        "approved_by_name": None,
        "recorded_at": context.at,
        "withdrawn_on": None,
        "withdrawn_at": None,
        "withdrawn_by": None,
        "withdrawn_by_name": None,
        "withdrawn_because": None,
    }
    assert api.call("GET", answer.headers["location"], MANAGER).json == answer.json
    standing = tiers.standing_of(context, company_id)
    assert (standing.tier.tier, standing.safe_until) == ("gold", context.today + timedelta(days=41))
    assert tier_now(days_later(context, 42), company_id).tier == "bronze"
    assert moves(context, company_id)[-1] == ("bronze", "gold", "manual")
    assert [(event["tier"], event["by"]) for event in told(context, company_id, "tier.granted")] == [
        ("gold", "mbr_manager")
    ]


def test_the_staff_lists_the_manual_tiers_of_all_companies(api: Api, context: Context):
    made = {
        each: granted(api, each, key=each).json["grant_id"] for each in (company(context), company(context, "Zarya"))
    }
    first, second = made
    assert api.call("POST", url(first, f"/{made[first]}/withdraw"), MANAGER, WORD, key="w").status == 200

    def listed(query: str = "") -> list[tuple[str, str]]:
        answer = api.call("GET", f"/v1/staff/manual-tiers{query}", MANAGER)
        assert answer.status == 200, answer.text
        return [(each["company_id"], each["state"]) for each in answer.json["items"]]

    assert sorted(listed()) == sorted([(first, "withdrawn"), (second, "in_force")])
    assert listed("?state=in_force&author=mbr_manager") == [(second, "in_force")]
    assert listed(f"?company_id={first}") == [(first, "withdrawn")]


def test_a_company_that_never_bought_can_be_granted_a_tier(api: Api, context: Context):
    company_id = company(context)
    granted(api, company_id)
    assert tier_now(context, company_id).tier == "gold"
    assert moves(context, company_id) == [("", "gold", "manual")]


def test_a_manual_tier_may_begin_later(api: Api, context: Context):
    company_id = company(context)
    answer = granted(api, company_id, **{"from": "2026-12-01"})
    assert answer.json["state"] == "coming"
    assert moves(context, company_id) == []
    assert [tier_now(days_later(context, days), company_id).tier for days in (10, 11, 41, 42)] == [
        "",
        "gold",
        "gold",
        "",
    ]
    steps.night(days_later(context, 11), {"day": "2026-11-20"})
    assert moves(context, company_id) == [("", "gold", "manual")]


def test_a_manual_tier_never_lowers_what_purchases_give(api: Api, context: Context):
    company_id = bought(context, {-10: 1_000_000})
    granted(api, company_id)
    assert tier_now(context, company_id).tier == "platinum"


def test_the_same_request_twice_grants_once(api: Api, context: Context):
    company_id = company(context)
    first, again = granted(api, company_id), granted(api, company_id)
    assert (again.json, again.headers["idempotency-replayed"]) == (first.json, "true")
    assert len(api.call("GET", url(company_id), MANAGER).json["items"]) == 1


def test_a_withdrawn_tier_holds_no_more_and_cannot_be_withdrawn_again(api: Api, context: Context):
    company_id = bought(context, {-10: 60_000})
    grant_id = granted(api, company_id).json["grant_id"]
    answer = api.call("POST", url(company_id, f"/{grant_id}/withdraw"), MANAGER, WORD, key="w1")
    assert answer.status == 200
    assert (answer.json["state"], answer.json["withdrawn_on"], answer.json["withdrawn_by"]) == (
        "withdrawn",
        "2026-11-20",
        "mbr_manager",
    )
    assert answer.json["withdrawn_because"] == WORD["reason"]
    assert tier_now(context, company_id).tier == "bronze"
    assert moves(context, company_id)[-1] == ("gold", "bronze", "manual")
    assert api.call("POST", url(company_id, f"/{grant_id}/withdraw"), MANAGER, WORD, key="w1").json == answer.json
    twice = api.call("POST", url(company_id, f"/{grant_id}/withdraw"), MANAGER, WORD, key="w2")
    assert (twice.status, twice.json["code"]) == (409, "wrong_state")


def test_the_days_before_a_withdrawal_stay_as_they_were(context: Context):
    company_id = company(context)
    made = steps.grant(context, company_id, "gold", 0, 30)
    later = days_later(context, 10)
    steps.withdraw(later, company_id, made.grant_id)
    path = tiers.tier_path(later, company_id, context.today, later.today)
    assert [step.tier for step in path.values()] == ["gold"] * 10 + [""]


def test_a_tier_that_has_ended_cannot_be_withdrawn(context: Context):
    company_id = company(context)
    made = steps.grant(context, company_id, "gold", 0, 3)
    with pytest.raises(Problem, match="wrong_state"):
        steps.withdraw(days_later(context, 4), company_id, made.grant_id)
    (listed,), _ = manual_tiers_service.page(days_later(context, 4), company_id, 10, None)
    assert listed.state == "ended"


def test_manual_tiers_are_listed_latest_first_page_by_page(api: Api, context: Context):
    company_id = company(context)
    for number in range(3):
        steps.grant(days_later(context, number - 3), company_id, "gold", 0, 20 + number)
    first = api.call("GET", url(company_id, "?limit=2"), MANAGER).json
    rest = api.call("GET", url(company_id, f"?limit=2&cursor={first['next_cursor']}"), MANAGER).json
    days = [item["from"] for page in (first, rest) for item in page["items"]]
    assert days == ["2026-11-19", "2026-11-18", "2026-11-17"]


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ({"tier": "palladium"}, "/tier"),
        ({"from": "2026-11-19"}, "/from"),
        ({"until": "2026-11-19"}, "/until"),
        ({"until": "2200-01-01"}, "/until"),
        ({"reason": ""}, "/reason"),
        ({"days": 3}, "/days"),
    ],
)
def test_what_cannot_be_granted_is_named(api: Api, context: Context, form: Any, pointer: str):
    company_id = company(context)
    before = everything(context)
    answer = api.call("POST", url(company_id), MANAGER, {**GRANT, **form}, key="k1")
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert everything(context) == before


def test_what_is_not_there_is_not_found(api: Api, context: Context):
    company_id = company(context)
    for method, path, body in (
        ("POST", url("cmp_nowhere"), GRANT),
        ("GET", url(company_id, "/grt_1"), None),
        ("POST", url(company_id, "/grt_1/withdraw"), WORD),
    ):
        answer = api.call(method, path, MANAGER, body, key="k1")
        assert (answer.status, answer.json["code"]) == (404, "not_found"), path


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mbr_1", "company", "owner", "cmp_1"), 403),
        (Caller.person("mbr_1", "staff", "marketing", "club"), 403),
    ],
)
def test_only_managers_grant_tiers(api: Api, context: Context, caller: Caller, status: int):
    company_id = company(context)
    assert api.call("POST", url(company_id), caller, GRANT, key="k1").status == status
    assert api.call("GET", url(company_id), caller).status == status
    assert api.call("POST", url(company_id, "/grt_1/withdraw"), caller, WORD, key="k1").status == status


# --- crashes and races ------------------------------------------------------------------------------------------------


def once(tx: Any, shown_: Any) -> None:
    """The answer of a keyed request, as the HTTP layer keeps it."""
    tx.create({**keys.once("mbr_manager", "k1").as_item(), "body": shown_.grant_id}, label="once")


def outcome(context: Context, company_id: str) -> Any:
    """Without the ids, of which a repeat makes others."""
    _, grants = standing_store.load_with_grants(context, company_id)
    events = [len(told(context, company_id, name)) for name in ("tier.granted", "tier.withdrawn")]
    bare = [each._replace(grant_id="") for each in grants]
    return tier_now(context, company_id), moves(context, company_id), bare, events


def test_a_grant_that_dies_at_any_call_is_made_once(quick: Context):
    company_id = bought(quick, {-10: 60_000})
    beginning = everything(quick)
    form = ManualTierForm.model_validate(GRANT)

    def ask() -> None:
        manual_tiers_service.grant(replace(quick, reply=once), company_id, "mbr_manager", form)

    ask()
    undisturbed = outcome(quick, company_id)
    for crash in crashes():
        put_back(quick, beginning)
        quick.memo.clear()
        with crash:
            ask()
        with suppress(Refused):  # it was done, and its answer is kept
            ask()
        assert outcome(quick, company_id) == undisturbed, crash
        assert shown(tiers.standing_of(quick, company_id)) == shown(fresh(quick, company_id)), crash


def test_a_withdrawal_that_dies_at_any_call_is_made_once(quick: Context):
    company_id = bought(quick, {-10: 60_000})
    made = steps.grant(quick, company_id, "gold", 0, 30)
    beginning = everything(quick)
    form = ManualTierWithdrawalForm(**WORD)

    def ask() -> None:
        manual_tiers_service.withdraw(replace(quick, reply=once), company_id, made.grant_id, "mbr_manager", form)

    ask()
    undisturbed = outcome(quick, company_id)
    for crash in crashes():
        put_back(quick, beginning)
        quick.memo.clear()
        with crash:
            ask()
        with suppress(Problem):  # it was done
            ask()
        assert outcome(quick, company_id) == undisturbed, crash


def test_a_sale_between_any_two_calls_of_a_grant_is_not_lost(quick: Context):
    def a_sale() -> None:
        steps.buy(context, company_id, -1, 100_000, number="B-1")
        steps.deliver(context, company_id)

    for race in races(a_sale):
        context = in_memory(quick)
        company_id = bought(context, {-10: 60_000})
        with race:
            steps.grant(context, company_id, "gold", 0, 30)
        assert shown(tiers.standing_of(context, company_id)) == shown(fresh(context, company_id)), race
        assert (kept(context, company_id) or {})["grants"], race


def test_of_two_withdrawals_at_once_one_is_made(quick: Context):
    def another() -> None:
        steps.withdraw(context, company_id, made.grant_id)

    for race in races(another):
        context = in_memory(quick)
        company_id = company(context)
        made = steps.grant(context, company_id, "gold", 0, 30)
        with suppress(Problem), race:  # for the later one, there is nothing to withdraw
            steps.withdraw(context, company_id, made.grant_id)
        assert len(told(context, company_id, "tier.withdrawn")) == 1, race


def renewed(context: Context, company_id: str, days: int, author: str = "mbr_manager") -> str:
    """The state of one more manual tier from today on, of so many days."""
    form = ManualTierForm.model_validate(
        {"tier": "gold", "reason": "A new shop", "until": context.today + timedelta(days - 1)}
    )
    return manual_tiers_service.grant(context, company_id, author, form).state


def test_one_person_renews_no_tier_beyond_the_days_of_a_year(quick: Context):
    company_id = company(quick)
    states = [renewed(days_later(quick, start), company_id, 31) for start in (0, 31, 62, 93)]
    assert states == ["in_force", "in_force", "in_force", "waiting"], "93 days, today and 92 more, are given"
    assert renewed(days_later(quick, 93), company_id, 31, "mbr_head") == "in_force", "another one gives of his own"
    assert renewed(days_later(quick, 365), company_id, 1) == "waiting", "the first day is not yet a year ago"
    assert renewed(days_later(quick, 366), company_id, 1) == "in_force"


def test_two_renewals_at_the_same_moment_do_not_both_pass_the_bound(quick: Context):
    states: list[str] = []
    company_id = company(quick)
    beginning = everything(quick)
    for race in races(lambda: states.append(renewed(quick, company_id, 60))):
        put_back(quick, beginning)
        states.clear()
        with race:
            states.append(renewed(quick, company_id, 60))
        if race.happened:
            assert sorted(states) == ["in_force", "waiting"], race


def test_a_company_has_so_many_manual_tiers_that_have_not_ended(api: Api, context: Context):
    company_id = company(context)
    for number in range(20):
        granted(api, company_id, f"k{number}", until=str(context.today))
    more = api.call("POST", url(company_id), MANAGER, {**GRANT, "until": str(context.today)}, key="more")
    assert (more.status, more.json["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("form", "alone"),
    [
        ({"tier": "gold", "until": "2027-02-20"}, True),  # 92 days from today
        ({"tier": "gold", "until": "2027-02-21"}, False),
        ({"tier": "platinum", "until": "2026-11-30"}, False),  # ten percent
        ({"tier": "gold", "from": "2027-02-01", "until": "2027-03-01"}, False),  # later is no way round
    ],
)
def test_one_person_grants_as_much_as_the_club_lets_one(api: Api, context: Context, form: dict[str, str], alone: bool):
    company_id = company(context)
    answer = api.call("POST", url(company_id), MANAGER, {**GRANT, **form}, key="k1")
    assert answer.status == 201 and (answer.json["state"] != "waiting") == alone, answer.text
    assert len(api.call("GET", url(company_id), MANAGER).json["items"]) == (1 if alone else 0)
    head = partners.staff(context, "mbr_head", "head_of_sales")
    again = api.call("POST", url(company_id), head, {**GRANT, **form}, key="k2")
    assert (again.json["state"] != "waiting") == alone, "a head of sales is one person, too"
