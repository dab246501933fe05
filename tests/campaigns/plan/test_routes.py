"""The content plan over HTTP: issues from idea to approved, moved and cancelled."""

from typing import Any

import pytest

from chalicelib.campaigns.plan import service, store
from chalicelib.campaigns.plan.model import Issue
from chalicelib.platform.context import Context
from chalicelib.pricing.promotions.store import promotion as promotion_of
from chalicelib.pricing.promotions.store import put_promotion
from chalicelib.table.transactions import Transaction
from tests.campaigns.plan.test_calendar import read
from tests.campaigns.segments.steps import AGREED
from tests.catalog.steps import row, stock
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.table import everything

NO_TEXTS = {"en": None, "ru": None, "no_discount": False}
PLAN = "/v1/staff/campaigns"
TEXTS = {
    language: {"subject": "New lamps", "preview": "", "body": "# New lamps\n\nSee them."} for language in ("en", "ru")
}


@pytest.fixture
def segment(api: Api, marketing: Caller) -> str:
    form = {"name": "All", "conditions": {}}
    return str(api.call("POST", "/v1/staff/segments", marketing, form, key="segment").json["segment_id"])


def form(segment: str = "", slot: str = "2026-12-01T12:30", **changes: Any) -> dict[str, Any]:
    known = {"title": "Lamps", "topic": "products", "issue_class": "advertising", "slot": slot}
    whole = {"segment_id": segment, "texts": TEXTS} if segment else {}
    return {**known, **whole, **changes}


def plan(api: Api, caller: Caller, body: dict[str, Any], key: str = "k") -> Answer:
    return api.call("POST", PLAN, caller, body, key=key)


def test_an_issue_goes_from_idea_to_approved(api: Api, marketing: Caller, head: Caller, segment: str) -> None:
    idea = plan(api, marketing, form())
    assert (idea.status, idea.json["state"], idea.json["texts"]) == (201, "idea", NO_TEXTS)
    url = idea.headers["location"]
    assert api.approve(url, head).json["code"] == "wrong_state"
    whole = api.call("PUT", url, marketing, form(segment), headers={"if-match": idea.headers["etag"]})
    assert (whole.json["state"], whole.json["author"]) == ("draft", "mbr_marketing")
    approved = api.approve(url, head)
    assert (approved.json["state"], approved.json["approved_by"]) == ("approved", "mbr_head_of_marketing")
    again = api.approve(url, head)
    assert again.json == approved.json
    shown = api.call("GET", url, marketing)
    assert shown.json["texts"]["ru"]["subject"] == "New lamps"
    changed = api.call("PUT", url, head, form(segment, title="B"), headers={"if-match": shown.headers["etag"]})
    assert (changed.json["state"], changed.json["approved_by"]) == ("draft", None)


def test_the_author_does_not_approve(api: Api, marketing: Caller, segment: str) -> None:
    url = plan(api, marketing, form(segment)).headers["location"]
    refused = api.approve(url, marketing)
    assert (refused.status, refused.json["code"]) == (403, "four_eyes")


def test_nobody_who_wrote_any_of_it_approves_until_it_was_approved(
    api: Api, context: Context, marketing: Caller, head: Caller, segment: str
) -> None:
    made = plan(api, marketing, form(segment))
    url = made.headers["location"]
    changed = api.call("PUT", url, head, form(segment), headers={"if-match": made.headers["etag"]})
    for writer in (marketing, head):
        assert api.approve(url, writer).json["code"] == "four_eyes"
    service.approve(context, made.json["issue_id"], 2, by="mbr_third")
    version = api.call("GET", url, marketing).headers["etag"]
    assert version != changed.headers["etag"]
    anew = api.call("PUT", url, head, form(segment, title="B"), headers={"if-match": version})
    assert anew.json["state"] == "draft"
    assert api.approve(url, marketing).json["state"] == "approved"


