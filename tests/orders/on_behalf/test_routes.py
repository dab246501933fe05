"""The club's staff order for a company."""

import pytest

from chalicelib.platform.access import keys as access_keys
from chalicelib.platform.access.rights import STAFF_OWNER
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction
from tests.orders.holds.test_credit import agree
from tests.orders.steps import Market
from tests.support.api import Answer, Caller
from tests.support.partners import company, reach, staff

LINES = {"lines": [{"sku": "LMP-1", "quantity": 10}]}


@pytest.fixture
def manager(context: Context) -> Caller:
    return staff(context, "mbr_manager", "manager")


def about(order_id: str = "", company_id: str = "cmp_1", what: str = "orders") -> str:
    return f"/v1/staff/companies/{company_id}/{what}" + (f"/{order_id}" if order_id else "")


def place(market: Market, manager: Caller, **more: object) -> Answer:
    return market.post(about(), manager, {**LINES, **more})


def test_a_managers_order_is_the_companys_and_marked_as_the_clubs(market: Market, manager: Caller):
    answer = place(market, manager, comment="By telephone")
    assert answer.status == 201, answer.text
    order_id = answer.json["order_id"]
    assert answer.headers["location"] == about(order_id)
    seen = market.order(order_id)
    [placed] = answer.json["history"]
    assert seen == {**answer.json, "history": [{**placed, "by_name": "Anna mbr_manager"}]}
    assert seen["placed_by"] == {"side": "staff", "member_id": "mbr_manager"}
    assert [(each["step"], each["by"]) for each in seen["history"]] == [("placed", "staff")]
    for caller, url in (
        (market.buyer, "/v1/orders"),
        (market.operator, "/v1/distributor/orders"),
        (manager, about()),
    ):
        [listed] = market.api.call("GET", url, caller).json["items"]
        assert (listed["order_id"], listed["placed_by"]["side"]) == (order_id, "staff")
    assert market.api.call("GET", about(order_id), manager).json == seen


def test_the_company_goes_on_with_it_as_with_its_own(market: Market, manager: Caller):
    order_id = place(market, manager).json["order_id"]
    market.accept(order_id, {"LMP-1": 12})
    assert market.confirm(order_id).json["state"] == "accepted"
    assert market.ship(order_id).json["state"] == "completed"


def test_a_manager_sees_and_orders_at_the_companys_own_prices(market: Market, manager: Caller):
    reach(market.context, "cmp_1", "150000")
    own = market.post("/v1/quotes", market.buyer, LINES).json
    quoted = market.post(about(what="quotes"), manager, LINES)
    assert (quoted.status, quoted.json) == (200, own)
    assert place(market, manager).json["lines"][0]["unit_price"] == own["lines"][0]["unit_price"]
    stale = {"lines": [{"sku": "LMP-1", "quantity": 10, "unit_price": "120.00"}]}
    refused = market.post(about(), manager, stale)
    assert (refused.status, refused.json["code"]) == (409, "price_changed")


def test_the_companys_limits_hold_for_its_manager_too(market: Market, manager: Caller):
    agree(market, credit_limit="1000.00")
    refused = place(market, manager)
    assert (refused.status, refused.json["code"]) == (409, "credit_exceeded")


def test_whether_a_person_may_order_by_themselves_does_not_matter_to_their_manager(market: Market, manager: Caller):
    """A company whose people have told nothing of themselves, or of whom there are none."""
    company(market.context, "cmp_silent", region="RU-MOW")
    answer = market.post(about(company_id="cmp_silent"), manager, LINES)
    assert (answer.status, answer.json["company"]["company_id"]) == (201, "cmp_silent")


def test_a_manager_cancels_until_the_distributor_accepts(market: Market, manager: Caller):
    order_id, own = place(market, manager).json["order_id"], market.placed()
    for each in (order_id, own):
        cancelled = market.post(f"{about(each)}/cancel", manager, {"note": "They called"})
        assert (cancelled.status, cancelled.json["state"]) == (200, "cancelled")
        assert cancelled.json["history"][-1]["by"] == "staff"
    accepted = market.placed()
    market.accept(accepted)
    refused = market.post(f"{about(accepted)}/cancel", manager, {})
    assert (refused.status, refused.json["code"]) == (409, "wrong_state")


def test_who_is_no_longer_of_the_staff_orders_nothing(market: Market, manager: Caller):
    order_id = place(market, manager).json["order_id"]
    tx = Transaction()
    tx.delete(access_keys.membership("mbr_manager"))
    market.context.table.commit(tx)
    before = market.everything()
    for answer in (place(market, manager), market.post(f"{about(order_id)}/cancel", manager, {})):
        assert (answer.status, answer.json["code"]) == (403, "session_stale")
    assert market.everything() == before


@pytest.mark.parametrize("role", ["marketing", "operations"])
def test_others_of_the_staff_do_not_order(market: Market, role: str):
    caller = Caller.person("mbr_other", "staff", role, STAFF_OWNER)
    assert place(market, caller).json["code"] == "scope_missing"


def test_an_order_of_another_company_is_not_found_under_this_one(market: Market, manager: Caller):
    company(market.context, "cmp_2", region="RU-MOW")
    order_id = market.placed()
    before = market.everything()
    assert market.api.call("GET", about(order_id, "cmp_2"), manager).status == 404
    assert market.post(f"{about(order_id, 'cmp_2')}/cancel", manager, {}).status == 404
    for answer in (
        market.post(about(company_id="cmp_none"), manager, LINES),
        market.post(about(company_id="cmp_none", what="quotes"), manager, LINES),
        market.api.call("GET", about(company_id="cmp_none"), manager),
    ):
        assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert market.everything() == before


def test_the_same_request_twice_is_one_order(market: Market, manager: Caller):
    first, second = (market.post(about(), manager, LINES, key="by-telephone") for _ in range(2))
    assert (second.status, second.json, second.headers["idempotency-replayed"]) == (201, first.json, "true")
    assert second.headers["location"] == first.headers["location"]
    assert len(market.events()) == 1


def test_what_happens_to_it_says_who_placed_it(market: Market, manager: Caller):
    order_id = place(market, manager).json["order_id"]
    market.reject(order_id)
    assert [(event["event"], event["placed_by"], event["by"]) for event in market.events()] == [
        ("order.placed", "staff", "staff"),
        ("order.rejected", "staff", "distributor"),
    ]
