"""Contracts above the club's bounds: nothing of them holds until a second person approves it."""

from contextlib import suppress
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.pricing.approvals import service
from tests.catalog.steps import row, stock
from tests.pricing.steps import Office
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes
from tests.support.table import everything, restore

APPROVALS = "/v1/staff/approvals"
LARGE: dict[str, Any] = {"discounts": [{"percent": "50"}]}


@pytest.fixture
def office(api: Api, context: Context) -> Office:
    stock(context, row("LMP-1", "100.00"))
    partners.partner(context, "cmp_1")
    return Office(api, context)


@pytest.fixture
def head(office: Office) -> Caller:
    return partners.staff(office.context, "mbr_head", "head_of_sales")


def decide(office: Office, approval_id: str, by: Caller, step: str = "approve", key: str = "decided") -> Answer:
    return office.api.call("POST", f"{APPROVALS}/{approval_id}/{step}", by, {}, key=key)


def terms(office: Office, head: Caller) -> tuple[Any, str]:
    answer = office.api.call("GET", "/v1/staff/companies/cmp_1/terms", head)
    return answer.json["contracts"], answer.headers["etag"]


@pytest.mark.parametrize(
    "large",
    [
        LARGE,
        {"prices": [{"sku": "LMP-1", "price": "1.00"}]},
        {"credit_limit": "500000.01"},
        {"credit_limit": "1000.00", "deferral_days": 61},
        {"deferral_days": 30},  # a debt without end
    ],
)
def test_terms_above_the_bounds_wait_for_somebody_else(office: Office, head: Caller, large: dict[str, Any]):
    asked = office.agree(large)
    assert (asked.status, asked.json["contracts"], asked.headers["etag"]) == (200, [], '"0"')
    approval_id = asked.json["approval_id"]
    assert asked.headers["location"] == f"{APPROVALS}/{approval_id}"
    assert office.agree(large).json["approval_id"] == approval_id, "told again, it is the same request"
    (waiting,) = office.api.call("GET", APPROVALS, head).json["items"]
    assert (waiting["kind"], waiting["author"], waiting["offer"]) == ("terms", "mbr_manager", None)
    assert waiting["terms"]["contracts"][0]["number"] == "K-7"
    assert decide(office, approval_id, head).json["state"] == "approved"
    assert terms(office, head) == (waiting["terms"]["contracts"], '"1"')
    kept = office.agree(large, version=1)
    assert (kept.json["approval_id"], kept.headers["etag"]) == (None, '"2"'), "one person keeps what was agreed"


def test_nobody_approves_the_terms_that_they_asked_for(office: Office, head: Caller):
    url = "/v1/staff/companies/cmp_1/terms"
    body = {"contracts": [{"number": "K-7", "from": office.day(0), **LARGE}]}
    asked = office.api.call("PUT", url, head, body, headers={"if-match": '"0"'})
    assert decide(office, asked.json["approval_id"], head).json["code"] == "four_eyes"
    assert terms(office, head) == ([], '"0"')


def test_terms_that_changed_since_they_were_asked_for_are_asked_for_again(office: Office, head: Caller):
    approval_id = office.agree(LARGE).json["approval_id"]
    assert office.agree({"discounts": [{"percent": "5"}]}).json["approval_id"] is None
    refused = decide(office, approval_id, head)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert decide(office, approval_id, head, "reject", key="no").json["state"] == "rejected"
    assert terms(office, head)[0][0]["discounts"][0]["percent"] == "5"


def test_after_a_crash_at_any_call_the_terms_hold_once(office: Office, head: Caller, context: Context):
    approval_id = office.agree(LARGE).json["approval_id"]
    before = everything(context)
    for crash in crashes():
        restore(context, before)
        with crash:
            service.approve(context, approval_id, "mbr_head", "")
        with suppress(Problem):
            service.approve(context, approval_id, "mbr_head", "")
        assert terms(office, head)[1] == '"1"', crash
