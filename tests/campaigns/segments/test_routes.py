"""Segments and their audiences over HTTP, counted page by page."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import auth
from chalicelib.campaigns.segments import audience, service
from chalicelib.campaigns.segments.schemas import AudienceForm
from chalicelib.companies import store as companies_store
from chalicelib.companies.model import Company
from chalicelib.mail import store as mail_store
from chalicelib.platform.context import Context
from chalicelib.platform.ids import derived_id
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.campaigns.segments.steps import AGREED, Counting
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes, watched
from tests.support.memory import MemoryDynamo

SEGMENTS = "/v1/staff/segments"


@pytest.fixture
def counting(context: Context, monkeypatch: pytest.MonkeyPatch) -> Counting:
    return Counting(context, monkeypatch)


def people(context: Context, many: int, **facts: Any) -> None:
    for number in range(many):
        partners.member(context, f"mbr_{number}", consents=AGREED, **facts)


def preview(api: Api, marketing: Caller, counting: Counting, conditions: Any, **more: Any) -> Any:
    body = {"conditions": conditions, **more}
    started = api.call("POST", f"{SEGMENTS}/preview", marketing, body, key=derived_id("key", json.dumps(body)))
    assert (started.status, started.json["state"]) == (201, "running"), started.text
    counting.run()
    return api.call("GET", started.headers["location"], marketing).json


# --- saved segments ---------------------------------------------------------------------------------------------------


def test_a_segment_is_saved_changed_and_deleted(api: Api, marketing: Caller) -> None:
    form = {"name": "Installers", "conditions": {"audiences": ["installer"]}}
    made = api.call("POST", SEGMENTS, marketing, form, key="a")
    url = made.headers["location"]
    assert made.json["conditions"]["audiences"] == ["installer"]
    changed = {**form, "name": "All installers"}
    answer = api.call("PUT", url, marketing, changed, headers={"if-match": made.headers["etag"]})
    assert (answer.json["name"], answer.json["changed_by"]) == ("All installers", "mbr_marketing")
    stale = api.call("PUT", url, marketing, form, headers={"if-match": made.headers["etag"]})
    assert stale.status == 412
    listed = api.call("GET", SEGMENTS, marketing).json["items"]
    assert [each["name"] for each in listed] == ["All installers"]
    gone = api.call("DELETE", url, marketing, headers={"if-match": answer.headers["etag"]})
    assert (gone.status, api.call("GET", url, marketing).status) == (204, 404)


@pytest.mark.parametrize(
    ("conditions", "pointer"),
    [
        ({"colour": ["red"]}, "/conditions/colour"),
        ({"audiences": ["plumber"]}, "/conditions/audiences/0"),
        ({"regions": ["RU-MOW"]}, "/conditions/regions"),
        ({"tiers": ["none", "tin"]}, "/conditions/tiers/1"),
        ({"purchases": [{"days": 30}]}, "/conditions/purchases/0"),
        ({"activity": [{"days": 181}]}, "/conditions/activity/0/days"),
        ({"activity": [{"by": "opens"}]}, "/conditions/activity/0/by"),
    ],
)
def test_conditions_that_cannot_be_are_refused_and_named(
    api: Api, marketing: Caller, conditions: Any, pointer: str
) -> None:
    for path, body in (
        (SEGMENTS, {"name": "A", "conditions": conditions}),
        (f"{SEGMENTS}/preview", {"conditions": conditions}),
    ):
        refused = api.call("POST", path, marketing, body, key=path)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_segment_names_so_many_members_at_most(api: Api, marketing: Caller) -> None:
    def save(number: int) -> Any:
        body = {"name": "A", "conditions": {"members": [f"mbr_{each}" for each in range(number)]}}
        return api.call("POST", SEGMENTS, marketing, body, key=f"of-{number}-members")

    assert save(500).status == 201
    refused = save(501)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/conditions/members")


def test_audiences_are_listed_newest_first_with_their_numbers(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    people(context, 3)
    found = preview(api, marketing, counting, {"languages": ["en"]}, issue_class="service")
    listed = api.call("GET", "/v1/staff/audiences?state=done&issue_class=service&count=true", marketing).json
    assert (listed["items"], listed["count"]["value"]) == ([{**found, "sample": None}], 1)
    assert api.call("GET", "/v1/staff/audiences?state=running", marketing).json["items"] == []


def test_a_preview_needs_a_segment_or_conditions_and_a_topic_that_exists(api: Api, marketing: Caller) -> None:
    for number, body in enumerate(
        [{}, {"conditions": {}, "segment_id": "seg_1"}, {"conditions": {}, "topic": "gossip"}]
    ):
        assert api.call("POST", f"{SEGMENTS}/preview", marketing, body, key=f"k{number}").status == 422
    unknown = api.call("POST", f"{SEGMENTS}/preview", marketing, {"segment_id": "seg_none"}, key="none")
    assert unknown.status == 404


# --- audiences --------------------------------------------------------------------------------------------------------


def test_an_audience_says_who_is_left_out_and_why(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    people(context, 3, language="ru")
    partners.member(context, "mbr_silent", language="ru")
    partners.member(context, "mbr_invited", language="ru", consents=AGREED, email_confirmed_at=None)
    partners.member(context, "mbr_bounced", language="ru", consents=AGREED)
    mail_store.suppress(context.table, "mbr_bounced@partner.example", reason="bounce", at=context.at, letter_id="l")
    counting.no_holdout()
    found = preview(api, marketing, counting, {"languages": ["ru"]})
    assert (found["state"], found["members"], found["matched"], found["invited"]) == ("done", 7, 6, 3)
    assert found["left_out"] == {"no_consent": 1, "not_confirmed": 1, "suppressed": 1}
    named = {each["member_id"]: each["reason"] for each in found["sample"]}
    assert named == {
        **{f"mbr_{number}": None for number in range(3)},
        "mbr_silent": "no_consent",
        "mbr_invited": "not_confirmed",
        "mbr_bounced": "suppressed",
    }


def test_an_inn_that_comes_later_changes_no_draw(context: Context) -> None:
    tx = Transaction()
    told = {"name": "Luch", "currency": "RUB", "origin": "import", "created_at": context.at, "version": 1}
    for company_id, inn in (("cmp_1", "7707083893"), ("cmp_2", None)):
        companies_store.create(tx, Company.model_validate({**told, "company_id": company_id, "inn": inn}))
    context.table.commit(tx)
    units = {"cmp_1": "7707083893", "cmp_2": "cmp_2"}
    assert service.holdout_units(context, units) == units
    tx = Transaction()
    companies_store.take_inn(tx, "cmp_2", "7736050003", "")
    context.table.commit(tx)
    assert service.holdout_units(context, units) == units


def test_the_holdout_is_left_out_with_all_people_of_a_company(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    partners.company(context, "cmp_1")
    people(context, 4)
    for number in range(4):
        partners.speaks_for(context, "cmp_1", f"mbr_{number}")
    counting.hold_out("7707083893")  # the INN of its company
    found = preview(api, marketing, counting, {})
    assert found["left_out"]["hold_out"] == 4


def test_branches_of_one_firm_are_held_out_together(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    for company_id, inn in (("cmp_1", "7707083893"), ("cmp_2", "7707083893"), ("cmp_3", "500100732259")):
        partners.company(context, company_id, inn=inn)
        partners.member(context, f"mbr_{company_id}", consents=AGREED)
        partners.speaks_for(context, company_id, f"mbr_{company_id}")
    counting.hold_out("7707083893")
    sample = preview(api, marketing, counting, {})["sample"]
    held = {each["member_id"] for each in sample if each["reason"] == "hold_out"}
    assert held == {"mbr_cmp_1", "mbr_cmp_2"}


def test_a_service_letter_is_held_back_from_suppressed_addresses_only(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    for member_id in ("mbr_silent", "mbr_held", "mbr_bounced"):
        partners.member(context, member_id, consents=AGREED if member_id == "mbr_held" else {})
    mail_store.suppress(context.table, "mbr_bounced@partner.example", reason="bounce", at=context.at, letter_id="l")
    counting.hold_out("mbr_held")
    found = preview(api, marketing, counting, {}, issue_class="service")
    assert (found["issue_class"], found["left_out"]) == ("service", {"suppressed": 1})
    assert preview(api, marketing, counting, {})["left_out"] == {"suppressed": 1, "no_consent": 2, "hold_out": 1}


def test_facts_of_the_company_decide(api: Api, context: Context, marketing: Caller, counting: Counting) -> None:
    counting.no_holdout()
    for name in ("gold", "none"):
        partners.company(context, f"cmp_{name}")
        partners.member(context, f"mbr_{name}", consents=AGREED)
        partners.speaks_for(context, f"cmp_{name}", f"mbr_{name}")
    partners.reach(context, "cmp_gold", "500000")
    for conditions in ({"tiers": ["gold"]}, {"stages": ["learning"]}):
        found = preview(api, marketing, counting, conditions)
        assert "mbr_gold" in {each["member_id"] for each in found["sample"]}, conditions
    assert [each["member_id"] for each in preview(api, marketing, counting, {"tiers": ["gold"]})["sample"]] == [
        "mbr_gold"
    ]


def test_visits_and_clicks_of_the_last_days_decide(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    counting.no_holdout()
    people(context, 4)
    for member_id, days, clicked in (("mbr_1", 100, False), ("mbr_2", 100, True), ("mbr_3", 5, False)):
        auth.note_visit(context.table, member_id, context.now - timedelta(days=days), clicked=clicked)

    def found(*activity: Any) -> set[str]:
        sample = preview(api, marketing, counting, {"activity": list(activity), "audiences": []})["sample"]
        return {each["member_id"] for each in sample} - {"mbr_marketing"}

    assert found({"days": 90}) == {"mbr_3"}
    assert found({"days": 101}) == {"mbr_1", "mbr_2", "mbr_3"}
    assert found({"days": 101, "by": "clicks"}) == {"mbr_2"}
    assert found({"days": 101, "active": False}) == {"mbr_0"}
    assert found({"days": 180}, {"days": 90, "active": False}) == {"mbr_1", "mbr_2"}, "active once, and quiet now"


def test_every_member_is_counted_once_however_the_messages_come(
    api: Api, context: Context, marketing: Caller, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "PAGE", 2)
    counting.no_holdout()
    people(context, 40)
    counting.twice = True
    found = preview(api, marketing, counting, {})
    assert (found["state"], found["members"], found["invited"]) == ("done", 41, 40)
    assert len(found["sample"]) == 20 + 1


def test_a_crash_at_any_call_of_the_count_changes_no_number(
    context: Context, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "PAGE", 1)
    counting.no_holdout()
    for crash in crashes():
        begun = replace(context, table=Table(watched(MemoryDynamo(), "dynamodb"), "club", sleep=lambda seconds: None))
        counting.context = begun
        partners.staff(begun, "mbr_marketing", "marketing")
        people(begun, 3)
        form = AudienceForm.model_validate({"conditions": {}})
        started = audience.start(begun, form, by="mbr_marketing")
        counting.ask(started.audience_id)
        with crash:
            counting.deliver()
        counting.deliver()
        found = audience.show(begun, started.audience_id)
        assert (found.state, found.members, found.matched, found.invited) == ("done", 4, 4, 3), crash


def test_an_audience_stays_as_it_was_counted(api: Api, context: Context, marketing: Caller, counting: Counting) -> None:
    counting.no_holdout()
    people(context, 2)
    body = {"conditions": {}}
    url = api.call("POST", f"{SEGMENTS}/preview", marketing, body, key="a").headers["location"]
    counting.run()
    people(context, 5)
    assert api.call("GET", url, marketing).json["matched"] == 3


def test_a_member_who_turned_the_topic_off_is_left_out(
    api: Api, context: Context, marketing: Caller, counting: Counting
) -> None:
    from chalicelib.contacts import keys as contacts_keys

    counting.no_holdout()
    people(context, 2)
    key = contacts_keys.person("mbr_1")
    context.table.put({**key.as_item(), "topics_off": ["events"]})
    assert preview(api, marketing, counting, {}, topic="events")["left_out"]["topic_off"] == 1
    assert "topic_off" not in preview(api, marketing, counting, {}, topic="products")["left_out"]
