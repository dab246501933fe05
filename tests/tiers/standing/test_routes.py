"""The standing of a company over HTTP: its own people, the club's staff, and nobody else."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.support.api import STRANGER, Api, Caller
from tests.support.spent import calls_counted
from tests.tiers.steps import bought, buy, company, deliver, everything, give_back

MANAGER = Caller.person("mbr_manager", "staff", "manager", "club")


def owner(company_id: str) -> Caller:
    return Caller.person("mbr_owner", "company", "owner", company_id)


def rub(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "RUB"}


BRONZE = {"code": "bronze", "name": "Bronze", "discount_percent": "3"}
SILVER = {"code": "silver", "name": "Silver", "discount_percent": "5"}
GOLD = {"code": "gold", "name": "Gold", "discount_percent": "7"}
PLATINUM = {"code": "platinum", "name": "Platinum", "discount_percent": "10"}
NONE = {"code": "", "name": "No tier", "discount_percent": "0"}


def test_a_company_reads_where_it_stands(api: Api, context: Context):
    """100,000.50 leave on 30 November; silver is held up to 29 December, and bronze, on 60,000, up to 9 March."""
    company_id = bought(context, {-80: "100000.50", -10: 60_000})
    answer = api.call("GET", "/v1/company/tier", owner(company_id))
    assert answer.status == 200
    assert answer.json == {
        "company_id": company_id,
        "as_of": "2026-11-20",
        "tier": SILVER,
        "since": "2026-11-10",
        "safe_until": "2026-12-29",
        "falls_to": BRONZE,
        "order_to_keep": rub("90000.00"),
        "order_to_lift": rub("239999.50"),
        "window": {"from": "2026-08-23", "to": "2026-11-20", "sum": rub("160000.50")},
        "next_step": {"tier": GOLD, "from_sum": rub("400000.00"), "missing": rub("239999.50")},
        "tonight": None,
        "falls_out": [
            {
                "day": "2026-11-30",
                "amount": rub("100000.50"),
                "window_sum": rub("60000.00"),
                "tier": BRONZE,
                "in_force": SILVER,
                "order_to_keep": None,
                "order_to_lift": rub("239999.50"),
                "order_by": "2026-11-29",
            },
            {
                "day": "2027-02-08",
                "amount": rub("60000.00"),
                "window_sum": rub("0.00"),
                "tier": NONE,
                "in_force": BRONZE,
                "order_to_keep": rub("90000.00"),
                "order_to_lift": rub("340000.00"),
                "order_by": "2027-02-07",
            },
        ],
        "ladder": {
            "version": "2026-1",
            "window_days": 90,
            "hold_days": 30,
            "personal_first_step": False,
            "steps": [
                {"tier": BRONZE, "from_sum": rub("50000.00")},
                {"tier": SILVER, "from_sum": rub("150000.00")},
                {"tier": GOLD, "from_sum": rub("400000.00")},
                {"tier": PLATINUM, "from_sum": rub("1000000.00")},
            ],
        },
    }


def test_a_company_that_bought_nothing_stands_before_the_first_step(api: Api, context: Context):
    shown = api.call("GET", "/v1/company/tier", owner(company(context))).json
    assert (shown["tier"], shown["since"], shown["tonight"], shown["falls_out"]) == (NONE, None, None, [])
    assert (shown["safe_until"], shown["falls_to"], shown["order_to_keep"]) == (None, None, None)
    assert shown["next_step"] == {"tier": BRONZE, "from_sum": rub("50000.00"), "missing": rub("50000.00")}
    assert shown["order_to_lift"] == rub("50000.00")


def test_on_the_last_step_there_is_no_next_one(api: Api, context: Context):
    shown = api.call("GET", "/v1/company/tier", owner(bought(context, {0: 1_000_000}))).json
    assert (shown["tier"], shown["next_step"], shown["order_to_lift"]) == (PLATINUM, None, None)


def test_a_sale_lifts_the_tier_at_once(api: Api, context: Context):
    company_id = bought(context, {0: 60_000})
    buy(context, company_id, 0, 100_000)
    deliver(context, company_id)
    shown = api.call("GET", "/v1/company/tier", owner(company_id)).json
    assert (shown["tier"], shown["window"]["sum"], shown["tonight"]) == (SILVER, rub("160000.00"), None)


def test_tonight_tells_what_the_coming_night_changes_and_what_still_keeps_the_tier(api: Api, context: Context):
    company_id = bought(context, {-119: 100_000, -60: 60_000})
    shown = api.call("GET", "/v1/company/tier", owner(company_id)).json
    assert shown["tier"] == SILVER
    assert shown["safe_until"] == "2026-11-20"
    assert shown["tonight"] == {**BRONZE, "order_to_keep": rub("90000.00")}


def test_names_are_in_the_readers_language(api: Api, context: Context):
    for company_id, name in ((bought(context, {0: 160_000}), "Серебро"), (company(context, "Other"), "Без уровня")):
        answer = api.call("GET", "/v1/company/tier", owner(company_id), headers={"accept-language": "ru"})
        assert answer.json["tier"]["name"] == name


def test_reading_a_standing_is_one_call(api: Api, context: Context):
    caller = owner(bought(context, {0: 160_000}))
    with calls_counted(context.table.client) as made:
        api.call("GET", "/v1/company/tier", caller)
    assert made == ["GetItem"]


@pytest.mark.parametrize("role", ["owner", "buyer", "accountant", "engineer"])
def test_everyone_of_the_company_may_read_it(api: Api, context: Context, role: str):
    company_id = bought(context, {0: 160_000})
    answer = api.call("GET", "/v1/company/tier", Caller.person("mbr_1", "company", role, company_id))
    assert answer.json["company_id"] == company_id


STRANGERS = {
    "nobody": (STRANGER, 401),
    "a member without a company": (Caller.person("mbr_1"), 403),
    "a distributor": (Caller.person("mbr_1", "distributor", "operator", "dst_1"), 403),
}


@pytest.mark.parametrize(("caller", "status"), [*STRANGERS.values(), (MANAGER, 403)])
def test_others_have_no_tier_to_read(api: Api, context: Context, caller: Caller, status: int):
    bought(context, {0: 160_000})
    before = everything(context)
    assert api.call("GET", "/v1/company/tier", caller).status == status
    assert everything(context) == before


@pytest.mark.parametrize(("caller", "status"), [*STRANGERS.values(), (owner("cmp_of_its_own"), 403)])
def test_only_staff_read_the_tier_of_any_company(api: Api, context: Context, caller: Caller, status: int):
    company_id = bought(context, {0: 160_000})
    assert api.call("GET", f"/v1/staff/companies/{company_id}/tier", caller).status == status


def test_a_company_sees_its_own_standing_only(api: Api, context: Context):
    rich, poor = bought(context, {0: 160_000}, name="Rich"), bought(context, {0: 100}, name="Poor")
    assert api.call("GET", "/v1/company/tier", owner(poor)).json["tier"] == NONE
    assert api.call("GET", "/v1/company/tier", owner(rich)).json["tier"] == SILVER


# --- staff ------------------------------------------------------------------------------------------------------------


def staff_sees(api: Api, company_id: str, as_of: Any = None) -> Any:
    query = f"?as_of={as_of}" if as_of else ""
    answer = api.call("GET", f"/v1/staff/companies/{company_id}/tier{query}", MANAGER)
    assert answer.status == 200, answer.text
    return answer.json


def test_staff_see_what_the_company_sees(api: Api, context: Context):
    company_id = bought(context, {-80: 100_000, -10: 60_000})
    assert staff_sees(api, company_id) == api.call("GET", "/v1/company/tier", owner(company_id)).json


def test_staff_see_any_day_by_the_facts_as_they_are_known_now(api: Api, context: Context):
    company_id = bought(context, {-200: 100_000, -150: 60_000, -10: 500_000})
    then = staff_sees(api, company_id, context.today - timedelta(days=140))
    assert then["window"] == {"from": "2026-04-05", "to": "2026-07-03", "sum": rub("160000.00")}
    assert (then["as_of"], then["tier"], then["since"]) == ("2026-07-03", SILVER, "2026-06-23")
    assert then["safe_until"] == "2026-08-31"
    assert [each["day"] for each in then["falls_out"]] == ["2026-08-02", "2026-09-21"]
    buy(context, company_id, -150, -60_000)
    assert staff_sees(api, company_id, "2026-07-03")["tier"] == BRONZE


def test_what_came_back_after_a_day_is_not_seen_on_it(api: Api, context: Context):
    company_id = company(context)
    buy(context, company_id, -100, 160_000, number="A-1")
    give_back(context, company_id, -20, 150_000, "A-1")
    for ago, sum_ in ((30, "160000.00"), (20, "10000.00")):
        shown = staff_sees(api, company_id, context.today - timedelta(days=ago))
        assert shown["window"]["sum"] == rub(sum_)


def test_as_of_today_is_where_the_company_stands(api: Api, context: Context):
    company_id = bought(context, {-119: 100_000, -60: 60_000})
    assert staff_sees(api, company_id, context.today) == staff_sees(api, company_id)


def test_a_company_without_purchases_is_there_for_staff(api: Api, context: Context):
    company_id = company(context)
    assert staff_sees(api, company_id)["tier"] == NONE
    assert staff_sees(api, company_id, "2026-01-01")["tier"] == NONE


@pytest.mark.parametrize("query", ["", "?as_of=2026-01-01"])
def test_a_company_that_there_is_not_is_not_found(api: Api, context: Context, query: str):
    answer = api.call("GET", f"/v1/staff/companies/cmp_nowhere/tier{query}", MANAGER)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "day", ["yesterday", "5", "2026-02-30", "20261120", "1763596800", "1969-12-31", "2200-01-01", "0001-01-01", ""]
)
def test_a_day_that_is_none_is_named(api: Api, context: Context, day: str):
    answer = api.call("GET", f"/v1/staff/companies/{company(context)}/tier?as_of={day}", MANAGER)
    assert (answer.status, answer.json["code"]) == (422, "invalid")
    assert answer.json["errors"][0]["pointer"] == "/query/as_of"


def test_an_unknown_parameter_is_refused(api: Api, context: Context):
    answer = api.call("GET", f"/v1/staff/companies/{company(context)}/tier?on=2026-01-01", MANAGER)
    assert answer.status == 422
    answer = api.call("GET", "/v1/company/tier?as_of=2026-01-01", owner(company(context)))
    assert answer.status == 422


@pytest.mark.parametrize("day", ["1970-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_that_can_be_asked_for(api: Api, context: Context, day: str):
    assert staff_sees(api, company(context), day)["as_of"] == day
