"""The overview over HTTP, and the lists behind it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.members import service as members
from chalicelib.platform.context import Context
from chalicelib.retention.cases import keys as cases_keys
from chalicelib.retention.cases import store as cases_store
from chalicelib.retention.learning import service as learning
from chalicelib.retention.learning import store as learning_store
from chalicelib.retention.learning.store import Learned
from chalicelib.retention.lists import service as lists
from chalicelib.retention.outcomes import service as outcomes
from chalicelib.retention.outcomes.schemas import OutcomeForm
from chalicelib.retention.overview import jobs, keys, service
from chalicelib.retention.states.rules import RhythmState
from tests.retention.cases.steps import IVAN, case_of, known
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.spent import calls_counted, measures

OVERVIEW = "/v1/staff/retention/overview"
MANAGERS = "/v1/staff/retention/managers"
HEAD = Caller.person("mbr_head", "staff", "head_of_sales", "club")


@pytest.fixture(autouse=True)
def scene(context: Context) -> None:
    """Ivan called one of three quiet companies; another waits for over a month; a fourth has no manager."""
    partners.staff(context, "mbr_head", "head_of_sales")
    partners.staff(context, IVAN, "manager")
    known(context, "cmp_1", RhythmState.AT_RISK, usual=900_000)
    known(context, "cmp_2", RhythmState.DORMANT, usual=50_000)
    known(context, "cmp_3", RhythmState.LOST, usual=40_000)
    known(context, "cmp_4", RhythmState.DORMANT, usual=10_000, manager_id=None)
    known(context, "cmp_5", RhythmState.ACTIVE)
    late = case_of(context, "cmp_3")
    cases_store.save(context, replace(late, due=context.today - timedelta(days=31), version=late.version + 1), late)
    first, *_ = lists.make(context, IVAN).calls
    said = OutcomeForm.model_validate({"result": "reached", "reason": "price"})
    outcomes.record_outcome(context, first.case_id, said, by=IVAN)
    jobs.nightly_overview(context, {})


def test_the_overview_adds_up_by_manager_and_by_reason(api: Api, context: Context) -> None:
    found = api.call("GET", OVERVIEW, HEAD).json
    assert found["day"] == context.today.isoformat()
    assert found["total"]["usual_sum"]["amount"] == "1000000.00"
    nobody, ivan = found["managers"]
    assert (nobody["manager_id"], nobody["dormant"]) == (None, 1)
    assert (ivan["at_risk"], ivan["dormant"], ivan["lost"]) == (1, 1, 1)
    assert (ivan["listed"], ivan["done"], ivan["late"]) == (3, 1, 1)
    assert {each["reason"]: each["usual_sum"]["amount"] for each in found["reasons"]} == {
        None: "100000.00",
        "price": "900000.00",
    }
    assert [each["month"] for each in found["months"]] == ["2026-11"]
    assert api.call("GET", OVERVIEW, Caller.person(IVAN, "staff", "manager", "club")).status == 403


def test_sums_in_other_currencies_are_told_apart_and_change_no_sum_of_the_club(api: Api, context: Context) -> None:
    known(context, "cmp_euros", RhythmState.DORMANT, usual=3_000, currency="EUR")
    known(context, "cmp_tenge", RhythmState.LOST, usual=5_000_000, currency="KZT")
    jobs.nightly_overview(context, {})
    found = api.call("GET", OVERVIEW, HEAD).json
    ivan = next(each for each in found["managers"] if each["manager_id"] == IVAN)
    for sums, roubles in ((found["total"], "1000000.00"), (ivan, "990000.00"), (found["months"][0], "1000000.00")):
        assert sums["usual_sum"] == {"amount": roubles, "currency": "RUB"}
        assert sums["other_sums"] == [
            {"amount": "3000.00", "currency": "EUR"},
            {"amount": "5000000.00", "currency": "KZT"},
        ]
    assert (found["total"]["dormant"], found["total"]["lost"]) == (3, 2)


def test_the_managers_are_a_list_and_a_file_of_either_kind(api: Api) -> None:
    page = api.call("GET", f"{MANAGERS}?limit=1", HEAD).json
    rest = api.call("GET", f"{MANAGERS}?limit=1&cursor={page['next_cursor']}", HEAD).json
    assert page["items"] + rest["items"] == api.call("GET", OVERVIEW, HEAD).json["managers"]
    assert rest["next_cursor"] is None
    for kind in ("csv", "xlsx"):
        made = api.call("POST", "/v1/list-files", HEAD, {"list": MANAGERS, "format": kind})
        assert (made.status, made.json["row_count"]) == (200, 2), made.text


@pytest.mark.parametrize("name", ["reasons", "months"])
def test_reasons_and_months_are_lists_and_files_of_either_kind(api: Api, context: Context, name: str) -> None:
    service.store.save(context, replace(service.fold(context), day=context.today - timedelta(days=31)))
    path, shown = f"/v1/staff/retention/{name}", api.call("GET", OVERVIEW, HEAD).json[name]
    assert len(shown) == 2
    page = api.call("GET", f"{path}?limit=1", HEAD).json
    rest = api.call("GET", f"{path}?limit=1&cursor={page['next_cursor']}", HEAD).json
    assert page["items"] + rest["items"] == shown and rest["next_cursor"] is None
    for kind in ("csv", "xlsx"):
        made = api.call("POST", "/v1/list-files", HEAD, {"list": path, "format": kind})
        assert (made.status, made.json["row_count"]) == (200, 2), made.text


@pytest.mark.parametrize("goes", ["dismissed", "marketing"])
def test_who_calls_nobody_any_more_is_shown_without_a_name_until_the_companies_are_handed_over(
    api: Api, context: Context, goes: str
) -> None:
    ivan = next(each for each in api.call("GET", OVERVIEW, HEAD).json["managers"] if each["manager_id"] == IVAN)
    assert ivan["manager_name"]
    partners.staff(context, "mbr_admin", "admin")
    if goes == "dismissed":
        members.dismiss_staff(context, IVAN, by="mbr_admin")
    else:
        partners.staff(context, IVAN, "marketing")
    left = next(each for each in api.call("GET", OVERVIEW, HEAD).json["managers"] if each["manager_id"] == IVAN)
    assert left == {**ivan, "manager_name": None}


def test_months_tell_the_dormant_share_once_the_club_has_counted_its_companies(api: Api, context: Context) -> None:
    [before] = api.call("GET", OVERVIEW, HEAD).json["months"]
    assert before["dormant_percent"] is None
    learning_store.put_club(context, Learned(learning.club_rhythm(context).club, context.today, Decimal(0), 8))
    context.memo.clear()
    jobs.nightly_overview(context, {})
    [after] = api.call("GET", OVERVIEW, HEAD).json["months"]
    assert after["dormant_percent"] == 37.5  # three of eight
    for number in range(5):
        known(context, f"cmp_euros_{number}", RhythmState.DORMANT, currency="EUR")
    jobs.nightly_overview(context, {})
    [same] = api.call("GET", OVERVIEW, HEAD).json["months"]
    assert same["dormant_percent"] == 37.5  # the club counts the companies in its own currency


def test_a_quiet_company_without_a_next_step_is_counted(api: Api, context: Context) -> None:
    assert api.call("GET", OVERVIEW, HEAD).json["without_next_step"] == 0
    context.table.delete_many([cases_keys.case(case_of(context, "cmp_2").case_id)])
    jobs.nightly_overview(context, {})
    assert api.call("GET", OVERVIEW, HEAD).json["without_next_step"] == 1


def test_the_lists_behind_it_name_the_companies(api: Api, context: Context) -> None:
    dormant = api.call("GET", "/v1/staff/retention/companies?state=dormant&limit=1", HEAD).json
    rest = api.call("GET", f"/v1/staff/retention/companies?state=dormant&cursor={dormant['next_cursor']}", HEAD).json
    several = dormant["items"] + rest["items"]
    name = next(each["manager_name"] for each in api.call("GET", OVERVIEW, HEAD).json["managers"] if each["manager_id"])
    assert {(each["name"], each["manager_name"]) for each in several} == {("cmp_2", name), ("cmp_4", None)}
    assert all(each["below_lowest_step"] for each in several)
    [late] = api.call("GET", f"/v1/staff/retention/late?manager_id={IVAN}", HEAD).json["items"]
    assert (late["company_id"], late["manager_name"]) == ("cmp_3", name)
    assert late["due"] == (context.today - timedelta(days=31)).isoformat()
    assert api.call("GET", "/v1/staff/retention/late", HEAD).json["items"] == []


@measures(keys.overview)
def test_the_overview_is_four_calls_and_three_for_each_manager(context: Context) -> None:
    with calls_counted(context.table.client) as made:
        service.show(context)
    assert made == ["Query", "Query", "BatchGetItem", "BatchGetItem", "Query", "Query", "Query", "BatchGetItem"]
