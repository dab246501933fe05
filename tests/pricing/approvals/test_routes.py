"""Tiers and offers above the club's bounds: nothing is given until a second person approves it, and then once."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.approvals import service
from tests.pricing.steps import MANAGER
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, races
from tests.support.table import everything, restore

APPROVALS, COMPANY = "/v1/staff/approvals", "/v1/staff/companies/cmp_1"
TIER = {"tier": "platinum", "until": "2026-12-20", "reason": "A large project"}
OFFER = {"goods": {}, "percent": "50", "floor": "1.00", "to": "2026-12-20"}
ASKED = {"manual_tier": ("manual-tiers", TIER, "grant_id"), "offer": ("offers", OFFER, "offer_id")}


@pytest.fixture
def head(context: Context) -> Caller:
    partners.partner(context, "cmp_1")
    partners.staff(context, "mbr_manager", "manager")
    return partners.staff(context, "mbr_head", "head_of_sales")


def ask(api: Api, kind: str, by: Caller = MANAGER, key: str = "asked") -> str:
    """The id of a request that waits."""
    path, body, name = ASKED[kind]
    answer = api.call("POST", f"{COMPANY}/{path}", by, body, key=key)
    assert (answer.status, answer.json["state"]) == (201, "waiting"), answer.text
    assert answer.headers["location"] == f"{APPROVALS}/{answer.json[name]}"
    return str(answer.json[name])


def decide(api: Api, approval_id: str, by: Caller, step: str = "approve", key: str = "decided") -> Answer:
    return api.call("POST", f"{APPROVALS}/{approval_id}/{step}", by, {"note": "Agreed by telephone"}, key=key)


def given(api: Api, kind: str) -> list[Any]:
    path, _, name = ASKED[kind]
    return [each[name] for each in api.call("GET", f"{COMPANY}/{path}", MANAGER).json["items"]]


@pytest.mark.parametrize("kind", ASKED)
def test_it_waits_in_a_list_until_somebody_else_approves_it(api: Api, head: Caller, kind: str) -> None:
    approval_id = ask(api, kind)
    assert given(api, kind) == []
    (waiting,) = api.call("GET", APPROVALS, head).json["items"]
    assert (waiting["approval_id"], waiting["author"], waiting["kind"]) == (approval_id, "mbr_manager", kind)
    shown = waiting[kind]
    assert (
        shown.get("tier", shown.get("percent")) in ("platinum", "50")
        and [waiting["manual_tier"], waiting["offer"]].count(None) == 1
    )
    decided = decide(api, approval_id, head)
    assert (decided.status, decided.json["state"], decided.json["decided_by"]) == (200, "approved", "mbr_head")
    assert given(api, kind) == [approval_id]
    assert api.call("GET", APPROVALS, head).json["items"] == []
    path = f"{COMPANY}/{ASKED[kind][0]}/{approval_id}"
    made = api.call("GET", path, MANAGER).json
    assert made["approved_by"] == "mbr_head" and made.get("author", made.get("issued_by")) == "mbr_manager"
    assert decide(api, approval_id, head).json == decided.json
    assert decide(api, approval_id, head, key="late").json["code"] == "wrong_state"


@pytest.mark.parametrize("kind", ASKED)
def test_nobody_approves_what_they_asked_for(api: Api, head: Caller, kind: str) -> None:
    approval_id = ask(api, kind, by=head)
    refused = decide(api, approval_id, head)
    assert (refused.status, refused.json["code"]) == (403, "four_eyes")
    assert decide(api, approval_id, MANAGER).status == 403, "a manager approves nothing"
    assert given(api, kind) == []


@pytest.mark.parametrize("kind", ASKED)
def test_what_is_rejected_is_never_given(api: Api, head: Caller, kind: str) -> None:
    approval_id = ask(api, kind)
    assert decide(api, approval_id, head, "reject").json["state"] == "rejected"
    late = decide(api, approval_id, head, key="other")
    assert (late.status, late.json["code"]) == (409, "wrong_state")
    assert given(api, kind) == []
    assert api.call("GET", f"{APPROVALS}/{approval_id}", MANAGER).json["note"] == "Agreed by telephone"


@pytest.mark.parametrize("kind", ASKED)
def test_what_is_over_by_now_is_not_given(
    api: Api, head: Caller, kind: str, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval_id = ask(api, kind)
    later = replace(context, now=context.now + timedelta(days=40))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    assert decide(api, approval_id, head).json["code"] == "wrong_state"


def test_a_tier_approved_late_begins_with_the_approval(
    api: Api, head: Caller, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval_id = ask(api, "manual_tier")
    later = replace(context, now=context.now + timedelta(days=3))
    monkeypatch.setattr(respond, "context_now", lambda: later)
    assert decide(api, approval_id, head).status == 200
    assert api.call("GET", f"{COMPANY}/manual-tiers/{approval_id}", head).json["from"] == str(later.today)


@pytest.mark.parametrize("kind", ASKED)
def test_of_two_decisions_at_once_one_holds(api: Api, head: Caller, kind: str, context: Context) -> None:
    approval_id = ask(api, kind)
    before = everything(context)

    def other() -> None:
        with suppress(Problem):
            service.reject(context, approval_id, "mbr_admin", "")

    for race in races(other):
        restore(context, before)
        with race, suppress(Problem):
            service.approve(context, approval_id, "mbr_head", "")
        state = api.call("GET", f"{APPROVALS}/{approval_id}", head).json["state"]
        assert given(api, kind) == ([approval_id] if state == "approved" else []), race


@pytest.mark.parametrize("kind", ASKED)
def test_after_a_crash_at_any_call_it_is_given_once(api: Api, head: Caller, kind: str, context: Context) -> None:
    approval_id = ask(api, kind)
    before = everything(context)
    for crash in crashes():
        restore(context, before)
        with crash:
            service.approve(context, approval_id, "mbr_head", "")
        with suppress(Problem):
            service.approve(context, approval_id, "mbr_head", "")
        assert given(api, kind) == [approval_id], crash


def test_what_is_not_there_is_not_found(api: Api, head: Caller) -> None:
    for method, path in (("GET", "apr_1"), ("POST", "apr_1/approve"), ("POST", "apr_1/reject")):
        body, key = ({"note": ""}, "key") if method == "POST" else (None, None)
        assert api.call(method, f"{APPROVALS}/{path}", head, body, key=key).status == 404
