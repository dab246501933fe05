"""Questions over HTTP: noted, listed, proposed as one letter, and answered by an issue for those who asked."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.campaigns.questions import service
from chalicelib.campaigns.questions.schemas import DigestForm
from chalicelib.campaigns.segments import store as segments_store
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from tests.campaigns.plan.test_routes import TEXTS
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, races
from tests.support.table import everything, restore

URL = "/v1/staff/questions"
DIGEST = {"tag": "delivery", "topic": "club", "slot": "2026-12-01T12:30", "texts": TEXTS}


@pytest.fixture
def manager(context: Context) -> Caller:
    partners.partner(context, "cmp_1", "mbr_1")
    partners.member(context, "mbr_2")
    return partners.staff(context, "mbr_manager", "manager")


def ask(api: Api, caller: Caller, text: str = "When does it come?", *tags: str, **more: Any) -> Answer:
    return api.call("POST", URL, caller, {"text": text, "tags": list(tags) or ["Delivery"], **more})


def test_a_question_of_a_member_is_of_the_company_that_they_act_for(
    api: Api, context: Context, manager: Caller
) -> None:
    partners.partner(context, "com_3", "mbr_3")
    noted = [ask(api, manager, member_id="mbr_3").json for _ in range(2)]
    assert noted[0] == noted[1]
    [shown] = api.call("GET", URL, manager).json["items"]
    assert (noted[0]["company_id"], shown["company_id"]) == ("com_3", "com_3")
    assert shown["company_name"] == noted[0]["company_name"]
    assert shown["company_name"]
    assert ask(api, manager, "Who?", member_id="mbr_2").json["company_id"] is None  # acts for nobody


def three(api: Api, caller: Caller) -> None:
    ask(api, caller, "When?", "delivery", "spring", member_id="mbr_1", company_id="cmp_1")
    ask(api, caller, "How?", member_id="mbr_2")
    ask(api, caller, "Where?", " DELIVERY ")


def proposed(api: Api, caller: Caller) -> dict[str, tuple[int, int]]:
    found = api.call("GET", f"{URL}/proposals", caller).json
    return {each["tag"]: (each["questions"], each["people"]) for each in found["items"]}


def test_a_question_is_noted_once_a_day_and_found_by_its_tag(api: Api, manager: Caller) -> None:
    first = ask(api, manager, "When?", "delivery", member_id="mbr_1", company_id="cmp_1")
    assert (first.status, first.json["by"], first.json["tags"]) == (200, "mbr_manager", ["delivery"])
    assert ask(api, manager, "When?", "Delivery", member_id="mbr_1", company_id="cmp_1").json == first.json
    ask(api, manager, "How much?", "prices")
    for query, texts in (
        ("", {"When?", "How much?"}),
        ("?tags=prices", {"How much?"}),
        ("?member_id=mbr_1", {"When?"}),
    ):
        assert {each["text"] for each in api.call("GET", URL + query, manager).json["items"]} == texts


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"tags": []}, "/tags"),
        ({"tags": ["a"] * 6}, "/tags"),
        ({"tags": ["  "]}, "/tags/0"),
        ({"text": ""}, "/text"),
        ({"member_id": "mbr_none"}, "/member_id"),
        ({"company_id": "cmp_none"}, "/company_id"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_question_that_cannot_be_is_refused_and_named(
    api: Api, manager: Caller, changes: dict[str, Any], pointer: str
) -> None:
    refused = api.call("POST", URL, manager, {"text": "When?", "tags": ["delivery"], **changes})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)


def test_questions_alike_of_two_weeks_become_one_letter_for_those_who_asked(
    api: Api, context: Context, manager: Caller, marketing: Caller
) -> None:
    three(api, manager)
    assert proposed(api, marketing) == {"delivery": (3, 2)}
    planned = api.call("POST", f"{URL}/digests", marketing, DIGEST, key="k")
    assert (planned.status, planned.json["state"], planned.json["issue_class"]) == (201, "draft", "content")
    assert api.call("POST", f"{URL}/digests", marketing, DIGEST, key="k").json == planned.json
    segment = segments_store.read(context.table, planned.json["segment_id"])
    assert segment and segment.rules.members == ["mbr_1", "mbr_2"]
    assert api.approve(planned.headers["location"], marketing).json["code"] == "four_eyes"
    assert proposed(api, marketing) == {}
    again = api.call("POST", f"{URL}/digests", marketing, DIGEST, key="other")
    assert (again.status, again.json["errors"][0]["pointer"]) == (422, "/tag")


def test_questions_whose_letter_is_cancelled_are_proposed_again(api: Api, manager: Caller, marketing: Caller) -> None:
    three(api, manager)
    planned = api.call("POST", f"{URL}/digests", marketing, DIGEST, key="k")
    api.call("POST", f"{planned.headers['location']}/cancel", marketing)
    assert proposed(api, marketing) == {"delivery": (3, 2)}
    again = api.call("POST", f"{URL}/digests", marketing, DIGEST, key="other")
    assert (again.status, again.json["segment_id"]) == (201, planned.json["segment_id"])
    assert proposed(api, marketing) == {}


def test_old_questions_and_few_are_not_proposed(context: Context, manager: Caller) -> None:
    def asked(at: Context, text: str) -> None:
        service.note(at, service.QuestionForm(text=text, tags=["delivery"]), by="mbr_manager")

    asked(replace(context, now=context.now.replace(day=5)), "Long ago?")
    asked(context, "When?")
    asked(context, "How?")
    assert service.proposals(context).items == []
    asked(context, "Where?")
    assert [each.questions for each in service.proposals(context).items] == [3]


def test_without_a_member_who_asked_there_is_nobody_to_write_to(api: Api, manager: Caller, marketing: Caller) -> None:
    for text in ("When?", "How?", "Where?"):
        ask(api, manager, text)
    refused = api.call("POST", f"{URL}/digests", marketing, DIGEST, key="k")
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "nobody")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"slot": "2026-12-02T12:30"}, "/slot"), ({"topic": "gossip"}, "/topic"), ({"tag": "prices"}, "/tag")],
)
def test_a_letter_that_cannot_be_is_refused_and_leaves_nothing(
    api: Api, context: Context, manager: Caller, marketing: Caller, changes: dict[str, Any], pointer: str
) -> None:
    three(api, manager)
    before = everything(context)
    refused = api.call("POST", f"{URL}/digests", marketing, {**DIGEST, **changes}, key="k")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer)
    assert everything(context) == before


def test_whatever_ends_the_planning_one_letter_answers_the_questions(
    api: Api, context: Context, manager: Caller
) -> None:
    three(api, manager)
    before, form = everything(context), DigestForm.model_validate(DIGEST)

    def plan() -> None:
        service.draft(context, context, form, by="mbr_marketing")

    for crash in crashes():
        restore(context, before)
        with crash:
            plan()
        if service.proposals(context).items:
            plan()
        assert letters(context) == 1, crash
    for race in races(plan):
        restore(context, before)
        with race, suppress(Problem):
            plan()
        assert letters(context) == 1, race


def letters(context: Context) -> int:
    return Counter(key.pk.split("#")[0] for key in everything(context) if key.sk == "ISSUE")["ISSUE"]


def test_a_member_sees_the_questions_that_are_noted_of_them(api: Api, manager: Caller) -> None:
    three(api, manager)
    [section] = api.call("GET", "/v1/me/data?section=questions", Caller.person("mbr_1")).json["sections"]
    assert [each["text"] for each in section["rows"]] == ["When?"]