def test_an_approval_is_of_the_version_that_was_read(
    api: Api, marketing: Caller, head: Caller, segment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = plan(api, marketing, form(segment))
    url, seen = made.headers["location"], {"if-match": made.headers["etag"]}

    def rewrite(title: str) -> None:
        version = api.call("GET", url, marketing).headers["etag"]
        api.call("PUT", url, marketing, form(segment, title=title), headers={"if-match": version})

    assert api.call("POST", f"{url}/approve", head).status == 428
    rewrite("B")
    refused = api.call("POST", f"{url}/approve", head, headers=seen)
    assert (refused.status, refused.json["code"]) == (412, "precondition_failed")
    # Words that change between the read and the write are not approved by trying again.
    once = [rewrite]
    real = store.write

    def overtaken(tx: Transaction, issue: Issue, before: Issue | None) -> None:
        if issue.approved_by and once:
            once.pop()("C")
        real(tx, issue, before)

    monkeypatch.setattr(store, "write", overtaken)
    assert api.approve(url, head).status == 412
    assert api.approve(url, head).json["state"] == "approved"


def test_an_issue_whose_segment_is_gone_is_not_approved(
    api: Api, marketing: Caller, head: Caller, segment: str
) -> None:
    url = plan(api, marketing, form(segment)).headers["location"]
    api.call("DELETE", f"/v1/staff/segments/{segment}", marketing, headers={"if-match": '"1"'})
    refused = api.approve(url, head)
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/segment_id")


@pytest.mark.parametrize("changer", ["author", "approver"])
def test_an_approval_is_of_the_segment_that_the_author_chose(
    api: Api, marketing: Caller, head: Caller, segment: str, changer: str
) -> None:
    made = plan(api, marketing, form(segment))
    url, seen = made.headers["location"], {"if-match": made.headers["etag"]}

    def change(name: str, conditions: dict[str, Any], version: int) -> None:
        by = marketing if changer == "author" else head
        path, changed = f"/v1/staff/segments/{segment}", {"name": name, "conditions": conditions}
        assert api.call("PUT", path, by, changed, headers={"if-match": f'"{version}"'}).status == 200

    change("Everybody", {}, 1)
    change("English", {"languages": ["en"]}, 2)
    refused = api.call("POST", f"{url}/approve", head, headers=seen)
    assert (refused.status, refused.json["code"]) == (409, "wrong_state")
    assert (refused.json["errors"][0]["pointer"], refused.json["errors"][0]["code"]) == ("/segment_id", "changed")
    saved = api.call("PUT", url, marketing, form(segment), headers=seen)
    change("In English", {"languages": ["en"]}, 3)
    approved = api.call("POST", f"{url}/approve", head, headers={"if-match": saved.headers["etag"]})
    assert approved.json["state"] == "approved", "another name changes no people"


def test_people_of_some_regions_get_letters_on_events_only(api: Api, marketing: Caller) -> None:
    conditions = {"regions": ["RU-MOW"], "regional_event": True}
    made = api.call("POST", "/v1/staff/segments", marketing, {"name": "Moscow", "conditions": conditions}, key="s")
    regional = made.json["segment_id"]
    refused = plan(api, marketing, form(regional, topic="promotions"))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/segment_id")
    assert refused.json["errors"][0]["code"] == "only_regional_events"
    assert plan(api, marketing, form(regional, topic="events"), key="k2").status == 201


def test_a_segment_that_names_regions_after_the_planning_is_not_approved_for_other_topics(
    api: Api, marketing: Caller, head: Caller, segment: str
) -> None:
    url = plan(api, marketing, form(segment)).headers["location"]
    regional = {"name": "All", "conditions": {"regions": ["RU-MOW"], "regional_event": True}}
    api.call("PUT", f"/v1/staff/segments/{segment}", marketing, regional, headers={"if-match": '"1"'})
    refused = api.approve(url, head)
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "only_regional_events")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"slot": "2026-12-02T12:30"}, "/slot"),
        ({"slot": "2026-12-01T12:45"}, "/slot"),
        ({"slot": "2026-13-01T12:30"}, "/slot"),
        ({"slot": "2026-11-19T12:30"}, "/slot"),
        ({"slot": "2027-12-28T12:30"}, "/slot"),
        ({"topic": "gossip"}, "/topic"),
        ({"issue_class": "gossip"}, "/issue_class"),
        ({"segment_id": "seg_none"}, "/segment_id"),
        ({"promotion_id": "prm_none"}, "/promotion_id"),
        ({"owner": "mbr_none"}, "/owner"),
        ({"texts": {"de": TEXTS["en"]}}, "/texts/de"),
        ({"texts": {"en": {"subject": "A", "body": "x" * 40_001}}}, "/texts/en/body"),
        ({"texts": {"ru": {"subject": "A", "body": "{{ nome }}"}}}, "/texts/ru/body"),
        ({"texts": {"ru": {"subject": "{% for a in b %}{% endfor %}", "body": "A"}}}, "/texts/ru/subject"),
        ({"texts": {"en": {"subject": "Lamps: 20% off", "body": "A"}}}, "/promotion_id"),
        ({"holdout_percent": 51}, "/holdout_percent"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_an_issue_that_cannot_be_is_refused_and_named(
    api: Api, context: Context, marketing: Caller, changes: dict[str, Any], pointer: str
) -> None:
    before = everything(context)
    refused = plan(api, marketing, form(**changes))
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"].startswith(pointer)
    assert everything(context) == before


@pytest.mark.parametrize(("words", "status"), [("Now reduced by 10 %", 201), ("Now 10 % off", 422)])
def test_an_author_states_that_a_figure_is_no_discount_and_the_approver_sees_it(
    api: Api, marketing: Caller, head: Caller, segment: str, words: str, status: int
) -> None:
    texts = {**TEXTS, "en": {"subject": "Weight", "body": words}}
    refused = plan(api, marketing, form(segment, texts=texts))
    assert (refused.status, refused.json["errors"][0]["code"]) == (422, "discount_without_promotion")
    assert "10 %" in refused.json["errors"][0]["detail"]
    stated = plan(api, marketing, form(segment, texts={**texts, "no_discount": True}), "stated")
    assert stated.status == status
    if status == 201:
        url = stated.headers["location"]
        assert api.call("GET", url, head).json["texts"]["no_discount"] is True
        assert api.approve(url, head).json["state"] == "approved"


@pytest.mark.parametrize(
    ("slot", "coming"),
    [
        ("2026-12-02T12:30", "2026-12-03T12:30"),
        ("2026-12-01T13:00", "2026-12-01T12:30"),
        ("2026-11-17T12:30", "2026-11-24T12:30"),
    ],
)
def test_a_refused_slot_is_answered_with_the_next_one(api: Api, marketing: Caller, slot: str, coming: str) -> None:
    refused = api.call("POST", PLAN, marketing, form(slot=slot), key="k", headers={"accept-language": "ru"})
    assert refused.json["errors"][0]["detail"].endswith(f": {coming}.")


@pytest.mark.parametrize(
    ("statuses", "status"),
    [([], 422), (["normal"], 422), (["overstock", "normal"], 422), (["overstock"], 201), (["modernised"], 201)],
)
def test_a_letter_names_a_discount_only_of_overstock_and_modernised_models(
    api: Api, marketing: Caller, statuses: list[str], status: int
) -> None:
    promotion = {
        "name": "Clearance",
        "name_ru": "Распродажа",
        "goods": {"statuses": statuses},
        "brackets": [{"from_quantity": 1, "percent": "10"}],
        "from": "2026-12-01",
        "to": "2027-03-31",
    }
    drafted = api.call("POST", "/v1/staff/promotions", marketing, promotion).json
    answer = plan(api, marketing, form(promotion_id=drafted["promotion_id"]))
    assert answer.status == status, answer.text


def test_an_issue_is_approved_while_its_promotion_holds_on_the_day_of_its_slot(
    api: Api, context: Context, marketing: Caller, head: Caller, segment: str
) -> None:
    promotion = {
        "name": "Clearance",
        "name_ru": "Распродажа",
        "goods": {"statuses": ["overstock"]},
        "brackets": [{"from_quantity": 1, "percent": "10"}],
        "from": "2026-12-01",
        "to": "2027-03-31",
    }
    drafted = api.call("POST", "/v1/staff/promotions", marketing, promotion).json
    url = plan(api, marketing, form(segment, promotion_id=drafted["promotion_id"])).headers["location"]

    def refusal(answer: Answer) -> tuple[int, str, str]:
        fault = answer.json.get("errors", [{"pointer": "", "code": ""}])[0]
        return answer.status, fault["pointer"], fault["code"]

    assert refusal(api.approve(url, head)) == (422, "/promotion_id", "not_in_force"), "it is a draft still"
    tx = Transaction()
    stored = promotion_of(context.table, drafted["promotion_id"])
    assert stored
    put_promotion(
        tx, stored._replace(state="approved", approved_at=context.at, version=2), author="mbr_head", at=context.at
    )
    context.table.commit(tx)
    assert api.approve(url, head).json["state"] == "approved"
    moved = api.call("POST", f"{url}/move", head, {"slot": "2027-04-01T12:30"})
    assert refusal(moved) == (422, "/promotion_id", "not_in_force")
    assert api.call("POST", f"{url}/move", head, {"slot": "2027-03-30T12:30"}).status == 200


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"texts": {"en": {"subject": "10 % off", "body": "See them."}}}, "/issue_class"),
        ({"texts": {"en": {"subject": "Lamps", "body": "![](product:LMP-1)"}}}, "/issue_class"),
        ({"holdout_percent": 5}, "/holdout_percent"),
    ],
)
def test_a_service_issue_advertises_nothing_and_is_held_back_from_nobody(
    api: Api, context: Context, marketing: Caller, changes: dict[str, Any], pointer: str
) -> None:
    stock(context, row("LMP-1", "120.00"))
    refused = plan(api, marketing, form(**{"issue_class": "service", **changes}))
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, pointer), refused.text


