"""The sending of an issue over HTTP: how far it is, its people, and a pause by hand."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.campaigns.sending.steps import Post, approved, post, reader
from tests.support import partners
from tests.support.api import Api, Caller

MARKETING = Caller.person("mbr_marketing", "staff", "marketing", "club")
REASON = {"reason": "The picture is wrong"}


@pytest.fixture
def club(context: Context, monkeypatch: pytest.MonkeyPatch) -> Post:
    made = post(context, monkeypatch)
    monkeypatch.setattr(respond, "context_now", lambda: made.context)
    partners.staff(made.context, "mbr_marketing", "marketing")
    return made


@pytest.fixture
def address(club: Post) -> str:
    reader(club, "mbr_1")
    reader(club, "mbr_omsk", "Asia/Omsk")
    reader(club, "mbr_silent", consents={})
    return f"/v1/staff/campaigns/{approved(club).issue_id}"


def shown(api: Api, path: str, method: str = "GET", body: Any = None) -> Any:
    answer = api.call(method, path, MARKETING, body)
    assert answer.status == 200, answer.text
    return answer.json


def test_the_staff_see_slots_letters_and_people(api: Api, club: Post, address: str) -> None:
    before = shown(api, f"{address}/sending")
    assert (before["state"], before["audience_id"], before["runs"]) == ("approved", None, [])
    assert shown(api, f"{address}/recipients") == {"items": [], "next_cursor": None, "count": None}
    club.at("2026-11-24T08:00")
    found = shown(api, f"{address}/sending")
    assert (found["state"], found["recipients"], found["letters"]) == ("sending", 2, {"sent": 1})
    assert [(run["zone"], run["slot"], run["due_at"], bool(run["done_at"])) for run in found["runs"]] == [
        ("Asia/Omsk", "2026-11-24T12:30", "2026-11-24T06:30:00.000Z", True),
        ("Europe/Moscow", "2026-11-24T12:30", "2026-11-24T09:30:00.000Z", False),
    ]
    people, cursor = [], ""
    while cursor is not None:
        page = shown(api, f"{address}/recipients?limit=1{cursor and f'&cursor={cursor}'}")
        people, cursor = people + page["items"], page["next_cursor"]
    told = {each["member_id"]: (each["left_out"], each["letter"] and each["letter"]["state"]) for each in people}
    assert told == {
        "mbr_1": (None, None),
        "mbr_omsk": (None, "sent"),
        "mbr_silent": ("no_consent", None),
        "mbr_marketing": ("no_consent", None),
    }


def test_an_issue_is_paused_and_resumed_by_hand_with_a_reason_and_its_author(
    api: Api, club: Post, address: str
) -> None:
    early = api.call("POST", f"{address}/pause", MARKETING, REASON)
    assert (early.status, early.json["code"]) == (409, "wrong_state")
    club.at("2026-11-24T08:00")
    assert api.call("POST", f"{address}/pause", MARKETING, {}).status == 422
    for _ in range(2):
        paused = shown(api, f"{address}/pause", "POST", REASON)
        assert (paused["pause"]["reason"], paused["pause"]["by"]) == (REASON["reason"], "mbr_marketing")
    club.at("2026-11-24T10:00")
    assert len(club.ses.accepted) == 1
    resumed = shown(api, f"{address}/resume", "POST", {"reason": "Another picture"})
    assert (resumed["pause"], resumed["resumed"]["reason"]) == (None, "Another picture")
    club.at("2026-11-24T12:00")
    assert len(club.ses.accepted) == 2
    assert shown(api, address)["state"] == "sent"


def test_an_unknown_issue_is_not_found(api: Api, club: Post) -> None:
    for method, path in (("GET", "sending"), ("GET", "recipients"), ("POST", "pause"), ("POST", "resume")):
        body = REASON if method == "POST" else None
        assert api.call(method, f"/v1/staff/campaigns/iss_none/{path}", MARKETING, body).status == 404
