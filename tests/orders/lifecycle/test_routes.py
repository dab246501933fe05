"""Orders over HTTP: from the cart to the last part shipped, and everything that is refused on the way."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.catalog.recording import write_stock
from chalicelib.orders import consumers as orders_consumers
from chalicelib.orders import keys as orders_keys
from chalicelib.orders.order import rules as order_rules
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.http.respond import MOST_BODY_BYTES
from tests.catalog.steps import row, stock
from tests.orders.steps import REGION, Market, errors
from tests.pricing.steps import Office
from tests.sales.test_contracts import contracts as contracts_of
from tests.support.api import STRANGER, Api, Caller
from tests.support.partners import OPERATIONS, company, dismissed, distributor, member, partner, reach, speaks_for
from tests.support.spent import calls_counted

# --- placing ----------------------------------------------------------------------------------------------------------


def test_an_order_is_placed_with_the_regions_distributor_at_the_base_price(market: Market):
    answer = market.place({"LMP-1": 10, "LMP-2": 12}, comment="By the back door, please")
    assert answer.status == 201
    order = answer.json
    assert order["state"] == "placed"
    assert order["placed_at"] == "2026-11-20T09:00:00.000Z"
    assert order["number"].startswith("261120-")
    assert order["company"] == {"company_id": "cmp_1", "name": "Luch cmp_1", "inn": "7707083893"}
    assert order["distributor"] == {"distributor_id": market.distributor_id, "name": "Svet Opt"}
    assert order["comment"] == "By the back door, please"
    assert order["total"] == {"amount": "1320.60", "currency": "RUB"}
    assert [(line["sku"], line["quantity"], line["amount"]["amount"]) for line in order["lines"]] == [
        ("LMP-1", 10, "1200.00"),
        ("LMP-2", 12, "120.60"),
    ]
    assert order["history"] == [
        {"at": order["placed_at"], "step": "placed", "state": "placed", "by": "company", "by_name": None, "note": ""}
    ]
    # The answer that is kept for repeats has no names; a reading has.
    assert [each["by_name"] for each in market.order(order["order_id"])["history"]] == ["Anna mbr_1"]
    assert answer.headers["location"] == f"/v1/orders/{order['order_id']}"
    assert answer.headers["etag"] == '"1"'


def test_each_line_gets_the_companys_own_price_and_keeps_its_explanation(market: Market):
    reach(market.context, market.company_id, "150000")
    order_id = market.placed({"LMP-1": 10})
    stock(market.context, row("LMP-1", "999.00"))  # the price list moves on
    (line,) = market.order(order_id)["lines"]
    assert line["base_price"]["amount"] == "120.00"
    assert line["unit_price"]["amount"] == "114.00"
    assert line["amount"]["amount"] == "1140.00"
    assert line["rule"] == {"name": "tier_discount", "reason": "Tier Silver: 5 % off the base price."}
    assert [rule["name"] for rule in line["rejected"]] == ["base_price"]


def test_the_catalogue_and_the_order_give_the_same_price(market: Market):
    reach(market.context, market.company_id, "400000")
    shown = market.api.call("GET", "/v1/products", market.buyer).json["items"]
    order = market.place({"LMP-1": 1, "LMP-2": 6, "LMP-3": 1}).json
    assert [line["unit_price"] for line in order["lines"]] == [product["price"]["unit_price"] for product in shown]


def test_an_order_tells_what_happened(market: Market):
    order_id = market.placed()
    (event,) = market.events()
    assert {name: event[name] for name in ("event", "company_id", "order_id", "distributor_id")} == {
        "event": "order.placed",
        "company_id": "cmp_1",
        "order_id": order_id,
        "distributor_id": market.distributor_id,
    }


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], [("", "one_of")]),
        ([{"sku": "LMP-1"}], [("/lines/0/quantity", "missing")]),
        ([{"sku": "LMP-1", "quantity": 0}], [("/lines/0/quantity", "greater_than_equal")]),
        ([{"sku": "LMP-1", "quantity": -6}], [("/lines/0/quantity", "greater_than_equal")]),
        ([{"sku": "LMP-1", "quantity": 1.5}], [("/lines/0/quantity", "whole_number")]),
        ([{"sku": "LMP-1", "quantity": "12,3a"}], [("/lines/0/quantity", "whole_number")]),
        ([{"sku": "LMP-1", "quantity": 1, "price": 1}], [("/lines/0/price", "unknown_field")]),
        ([{"sku": "NONE", "quantity": 1}], [("/lines/0/sku", "unknown_sku")]),
        ([{"sku": "LMP-1", "quantity": 1}, {"sku": "LMP-1", "quantity": 2}], [("/lines/1/sku", "repeated")]),
        ([{"sku": "LMP-2", "quantity": 7}], [("/lines/0/quantity", "pack_multiple")]),
        (
            [{"sku": "LMP-2", "quantity": 7}, {"sku": "NONE", "quantity": 1}, {"sku": "LMP-1", "quantity": 1}],
            [("/lines/0/quantity", "pack_multiple"), ("/lines/1/sku", "unknown_sku")],
        ),
        ([{"sku": f"S-{each}", "quantity": 1} for each in range(201)], [("/lines", "too_long")]),
    ],
)
def test_a_cart_that_cannot_be_ordered_is_refused_line_by_line(
    market: Market, lines: list[Any], found: list[tuple[str, str]]
):
    before = market.everything()
    assert errors(market.post("/v1/orders", market.buyer, {"lines": lines})) == found
    assert market.everything() == before


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"{", 400, "body_not_json"),
        (b'{"lines":[{"sku":"LMP-1","quantity":1}],"discount":50}', 422, "invalid"),
        (
            b'{"lines":[{"sku":"LMP-1","quantity":1}],"comment":"' + b"x" * MOST_BODY_BYTES + b'"}',
            413,
            "body_too_large",
        ),
    ],
    ids=["broken", "unknown field", "too large"],
)
def test_a_body_that_is_no_order_is_refused(market: Market, raw: bytes, status: int, code: str):
    before = market.everything()
    answer = market.api.call("POST", "/v1/orders", market.buyer, raw=raw, key="k")
    assert (answer.status, answer.json["code"]) == (status, code)
    assert market.everything() == before


def test_goods_of_two_currencies_are_two_orders(market: Market):
    stock(market.context, row("EUR-1", base_price={"amount": "10.00", "currency": "EUR"}))
    assert errors(market.place({"LMP-1": 1, "EUR-1": 1})) == [("/lines/1/sku", "other_currency")]
    assert market.place({"EUR-1": 3}).json["total"] == {"amount": "30.00", "currency": "EUR"}


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        ({"phone": None, "phone_confirmed_on": None}, ["phone"]),
        ({"phone_confirmed_on": "2020-01-01"}, ["phone"]),
        ({"email_confirmed_at": None}, ["email_confirmed"]),
    ],
    ids=["no phone", "stale phone", "email not confirmed"],
)
def test_while_ordering_is_locked_the_order_is_refused_with_what_is_missing(
    market: Market, facts: dict[str, Any], missing: list[str]
):
    member(market.context, "mbr_1", **facts)
    before = market.everything()
    answer = market.place()
    assert (answer.status, answer.json["code"], answer.json["missing"]) == (403, "cabinet_locked", missing)
    assert market.everything() == before


# --- who delivers -----------------------------------------------------------------------------------------------------


def test_of_a_regions_distributors_the_lowest_priority_number_gets_the_order(market: Market):
    distributor(market.context, REGION, name="Last", priority=200)
    first, _ = distributor(market.context, REGION, name="First", priority=5)
    assert market.place().json["distributor"] == {"distributor_id": first, "name": "First"}


def test_a_company_may_name_its_distributor(market: Market):
    other, _ = distributor(market.context, "RU-SPE", name="Neva Svet")
    assert market.place(distributor_id=other).json["distributor"] == {"distributor_id": other, "name": "Neva Svet"}


def test_a_companys_own_distributor_goes_before_its_regions(market: Market):
    own, _ = distributor(market.context, "RU-SPE", name="Neva Svet")
    company(market.context, "cmp_1", region=REGION, distributor_id=own)
    assert market.place().json["distributor"]["distributor_id"] == own


@pytest.mark.parametrize(
    ("region", "named", "code"),
    [
        ("RU-KGD", None, "no_distributor"),
        (None, None, "region_unknown"),
        ("RU-MOW", "dst_none", "unknown_distributor"),
    ],
    ids=["nobody serves the region", "no region", "no such distributor"],
)
def test_when_nobody_delivers_the_order_is_refused_with_the_reason(
    market: Market, region: str | None, named: str | None, code: str
):
    company(market.context, "cmp_1", region=region)
    before = market.everything()
    more = {"distributor_id": named} if named else {}
    assert errors(market.place(**more)) == [("/distributor_id", code)]
    assert market.everything() == before


# --- the same request twice -------------------------------------------------------------------------------------------


def test_the_same_request_twice_makes_one_order_and_gives_the_same_answer(market: Market):
    first, again = market.place(key="cart-7"), market.place(key='"cart-7"')
    assert (again.status, again.json) == (201, first.json)
    assert (again.headers["etag"], again.headers["location"]) == (first.headers["etag"], first.headers["location"])
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert len(market.api.call("GET", "/v1/orders", market.buyer).json["items"]) == 1
    assert len(market.events()) == 1


def test_a_repeat_warns_in_the_language_of_the_first_answer(market: Market):
    at = (market.context.now - timedelta(hours=1)).isoformat()
    write_stock(market.context, [{"sku": "LMP-1", "warehouse": "MSK", "quantity": "2", "at": at}])
    body, headers = {"lines": [{"sku": "LMP-1", "quantity": 10}]}, {"accept-language": "ru"}
    first, again = (market.post("/v1/orders", market.buyer, body, key="short", headers=headers) for _ in range(2))
    assert again.headers["idempotency-replayed"] == "true"
    assert "В наличии 2" in first.json["lines"][0]["warnings"][0]["detail"]
    assert again.json == first.json


def test_a_replay_gives_the_first_answer_whatever_became_of_the_order(market: Market):
    first = market.place(key="cart-7")
    market.cancel(first.json["order_id"])
    assert market.place(key="cart-7").json["state"] == "placed"


def test_a_key_serves_one_request_only(market: Market):
    market.place({"LMP-1": 10}, key="cart-7")
    before = market.everything()
    answer = market.place({"LMP-1": 11}, key="cart-7")
    assert (answer.status, answer.json["code"]) == (422, "idempotency_key_reused")
    assert market.everything() == before


def test_a_key_is_the_callers_own(market: Market):
    other = partner(market.context, "cmp_2", "mbr_2", region=REGION)
    body = {"lines": [{"sku": "LMP-1", "quantity": 1}]}
    orders = {market.post("/v1/orders", each, body, key="k").json["order_id"] for each in (market.buyer, other)}
    assert len(orders) == 2


def test_a_refused_request_may_be_mended_under_its_key(market: Market):
    assert market.place({"NONE": 1}, key="cart-7").status == 422
    assert market.place({"LMP-1": 1}, key="cart-7").status == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/orders", {"lines": [{"sku": "LMP-1", "quantity": 1}]}),
        ("POST", "/v1/orders/{order}/cancel", {}),
        ("POST", "/v1/distributor/orders/{order}/accept", {}),
        ("POST", "/v1/distributor/orders/{order}/reject", {"reason": "no"}),
        ("POST", "/v1/distributor/orders/{order}/ship", {"document": "УТ-1"}),
    ],
)
def test_without_a_key_nothing_moves(market: Market, method: str, path: str, body: Any):
    order_id = market.placed()
    before = market.everything()
    caller = market.operator if "distributor" in path else market.buyer
    answer = market.api.call(method, path.format(order=order_id), caller, body)
    assert (answer.status, answer.json["code"]) == (400, "idempotency_key_missing")
    assert market.everything() == before


@pytest.mark.parametrize("step", ["cancel", "accept", "reject", "ship"])
def test_each_step_told_twice_happens_once(market: Market, step: str):
    order_id = market.placed()
    if step == "ship":
        market.accept(order_id)
    first = getattr(market, step)(order_id, key="step")
    told = len(market.events())
    again = getattr(market, step)(order_id, key="step")
    assert first.status == again.status == 200
    assert again.json == first.json
    assert again.headers["idempotency-replayed"] == "true"
    assert len(market.events()) == told


# --- the company looks and cancels ------------------------------------------------------------------------------------


def test_an_order_is_read_with_its_version(market: Market):
    order_id = market.placed()
    market.accept(order_id)
    answer = market.api.call("GET", f"/v1/orders/{order_id}", market.buyer)
    assert (answer.json["state"], answer.headers["etag"]) == ("accepted", '"2"')


def at(market: Market, minutes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.platform.http import respond as http

    later = replace(market.context, now=market.context.now + timedelta(minutes=minutes))
    monkeypatch.setattr(http, "context_now", lambda: later)


def test_orders_are_listed_newest_first_page_by_page(market: Market, monkeypatch: pytest.MonkeyPatch):
    placed = []
    for minutes in range(5):
        at(market, minutes, monkeypatch)
        placed.append(market.placed({"LMP-1": minutes + 1}))
    for caller, url in ((market.buyer, "/v1/orders"), (market.operator, "/v1/distributor/orders")):
        found: list[str] = []
        cursor = ""
        while cursor is not None:
            answer = market.api.call("GET", f"{url}?limit=2{cursor and f'&cursor={cursor}'}", caller)
            found += [order["order_id"] for order in answer.json["items"]]
            cursor = answer.json["next_cursor"]
        assert found == placed[::-1]


def test_a_listed_order_tells_what_it_is_without_its_lines(market: Market):
    market.placed({"LMP-1": 10, "LMP-2": 12})
    (listed,) = market.api.call("GET", "/v1/orders", market.buyer).json["items"]
    assert (listed["state"], listed["line_count"], listed["total"]["amount"]) == ("placed", 2, "1320.60")
    assert "lines" not in listed


def test_orders_are_filtered_by_state(market: Market):
    kept, gone = market.placed(), market.placed()
    market.cancel(gone)
    for caller, url in ((market.buyer, "/v1/orders"), (market.operator, "/v1/distributor/orders")):
        for state, wanted in (("placed", [kept]), ("cancelled", [gone]), ("completed", [])):
            answer = market.api.call("GET", f"{url}?state={state}", caller)
            assert [order["order_id"] for order in answer.json["items"]] == wanted
        assert errors(market.api.call("GET", f"{url}?state=lost", caller)) == [("/query/state", "choice")]


def test_orders_are_found_by_either_number_and_sorted_by_their_sum(market: Market):
    small = market.placed({"LMP-1": 10})
    large = market.place({"LMP-1": 50}, buyer_order_number="ZK-77").json["order_id"]
    number = market.api.call("GET", f"/v1/orders/{small}", market.buyer).json["number"]
    for caller, url in ((market.buyer, "/v1/orders"), (market.operator, "/v1/distributor/orders")):
        for asked, wanted in (
            (f"q={number.lower()}", [small]),
            ("q=zk-7", [large]),
            ("q=none", []),
            ("sort=-total", [large, small]),
            ("min_total=1000&max_total=2000", [small]),
        ):
            answer = market.api.call("GET", f"{url}?{asked}&count=true", caller)
            assert [order["order_id"] for order in answer.json["items"]] == wanted, (asked, answer.text)
            assert answer.json["count"] == {"value": len(wanted), "more": False}


def test_an_order_is_cancelled_until_the_distributor_answers(market: Market):
    order_id = market.placed()
    answer = market.post(f"/v1/orders/{order_id}/cancel", market.buyer, {"note": "Ordered twice"})
    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert answer.json["history"][-1] == {
        "at": "2026-11-20T09:00:00.000Z",
        "step": "cancelled",
        "state": "cancelled",
        "by": "company",
        "by_name": None,
        "note": "Ordered twice",
    }
    assert [event["event"] for event in market.events()] == ["order.placed", "order.cancelled"]


# --- the distributor answers ------------------------------------------------------------------------------------------


def test_the_distributor_reads_the_order(market: Market):
    order_id = market.placed()
    answer = market.api.call("GET", f"/v1/distributor/orders/{order_id}", market.operator)
    assert (answer.status, answer.json) == (200, market.order(order_id))


def test_an_order_is_accepted_with_less_of_a_line(market: Market):
    order_id = market.placed({"LMP-1": 10, "LMP-3": 1})
    answer = market.accept(order_id, {"LMP-1": 4})
    assert answer.json["state"] == "accepted"
    assert [(line["quantity"], line["accepted"]) for line in answer.json["lines"]] == [(10, 4), (1, 1)]
    assert answer.json["total"]["amount"] == "1479.99"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ({"LMP-3": 1}, [("/lines/0/sku", "unknown_sku")]),
        ({"LMP-1": -1}, [("/lines/0/quantity", "greater_than_equal")]),
        ({"LMP-1": 0, "LMP-2": 0}, [("/lines", "nothing_left")]),
    ],
)
def test_what_was_not_ordered_cannot_be_accepted(market: Market, lines: dict[str, int], found: list[tuple[str, str]]):
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    before = market.everything()
    assert errors(market.accept(order_id, lines)) == found
    assert market.everything() == before


def test_an_order_is_rejected_with_the_reason_that_the_partner_reads(market: Market):
    order_id = market.placed()
    assert market.reject(order_id, "No stock until May").json["state"] == "rejected"
    assert market.order(order_id)["history"][-1]["note"] == "No stock until May"
    assert market.events()[-1]["event"] == "order.rejected"


def test_a_rejection_without_a_reason_is_refused(market: Market):
    order_id = market.placed()
    assert errors(market.reject(order_id, "")) == [("/reason", "too_short")]


def test_an_order_is_shipped_in_parts_and_the_last_one_completes_it(market: Market):
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id)
    part = market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    rest = market.ship(order_id, document="УТ-2")
    assert (part.json["state"], rest.json["state"]) == ("partly_shipped", "completed")
    assert rest.json["shipments"] == [
        {
            "document": "УТ-1",
            "day": "2026-11-20",
            "at": "2026-11-20T09:00:00.000Z",
            "lines": [{"sku": "LMP-1", "quantity": 4, "amount": {"amount": "480.00", "currency": "RUB"}}],
            "total": {"amount": "480.00", "currency": "RUB"},
            "carrier": "",
            "tracking_number": "",
            "due_on": None,
        },
        {
            "document": "УТ-2",
            "day": "2026-11-20",
            "at": "2026-11-20T09:00:00.000Z",
            "lines": [
                {"sku": "LMP-1", "quantity": 6, "amount": {"amount": "720.00", "currency": "RUB"}},
                {"sku": "LMP-2", "quantity": 12, "amount": {"amount": "120.60", "currency": "RUB"}},
            ],
            "total": {"amount": "840.60", "currency": "RUB"},
            "carrier": "",
            "tracking_number": "",
            "due_on": None,
        },
    ]
    assert [step["state"] for step in rest.json["history"]] == ["placed", "accepted", "partly_shipped", "completed"]


def test_a_shipment_tells_all_that_makes_it_purchase_volume(market: Market):
    reach(market.context, market.company_id, "150000")
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    event = market.events()[-1]
    assert (event["event"], event["order_id"]) == ("order.shipped", order_id)
    assert event["shipment"] == {
        "document": "УТ-1",
        "day": "2026-11-20",
        "currency": "RUB",
        "lines": [
            {
                "sku": "LMP-1",
                "name": "Lamp LMP-1",
                "quantity": Decimal(4),
                "unit_price": Decimal("114.00"),
                "amount": Decimal("456.00"),
            }
        ],
    }


def test_all_parts_together_become_the_purchase_volume_that_the_order_says(market: Market):
    order_id = market.placed({"LMP-1": 10, "LMP-3": 2})
    market.accept(order_id, {"LMP-1": 9})
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    market.ship(order_id, {"LMP-1": 1, "LMP-3": 1}, document="УТ-2")
    market.ship(order_id, document="УТ-3")
    for event in market.events():
        if event["event"] == "order.shipped":
            orders_consumers.record_shipment(market.context, Event(event["event"], event["sk"], event))
    today = market.context.today
    volume = sum(sales.day_totals(market.context, "cmp_1", today, today).net.values())
    assert f"{volume:.2f}" == market.order(order_id)["total"]["amount"] == "3079.98"


def test_a_shipment_names_the_only_contract_that_holds_on_its_day(market: Market):
    office = Office(market.api, market.context)
    ended = {"number": "K-0", "to": office.day(-1)}
    for version, contracts in enumerate(([ended], [ended, {}], [{"number": "K-8"}, {}])):
        assert office.agree(*contracts, version=version).status == 200
        order_id = market.placed({"LMP-1": 1})
        market.accept(order_id)
        market.ship(order_id, document=f"УТ-{version}")
    for event in market.events():
        if event["event"] == "order.shipped":
            orders_consumers.record_shipment(market.context, Event(event["event"], event["sk"], event))
    assert contracts_of(market.context) == {"УТ-0": "", "УТ-1": "K-7", "УТ-2": ""}


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ({"LMP-1": 7}, [("/lines/0/quantity", "above_left")]),
        ({"LMP-1": 6, "LMP-2": 13}, [("/lines/1/quantity", "above_left")]),
        ({"LMP-3": 1}, [("/lines/0/sku", "unknown_sku")]),
        ({"LMP-1": 0}, [("/lines/0/quantity", "greater_than_equal")]),
        ({}, [("/lines", "too_short")]),
    ],
)
def test_no_more_is_shipped_than_is_left(market: Market, lines: dict[str, int], found: list[tuple[str, str]]):
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    before = market.everything()
    assert errors(market.ship(order_id, lines, document="УТ-2")) == found
    assert market.everything() == before


def test_when_an_order_came_in_many_parts_the_rest_is_asked_for_at_once(
    market: Market, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(order_rules, "MOST_PARTS", 2)
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1")
    assert errors(market.ship(order_id, {"LMP-1": 1}, document="УТ-2")) == [("/lines", "too_many_parts")]
    assert market.ship(order_id, document="УТ-2").json["state"] == "completed"


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-11-22", "in_future"), ("2026-11-18", "before_order"), ("20.11.2026", "date")],
)
def test_a_shipment_is_dated_between_the_day_before_the_order_and_tomorrow(market: Market, day: str, code: str):
    order_id = market.placed()
    market.accept(order_id)
    assert errors(market.ship(order_id, day=day)) == [("/day", code)]


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-19"], ids=["in the east", "in the west"])
def test_who_delivers_elsewhere_ships_on_the_day_that_it_is_there(market: Market, day: str):
    order_id = market.placed()
    market.accept(order_id)
    assert market.ship(order_id, day=day).json["state"] == "completed"


def test_a_shipment_may_be_told_days_later(market: Market, monkeypatch: pytest.MonkeyPatch):
    order_id = market.placed()
    market.accept(order_id)
    at(market, 3 * 24 * 60, monkeypatch)
    assert market.ship(order_id, day="2026-11-21").json["shipments"][0]["day"] == "2026-11-21"


def test_today_is_the_clubs_day(market: Market, monkeypatch: pytest.MonkeyPatch):
    at(market, 12 * 60 + 30, monkeypatch)  # 00:30 in Moscow, still the 20th by UTC
    order_id = market.placed()
    market.accept(order_id)
    assert market.ship(order_id).json["shipments"][0]["day"] == "2026-11-21"


def test_a_document_is_told_once_for_whatever_order(market: Market):
    first, second = market.placed(), market.placed()
    for order_id in (first, second):
        market.accept(order_id)
    market.ship(first, {"LMP-1": 1}, document="УТ-1")
    before = market.everything()
    for order_id in (first, second):
        answer = market.ship(order_id, {"LMP-1": 1}, document="УТ-1")
        assert (answer.status, answer.json["code"]) == (409, "already_exists")
    assert market.everything() == before


def test_two_distributors_may_number_their_documents_alike(market: Market):
    neighbour, operator = distributor(market.context, "RU-SPE")
    mine, theirs = market.placed(), market.place(distributor_id=neighbour).json["order_id"]
    for order_id, caller in ((mine, market.operator), (theirs, operator)):
        market.post(f"/v1/distributor/orders/{order_id}/accept", caller, {})
        answer = market.post(f"/v1/distributor/orders/{order_id}/ship", caller, {"document": "УТ-1"})
        assert answer.json["state"] == "completed"


def test_documents_are_numbered_anew_each_year(market: Market, monkeypatch: pytest.MonkeyPatch):
    old = market.placed()
    market.accept(old)
    market.ship(old, document="УТ-1")
    at(market, 60 * 24 * 60, monkeypatch)
    new = market.placed()
    market.accept(new)
    assert market.ship(new, document="УТ-1").status == 200


@pytest.mark.parametrize("document", ["", "x" * 65, "a\nb", None])
def test_a_document_number_is_a_short_line(market: Market, document: str | None):
    order_id = market.placed()
    market.accept(order_id)
    answer = market.post(f"/v1/distributor/orders/{order_id}/ship", market.operator, {"document": document})
    assert [pointer for pointer, _ in errors(answer)] == ["/document"]


# --- wrong states -----------------------------------------------------------------------------------------------------


def in_state(market: Market, state: str) -> str:
    order_id = market.placed()
    if state == "cancelled":
        market.cancel(order_id)
    elif state == "rejected":
        market.reject(order_id)
    elif state != "placed":
        market.accept(order_id)
        if state == "partly_shipped":
            market.ship(order_id, {"LMP-1": 1}, document="УТ-0")
        elif state == "completed":
            market.ship(order_id, document="УТ-0")
    return order_id


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        ("placed", ["ship"]),
        ("accepted", ["accept", "reject", "cancel"]),
        ("partly_shipped", ["accept", "reject", "cancel"]),
        ("completed", ["accept", "reject", "cancel", "ship"]),
        ("rejected", ["accept", "reject", "cancel", "ship"]),
        ("cancelled", ["accept", "reject", "cancel", "ship"]),
    ],
)
def test_a_step_that_the_state_does_not_allow_is_refused_and_names_the_state(
    market: Market, state: str, steps: list[str]
):
    order_id = in_state(market, state)
    before = market.everything()
    for step in steps:
        answer = getattr(market, step)(order_id)
        assert (answer.status, answer.json["code"], answer.json["state"]) == (409, "wrong_state", state), step
    assert market.everything() == before


# --- who may ----------------------------------------------------------------------------------------------------------

COMPANY_PATHS = [("GET", ""), ("POST", "/cancel")]
DISTRIBUTOR_PATHS = [("GET", ""), ("POST", "/accept"), ("POST", "/reject"), ("POST", "/ship")]
BODIES = {"/reject": {"reason": "no"}, "/ship": {"document": "УТ-9"}, "/accept": {}, "/cancel": {}, "": None}


@pytest.mark.parametrize("state", ["placed", "accepted"])
def test_another_companys_order_is_not_there(market: Market, state: str):
    order_id = in_state(market, state)
    other = partner(market.context, "cmp_2", "mbr_2", region=REGION)
    before = market.everything()
    for method, tail in COMPANY_PATHS:
        answer = market.api.call(method, f"/v1/orders/{order_id}{tail}", other, BODIES[tail], key="k")
        assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert market.api.call("GET", "/v1/orders", other).json["items"] == []
    assert market.everything() == before


@pytest.mark.parametrize("state", ["placed", "accepted"])
def test_another_distributors_order_is_not_there(market: Market, state: str):
    order_id = in_state(market, state)
    _, other = distributor(market.context, REGION, name="Rival")
    before = market.everything()
    for method, tail in DISTRIBUTOR_PATHS:
        answer = market.api.call(method, f"/v1/distributor/orders/{order_id}{tail}", other, BODIES[tail], key="k")
        assert (answer.status, answer.json["code"]) == (404, "not_found")
    assert market.api.call("GET", "/v1/distributor/orders", other).json["items"] == []
    assert market.everything() == before


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mbr_9"), 403),
        (OPERATIONS, 403),
        (Caller.person("mbr_9", "company", "engineer", "cmp_1"), 403),
    ],
    ids=["no token", "no company", "staff", "engineer"],
)
def test_whoever_has_no_part_in_it_is_refused_everywhere(market: Market, caller: Caller, status: int):
    order_id = market.placed()
    before = market.everything()
    tried = [("GET", "/v1/orders", None), ("POST", "/v1/orders", {"lines": [{"sku": "LMP-1", "quantity": 1}]})]
    tried += [(method, f"/v1/orders/{order_id}{tail}", BODIES[tail]) for method, tail in COMPANY_PATHS]
    tried += [(method, f"/v1/distributor/orders/{order_id}{tail}", BODIES[tail]) for method, tail in DISTRIBUTOR_PATHS]
    for method, url, body in tried:
        assert market.api.call(method, url, caller, body, key="k").status == status, (method, url)
    assert market.everything() == before


def test_each_side_is_refused_the_others_routes(market: Market):
    order_id = market.placed()
    before = market.everything()
    for method, tail in DISTRIBUTOR_PATHS:
        url = f"/v1/distributor/orders/{order_id}{tail}"
        assert market.api.call(method, url, market.buyer, BODIES[tail], key="k").status == 403
    for method, tail in COMPANY_PATHS:
        answer = market.api.call(method, f"/v1/orders/{order_id}{tail}", market.operator, BODIES[tail], key="k")
        assert answer.status == 403
    assert market.everything() == before


def test_an_accountant_reads_orders_and_moves_none(market: Market):
    order_id = market.placed()
    member(market.context, "mbr_3")
    accountant = speaks_for(market.context, "cmp_1", "mbr_3", "accountant")
    assert market.api.call("GET", f"/v1/orders/{order_id}", accountant).status == 200
    assert market.post(f"/v1/orders/{order_id}/cancel", accountant, {}).status == 403


@pytest.mark.parametrize("change", ["removed", "another role", "another company"])
def test_who_no_longer_speaks_for_the_company_is_refused_at_once_whatever_the_token_says(market: Market, change: str):
    order_id = market.placed()
    if change == "another role":
        speaks_for(market.context, "cmp_1", "mbr_1", "accountant")
    else:
        dismissed(market.context, "cmp_1")
        if change == "another company":
            company(market.context, "cmp_2", region=REGION)
            speaks_for(market.context, "cmp_2", "mbr_1")
    before = market.everything()
    for answer in (market.place(), market.cancel(order_id)):
        assert (answer.status, answer.json["code"]) == (403, "session_stale")
    assert market.everything() == before


def test_who_no_longer_works_for_the_distributor_is_refused_at_once(market: Market):
    fresh, open_order = market.placed(), market.placed()
    market.accept(open_order)
    path = f"/v1/staff/distributors/{market.distributor_id}/people/{market.operator.claims['club_member']}"
    assert market.api.call("DELETE", path, OPERATIONS).status == 204
    before = market.everything()
    for answer in (market.accept(fresh), market.reject(fresh), market.ship(open_order)):
        assert (answer.status, answer.json["code"]) == (403, "session_stale")
    assert market.everything() == before


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_an_order_of_twenty_lines_is_three_reads_and_one_transaction(api: Api, context: Context):
    market = Market(api, context)
    stock(context, *(row(f"S-{number:02}") for number in range(20)))
    reach(context, "cmp_1", "150000")
    with calls_counted(context.table.client) as made:
        assert market.place({f"S-{number:02}": 5 for number in range(20)}).status == 201
    assert made == ["GetItem", "BatchGetItem", "Query", "TransactWriteItems"]


def test_with_a_named_distributor_it_is_two_reads(market: Market):
    with calls_counted(market.context.table.client) as made:
        assert market.place(distributor_id=market.distributor_id).status == 201
    assert made == ["GetItem", "BatchGetItem", "TransactWriteItems"]


def test_the_largest_order_takes_one_read_more_for_its_second_hundred_lines(market: Market):
    stock(market.context, *(row(f"S-{number:03}") for number in range(200)))
    with calls_counted(market.context.table.client) as made:
        assert market.place({f"S-{number:03}": 1 for number in range(200)}).status == 201
    assert made == ["GetItem", "BatchGetItem", "BatchGetItem", "BatchGetItem", "Query", "TransactWriteItems"]


def test_the_answer_of_the_largest_order_is_kept_packed_and_given_again_as_it_was(market: Market):
    stock(market.context, *(row(f"S-{number:03}") for number in range(200)))
    lines = {f"S-{number:03}": 1 for number in range(200)}
    first, again = (market.place(lines, key="the-largest") for _ in range(2))
    assert (again.status, again.text, again.headers["idempotency-replayed"]) == (201, first.text, "true")
    (kept,) = [item for item in market.everything() if item["pk"].endswith("#the-largest")]
    assert len(bytes(kept["body"])) < len(first.text) / 10


def test_reads_and_steps_cost_what_their_keys_promise(market: Market):
    order_id = market.placed()
    path = f"/v1/distributor/orders/{order_id}"
    for act, calls in (
        (lambda: market.order(order_id), ["GetItem", "BatchGetItem"]),
        (lambda: market.api.call("GET", "/v1/orders", market.buyer), ["Query"]),
        # Of whoever reads for a distributor the right is read, too.
        (lambda: market.api.call("GET", path, market.operator), ["GetItem"] * 3 + ["BatchGetItem"]),
        (lambda: market.api.call("GET", "/v1/distributor/orders", market.operator), ["GetItem", "Query"]),
        (lambda: market.accept(order_id), ["GetItem", "GetItem", "GetItem", "TransactWriteItems"]),
        (lambda: market.ship(order_id), ["GetItem"] * 4 + ["TransactWriteItems"]),
    ):
        with calls_counted(market.context.table.client) as made:
            act()
        assert made == calls


def test_the_pointer_of_a_distributors_order_stands_in_the_list_of_all_orders_too(market: Market):
    order_id = market.placed()
    key = orders_keys.distributor_order(market.distributor_id, order_id)
    order = market.order(order_id)
    assert market.context.table.get(key) == {
        **key.as_item(),
        "company_id": "cmp_1",
        # The same item stands in the list of all orders of the club.
        "gsi1pk": "ORDERS",
        "gsi1sk": f"{order['placed_at']}#{order_id}",
        "order_id": order_id,
        "numbers": [order["number"], order["number"].rpartition("-")[2]],
    }