def test_a_service_issue_clashes_with_none(api: Api, marketing: Caller, segment: str) -> None:
    plan(api, marketing, form(segment), key="1")
    planned = plan(api, marketing, form(segment, "2026-12-01T16:30", issue_class="service"), key="2")
    assert (planned.status, planned.json["clashes"]) == (201, [])


# --- the texts --------------------------------------------------------------------------------------------------------


def test_a_letter_is_shown_as_a_member_would_get_it(api: Api, context: Context, marketing: Caller) -> None:
    partners.partner(context)
    partners.reach(context, "cmp_1", "500000")
    text = (
        "# {{ company }}\n\n{{ name }}: {{ tier }}, {{ discount_percent | percent }}.{% if not tier %} None.{% endif %}"
    )
    texts = {"en": {"subject": "For {{ name }}", "body": text}}
    url = plan(api, marketing, form(texts=texts)).headers["location"]
    shown = api.call("POST", f"{url}/preview", marketing, {"member_id": "mbr_1"}).json
    assert shown["subject"] == "For Anna mbr_1"
    assert "Anna mbr_1: Gold, 7" in shown["text"]
    assert "Luch cmp_1</h1>" in shown["html"]
    alone = api.call("POST", f"{url}/preview", marketing, {"member_id": "mbr_marketing"}).json
    assert "None." in alone["text"]


