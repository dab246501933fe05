"""Contacts over HTTP: whether a member may be called, and calls that were made."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.support import partners
from tests.support.api import Api, Caller

MEMBER = "/v1/staff/members/mbr_1"
CALL = {"channel": "telephone", "contact_class": "content"}


@pytest.fixture
def manager(context: Context) -> Caller:
    partners.partner(context)
    return partners.staff(context, "mbr_manager", "manager")


def may_call(api: Api, manager: Caller, day: str) -> Any:
    query = f"channel=telephone&contact_class=content&day={day}"
    return api.call("GET", f"{MEMBER}/contact?{query}", manager).json


def test_a_noted_call_spends_the_budget_of_the_telephone(api: Api, manager: Caller) -> None:
    assert may_call(api, manager, "2026-11-20")["allowed"]
    noted = api.call("POST", f"{MEMBER}/contacts", manager, {**CALL, "text": "Asked for a price"})
    assert (noted.status, noted.json["day"], noted.json["by"]) == (200, "2026-11-20", "mbr_manager")
    assert may_call(api, manager, "2026-12-19") == {
        "allowed": False,
        "reason": "contact_budget",
        "next_day": "2026-12-20",
    }
    assert may_call(api, manager, "2026-12-20")["allowed"]


def test_the_same_note_again_is_one_note(api: Api, manager: Caller) -> None:
    first, again = (api.call("POST", f"{MEMBER}/contacts", manager, CALL).json for _ in range(2))
    assert first == again
    assert len(api.call("GET", f"{MEMBER}/contacts", manager).json["items"]) == 1


def test_a_call_that_is_noted_late_moves_no_later_one(api: Api, manager: Caller) -> None:
    for day in ("2026-11-20", "2026-11-02"):
        assert api.call("POST", f"{MEMBER}/contacts", manager, {**CALL, "day": day}).status == 200
    assert may_call(api, manager, "2026-12-19")["next_day"] == "2026-12-20"
    noted = api.call("GET", f"{MEMBER}/contacts", manager).json["items"]
    assert [each["day"] for each in noted] == ["2026-11-20", "2026-11-02"]


def test_a_service_call_is_noted_and_spends_nothing(api: Api, manager: Caller) -> None:
    assert api.call("POST", f"{MEMBER}/contacts", manager, {**CALL, "contact_class": "service"}).status == 200
    assert may_call(api, manager, "2026-11-20")["allowed"]


@pytest.mark.parametrize("day", ["2026-11-21", "2025-11-18"])
def test_a_day_to_come_or_long_past_is_refused(api: Api, manager: Caller, day: str) -> None:
    refused = api.call("POST", f"{MEMBER}/contacts", manager, {**CALL, "day": day})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/day")


def test_the_day_is_the_members_own(api: Api, context: Context, manager: Caller) -> None:
    """At noon in Moscow it is late in the evening of the same day in Auckland, and still yesterday in Honolulu."""
    for zone, today in (("Pacific/Auckland", "2026-11-20"), ("Pacific/Honolulu", "2026-11-19")):
        partners.member(context, "mbr_1", time_zone=zone)
        assert api.call("POST", f"{MEMBER}/contacts", manager, {**CALL, "text": zone}).json["day"] == today


def test_an_unknown_member_is_not_found(api: Api, manager: Caller) -> None:
    path = "/v1/staff/members/mbr_nobody"
    assert api.call("GET", f"{path}/contact?channel=sms&contact_class=service", manager).status == 404
    assert api.call("POST", f"{path}/contacts", manager, CALL).status == 404
    assert api.call("GET", f"{path}/contacts", manager).status == 404
