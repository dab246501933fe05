"""A published report plans one letter to its audience, on its topic, for somebody else to approve."""

from typing import Any

import pytest

from chalicelib.market_reports.events import PUBLISHED, WITHDRAWN
from chalicelib.market_reports.publication import consumers, keys
from chalicelib.platform.events import Event, EventType
from tests.market_reports.steps import MARKETING, Marketing
from tests.support import partners
from tests.support.api import Caller

SLOT = "2026-11-24T12:30"  # a Tuesday
ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


def plan(marketing: Marketing) -> list[Any]:
    listed = marketing.api.call("GET", "/v1/staff/campaigns", MARKETING).json["items"]
    return [marketing.api.call("GET", f"/v1/staff/campaigns/{each['issue_id']}", MARKETING).json for each in listed]


def told(marketing: Marketing, report_id: str, event_type: EventType = PUBLISHED, times: int = 1) -> None:
    """The events of this type reach their consumer, from the first one on."""
    consumer = {PUBLISHED: consumers.on_published, WITHDRAWN: consumers.on_withdrawn}[event_type]
    for item in marketing.context.table.query_all(keys.report(report_id).pk, starts="EVENT#"):
        if item["event"] == event_type:
            for _ in range(times):
                consumer(marketing.context, Event(item["event"], "evt_1", item))


def withdrawn(marketing: Marketing, report_id: str) -> None:
    marketing.done("POST", f"/{report_id}/withdraw", {"reason": "Wrong figures."})


def test_the_letter_goes_to_the_audience_on_the_topic_of_the_report(marketing: Marketing) -> None:
    content = {"title": "Panels {{ name }}", "summary": "The market fell by 10 %."}
    report_id = marketing.drafted(topic="products", audience={"audiences": ["installer"]}, **content)
    marketing.publish(report_id, notice_slot=SLOT)
    told(marketing, report_id, times=3)
    [issue] = plan(marketing)
    assert (issue["topic"], issue["issue_class"], issue["slot"], issue["state"]) == (
        "products",
        "content",
        SLOT,
        "draft",
    )
    assert issue["texts"]["ru"]["subject"] == "Новый отчёт о рынке: Уличное освещение"
    assert issue["texts"]["no_discount"] is True
    segment = marketing.api.call("GET", f"/v1/staff/segments/{issue['segment_id']}", MARKETING).json
    assert segment["conditions"]["audiences"] == ["installer"]
    partners.member(marketing.context, "mbr_reader", name="Anna")
    shown = marketing.api.call(
        "POST", f"/v1/staff/campaigns/{issue['issue_id']}/preview", MARKETING, {"member_id": "mbr_reader"}
    ).json
    assert "Panels { { name }}" in shown["subject"]
    assert "https://portal.example" in shown["html"]
    assert marketing.api.approve(f"/v1/staff/campaigns/{issue['issue_id']}", MARKETING).status == 403
    partners.staff(marketing.context, "mbr_admin", "admin")
    approved = marketing.api.approve(f"/v1/staff/campaigns/{issue['issue_id']}", ADMIN)
    assert approved.json["state"] == "approved"


def test_a_slot_that_has_passed_when_the_event_comes_gives_way_to_the_next(marketing: Marketing) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT)
    marketing.later(days=4, hours=2)  # Tuesday, in the slot
    told(marketing, report_id)
    assert [each["slot"] for each in plan(marketing)] == ["2026-11-24T16:30"]


def test_a_letter_that_the_plan_takes_no_more_stays_in_it_as_an_idea(
    marketing: Marketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT)
    monkeypatch.setattr("chalicelib.contacts.topics", lambda context: {"news": None})
    told(marketing, report_id, times=2)
    [issue] = plan(marketing)
    assert (issue["state"], issue["topic"], issue["slot"], issue["segment_id"]) == ("idea", "", SLOT, None)
    partners.staff(marketing.context, "mbr_admin", "admin")
    assert marketing.api.approve(f"/v1/staff/campaigns/{issue['issue_id']}", ADMIN).status == 409


def test_without_a_slot_nobody_is_written_to(marketing: Marketing) -> None:
    report_id = marketing.published()
    told(marketing, report_id)
    assert plan(marketing) == []


def test_each_version_has_its_own_letter_however_often_it_is_asked_for(marketing: Marketing) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT)
    assert marketing.call("POST", f"/{report_id}/publish", {"notice_slot": SLOT}).status == 409
    told(marketing, report_id)
    marketing.corrected(report_id, topic="products", title="Street lighting, corrected")
    marketing.publish(report_id, notice_slot="2026-12-01T12:30")
    told(marketing, report_id, times=2)
    assert [(issue["slot"], issue["title"]) for issue in plan(marketing)] == [
        (SLOT, "New market report: Street lighting"),
        ("2026-12-01T12:30", "New market report: Street lighting, corrected"),
    ]


def test_a_report_that_is_withdrawn_before_its_letter_is_planned_has_none(marketing: Marketing) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT)
    withdrawn(marketing, report_id)
    told(marketing, report_id)
    assert plan(marketing) == []


def test_a_withdrawal_cancels_the_letter_and_not_that_of_the_report_published_again(marketing: Marketing) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT)
    told(marketing, report_id)
    withdrawn(marketing, report_id)
    told(marketing, report_id, WITHDRAWN, times=2)
    told(marketing, report_id)
    assert [issue["state"] for issue in plan(marketing)] == ["cancelled"]
    marketing.corrected(report_id, topic="products")
    marketing.publish(report_id, notice_slot="2026-12-01T12:30")
    told(marketing, report_id)
    told(marketing, report_id, WITHDRAWN)
    assert [issue["state"] for issue in plan(marketing)] == ["cancelled", "draft"]


def test_an_unknown_report_is_not_there_for_a_letter(marketing: Marketing) -> None:
    assert marketing.call("POST", "/rep_unknown/publish", {"notice_slot": SLOT}).status == 404


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        ({}, {"notice_slot": SLOT}, "no_topic"),
        ({"topic": "products"}, {"notice_slot": "2026-11-23T12:30"}, "no_slot"),
        ({"topic": "products"}, {"notice_slot": "2026-11-19T12:30"}, "past"),
        ({"topic": "products"}, {"notice_slot": SLOT, "from": "2026-11-23T22:31:00Z"}, "before_report"),
        ({"topic": "products", "summary": "Discount 10 %."}, {"notice_slot": SLOT}, "discount_without_promotion"),
    ],
)
def test_a_letter_that_cannot_be_is_refused_with_the_publication(
    marketing: Marketing, content: dict[str, Any], form: dict[str, Any], code: str
) -> None:
    report_id = marketing.drafted(**content)
    answer = marketing.call("POST", f"/{report_id}/publish", form)
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [("/notice_slot", code)]
    assert marketing.done("GET", f"/{report_id}")["state"] == "draft"


def test_a_report_that_is_there_when_the_first_letter_leaves_may_have_one(marketing: Marketing) -> None:
    report_id = marketing.drafted(topic="products")
    marketing.publish(report_id, notice_slot=SLOT, **{"from": "2026-11-23T22:30:00Z"})
    told(marketing, report_id)
    assert [issue["slot"] for issue in plan(marketing)] == [SLOT]