def test_there_is_nothing_to_show_without_a_text_or_a_member(api: Api, marketing: Caller) -> None:
    url = plan(api, marketing, form()).headers["location"]
    preview = {"member_id": "mbr_marketing", "language": "ru"}
    assert api.call("POST", f"{url}/preview", marketing, preview).json["code"] == "wrong_state"
    assert api.call("POST", f"{url}/preview", marketing, {"member_id": "mbr_nobody"}).status == 404


# --- the budget -------------------------------------------------------------------------------------------------------


def test_an_issue_that_is_too_near_says_who_is_skipped_and_where_to_move(api: Api, marketing: Caller) -> None:
    first = plan(api, marketing, form(slot="2026-12-01T12:30"), "a").json
    refused = plan(api, marketing, form(slot="2026-12-08T12:30"), "b")
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert refused.json["errors"][0]["pointer"] == "/slot"
    (clash,) = refused.json["clashes"]
    assert clash["first_issue_id"] == first["issue_id"]
    assert (clash["days"], clash["least_days"], clash["move_to"]) == (7, 14, "2026-12-15T12:30")
    accepted = plan(api, marketing, form(slot="2026-12-08T12:30", accept_skips=True), "c")
    assert accepted.status == 201
    assert accepted.json["clashes"][0]["skipped_issue_id"] == accepted.json["issue_id"]


def test_the_people_of_both_segments_are_counted_before_anything_is_changed(
    api: Api, context: Context, marketing: Caller, segment: str
) -> None:
    for number, language in enumerate(("en", "en", "ru"), 1):
        partners.member(context, f"mbr_{number}", language=language, consents=AGREED)
    partners.member(context, "mbr_4", language="en")
    named = {"name": "English", "conditions": {"languages": ["en"]}}
    english = api.call("POST", "/v1/staff/segments", marketing, named, key="english").json["segment_id"]
    plan(api, marketing, form(segment, title="To all"), "a")
    refused = plan(api, marketing, form(english, slot="2026-12-08T12:30", title="In English"), "b")
    (clash,) = refused.json["clashes"]
    assert (clash["first_title"], clash["skipped_title"]) == ("To all", "In English")
    skipped = clash["skipped"]
    assert (skipped["people"], skipped["is_whole"]) == (2, True)
    assert sorted(each["member_id"] for each in skipped["sample"]) == ["mbr_1", "mbr_2"]
    idea = plan(api, marketing, form(slot="2026-12-08T12:30"), "c")
    assert idea.json["clashes"][0]["skipped"] is None


