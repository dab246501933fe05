"""Series over HTTP: shipped, written, approved by a second person, changed with those inside, and stopped."""

from typing import Any

import pytest

from chalicelib.campaigns.plan import issue_texts
from chalicelib.campaigns.series import enrolment
from chalicelib.campaigns.series.shipped import shipped
from chalicelib.mail import PortalPages
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from tests.campaigns.sending.steps import TEXTS
from tests.campaigns.series.steps import form, step
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.table import everything

SERIES = "/v1/staff/series"
SHIPPED = ["balance", "learn", "tier_warning", "welcome", "win_back"]


def write(api: Api, caller: Caller, body: dict[str, Any]) -> Answer:
    return api.call("POST", SERIES, caller, body, key="k")


def test_a_series_is_approved_in_the_version_that_was_read_by_whoever_wrote_none_of_it(
    api: Api, marketing: Caller, head: Caller
) -> None:
    made = write(api, marketing, form())
    url, seen = made.headers["location"], {"if-match": made.headers["etag"]}
    assert api.call("PUT", url, marketing, form(name="B"), headers=seen).status == 200
    assert api.call("POST", f"{url}/approve", head, headers=seen).status == 412
    version = api.call("GET", url, head).headers["etag"]
    assert api.call("PUT", url, head, form(name="C"), headers={"if-match": version}).status == 200
    for writer in (marketing, head):
        assert api.approve(url, writer).json["code"] == "four_eyes"


def test_a_step_for_some_regions_belongs_to_a_series_on_events(api: Api, marketing: Caller) -> None:
    conditions = {"regions": ["RU-MOW"], "regional_event": True}
    refused = write(api, marketing, form(step("first", conditions=conditions), topic="products"))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/steps/0/conditions/regions")


@pytest.mark.parametrize("series_id", SHIPPED)
def test_a_shipped_series_is_whole_and_each_letter_can_be_made_for_a_member(
    api: Api, context: Context, marketing: Caller, series_id: str
) -> None:
    partners.partner(context, "cmp_1", "mbr_1")
    for written in shipped(PortalPages())[series_id].steps:
        issue_texts.check(context, written.texts)
        issue_texts.check_discount(written.texts, "", "", "")
        for language in ("en", "ru"):
            url = f"{SERIES}/{series_id}/steps/{written.step_id}/preview"
            letter = api.call("POST", url, marketing, {"member_id": "mbr_1", "language": language})
            assert letter.status == 200
            assert len(letter.json["html"]) + len(letter.json["text"]) < issue_texts.MOST_BYTES
            assert "{{" not in letter.text


def test_all_series_are_listed_shipped_ones_as_drafts(api: Api, marketing: Caller) -> None:
    write(api, marketing, form())
    items = api.call("GET", SERIES, marketing).json["items"]
    assert [each["series_id"] for each in items[:5]] == SHIPPED
    assert {each["state"] for each in items} == {"draft"}
    assert [each["author"] for each in items] == [None] * 5 + ["mbr_marketing"]


def test_whoever_wrote_a_series_does_not_approve_it(api: Api, marketing: Caller, head: Caller) -> None:
    made = write(api, marketing, form())
    url = made.headers["location"]
    assert (made.status, made.json["state"]) == (201, "draft")
    refused = api.approve(url, marketing)
    assert (refused.status, refused.json["code"]) == (403, "four_eyes")
    assert api.approve(url, head).json["state"] == "on"
    again = api.approve(url, marketing)  # it is on already
    assert (again.json["state"], again.json["approved_by"]) == ("on", "mbr_head_of_marketing")
    assert api.call("POST", f"{url}/stop", marketing).json["state"] == "draft"


def test_a_shipped_series_is_approved_as_it_is_or_changed_first(api: Api, marketing: Caller, head: Caller) -> None:
    assert api.approve(f"{SERIES}/welcome", marketing).json["state"] == "on"
    shown = api.call("GET", f"{SERIES}/learn", marketing)
    assert shown.headers["etag"] == '"0"'
    changed = api.call("PUT", f"{SERIES}/learn", marketing, form(), headers={"if-match": '"0"'})
    assert (changed.json["state"], changed.json["author"]) == ("draft", "mbr_marketing")
    late = api.call("PUT", f"{SERIES}/learn", head, form(), headers={"if-match": '"0"'})
    assert late.status == 412
    assert api.approve(f"{SERIES}/learn", marketing).json["code"] == "four_eyes"


def test_a_series_without_a_text_is_not_approved(api: Api, marketing: Caller, head: Caller) -> None:
    url = write(api, marketing, form(step("first", texts={"en": TEXTS["en"]}))).headers["location"]
    assert api.approve(url, head).json["code"] == "wrong_state"
    missing = api.call("POST", f"{url}/steps/first/preview", head, {"member_id": "mbr_marketing", "language": "ru"})
    assert missing.json["code"] == "wrong_state"
    assert api.call("POST", f"{url}/steps/other/preview", head, {"member_id": "mbr_marketing"}).status == 404


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"topic": "gossip"}, "/topic"),
        ({"issue_class": "service"}, "/issue_class"),
        ({"starts": []}, "/starts"),
        ({"starts": ["born"]}, "/starts/0"),
        ({"steps": []}, "/steps"),
        ({"steps": [step("a"), step("a")]}, ""),
        ({"steps": [step("a", -1)]}, "/steps/0/wait_days"),
        ({"steps": [step("A")]}, "/steps/0/step_id"),
        ({"steps": [step("a", conditions={"regions": ["RU-MOW"]})]}, "/steps/0/conditions/regions"),
        (
            {"steps": [step("a"), step("b", texts={"ru": {"subject": "A", "body": "{{ nome }}"}})]},
            "/steps/1/texts/ru/body",
        ),
        (
            {"steps": [step("a", texts={"en": {"subject": "A", "body": "{% for a in b %}{% endfor %}"}})]},
            "/steps/0/texts/en/body",
        ),
        ({"steps": [step("a", texts={"ru": {"subject": "Скидка 20 %", "body": "A"}})]}, "/steps/0/texts"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_series_that_cannot_be_is_refused_and_named(
    api: Api, context: Context, marketing: Caller, changes: dict[str, Any], pointer: str
) -> None:
    before = everything(context)
    refused = write(api, marketing, form(**changes))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert everything(context) == before


def test_a_change_that_is_felt_inside_asks_first(api: Api, context: Context, marketing: Caller, head: Caller) -> None:
    url = write(api, marketing, form()).headers["location"]
    api.approve(url, head)
    partners.member(context, "mbr_1")
    event = Event("member.email_confirmed", "evt_1", {"at": context.at})
    enrolment.begin(context, event, "joined", ["mbr_1"])
    shown = api.call("GET", url, marketing)
    assert shown.json["inside"] == [{"step_id": "first", "members": 1, "next_step_id": "first", "wait_days": 1}]
    without = form(step("second", 5))
    version = {"if-match": shown.headers["etag"]}
    refused = api.call("PUT", url, marketing, without, headers=version)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (409, "/steps")
    assert refused.json["inside"] == [{"step_id": "first", "members": 1, "next_step_id": "second", "wait_days": 5}]
    renamed = api.call("PUT", url, marketing, form(name="Welcome"), headers=version)
    assert renamed.status == 200
    accepted = api.call(
        "PUT", url, marketing, {**without, "accept_effects": True}, headers={"if-match": renamed.headers["etag"]}
    )
    assert accepted.json["inside"] == refused.json["inside"]
    [listed] = api.call("GET", f"{url}/members", marketing).json["items"]
    assert (listed["member_id"], listed["step_id"], listed["end"]) == ("mbr_1", "first", None)


def test_a_club_has_so_many_series(api: Api, marketing: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.campaigns.series.service.MOST_SERIES", 0)
    assert write(api, marketing, form()).json["code"] == "conflict"