def test_moving_an_issue_asks_for_the_skips_to_be_accepted_and_keeps_its_approval(
    api: Api, marketing: Caller, head: Caller, segment: str
) -> None:
    plan(api, marketing, form(slot="2026-12-01T12:30"), "a")
    url = plan(api, marketing, form(segment, slot="2026-12-15T12:30"), "b").headers["location"]
    api.approve(url, head)
    move = {"slot": "2026-12-10T16:30"}
    assert api.call("POST", f"{url}/move", marketing, move).status == 409
    assert api.call("GET", url, marketing).json["slot"] == "2026-12-15T12:30"
    moved = api.call("POST", f"{url}/move", marketing, {**move, "accept_skips": True})
    assert (moved.json["slot"], moved.json["state"]) == ("2026-12-10T16:30", "approved")


def test_cancelling_an_issue_ends_its_clashes_and_names_who_did_it(api: Api, marketing: Caller, head: Caller) -> None:
    first = plan(api, marketing, form(slot="2026-12-01T12:30"), "a").headers["location"]
    second = plan(api, marketing, form(slot="2026-12-08T12:30", accept_skips=True), "b").headers["location"]
    assert api.call("GET", second, marketing).json["clashes"]
    for _ in range(2):
        cancelled = api.call("POST", f"{first}/cancel", head).json
        assert (cancelled["state"], cancelled["author"]) == ("cancelled", "mbr_marketing")
        assert cancelled["changed_by"] == "mbr_head_of_marketing"
        assert [each["skipped_issue_id"] for each in cancelled["clashes"]] == [second.rpartition("/")[2]]
    assert api.call("GET", first, marketing).json["clashes"] == []
    assert api.call("GET", second, marketing).json["clashes"] == []
    assert api.call("POST", f"{first}/move", marketing, {"slot": "2026-12-22T12:30"}).json["code"] == "wrong_state"


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_the_plan_is_listed_by_slot_without_texts_and_as_a_calendar(api: Api, marketing: Caller, segment: str) -> None:
    for number, slot in enumerate(["2027-01-12T12:30", "2026-12-01T16:30", "2027-08-03T12:30"]):
        plan(api, marketing, form(segment, slot=slot), f"k{number}")
    listed = api.call("GET", PLAN, marketing).json["items"]
    assert [(each["slot"], each["texts"]) for each in listed] == [
        ("2026-12-01T16:30", NO_TEXTS),
        ("2027-01-12T12:30", NO_TEXTS),
    ]
    later = api.call("GET", f"{PLAN}?from=2027-08-01&to=2027-08-31", marketing).json["items"]
    assert [each["slot"] for each in later] == ["2027-08-03T12:30"]
    calendar = api.call("GET", f"{PLAN}/calendar", marketing)
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert calendar.text.count("BEGIN:VEVENT") == 2


def test_an_event_of_the_calendar_keeps_its_identity_when_it_is_moved_and_when_it_is_cancelled(
    api: Api, marketing: Caller, segment: str
) -> None:
    def event() -> dict[str, str]:
        return dict(read(api.call("GET", f"{PLAN}/calendar", marketing).text))

    url = plan(api, marketing, form(segment, slot="2026-12-01T16:30")).headers["location"]
    first = event()
    api.call("POST", f"{url}/move", marketing, {"slot": "2026-12-10T12:30"})
    moved = event()
    api.call("POST", f"{url}/cancel", marketing)
    cancelled = event()
    assert first["UID"] == moved["UID"] == cancelled["UID"]
    assert int(first["SEQUENCE"]) < int(moved["SEQUENCE"]) < int(cancelled["SEQUENCE"])
    assert (moved["DTSTART"], cancelled["STATUS"]) == ("20261210T123000", "CANCELLED")


def test_two_who_change_an_issue_at_once_do_not_overwrite_each_other(api: Api, marketing: Caller) -> None:
    made = plan(api, marketing, form())
    url, headers = made.headers["location"], {"if-match": made.headers["etag"]}
    assert api.call("PUT", url, marketing, form(title="B"), headers=headers).status == 200
    assert api.call("PUT", url, marketing, form(title="C"), headers=headers).status == 412


def test_an_unknown_issue_is_not_found(api: Api, marketing: Caller) -> None:
    assert api.call("GET", f"{PLAN}/iss_none", marketing).status == 404
    for step in ("approve", "cancel"):
        answer = api.call("POST", f"{PLAN}/iss_none/{step}", marketing, headers={"if-match": '"1"'})
        assert answer.status == 404
