"""Ordering again: an order as it was, and what the company usually buys."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.orders import consumers as orders_consumers
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.sales.rules import SaleDocument, SaleLine
from tests.catalog.steps import row, stock
from tests.companies.addresses.steps import ADDRESS
from tests.companies.addresses.steps import URL as ADDRESSES
from tests.orders.steps import Market, errors
from tests.pricing.steps import Office
from tests.support.api import Answer, Api
from tests.support.partners import OPERATIONS, distributor
from tests.support.spent import calls_counted


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


@pytest.fixture
def counted_market(api: Api, context: Context) -> Market:
    """A market that counts its calls."""
    return Market(api, context)


def lines_of(order: Any) -> dict[str, int]:
    return {line["sku"]: line["quantity"] for line in order["lines"]}


def price_of(answer: Answer, sku: str) -> str:
    (found,) = [line["unit_price"]["amount"] for line in answer.json["lines"] if line["sku"] == sku]
    return str(found)


# --- an order as it was -----------------------------------------------------------------------------------------------


def reorder(market: Market, order_id: str, key: str | None = None, **form: Any) -> Answer:
    return market.post(f"/v1/orders/{order_id}/reorder", market.buyer, form, key=key)


def test_an_order_is_placed_again_in_one_call_at_todays_prices(market: Market):
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.reject(order_id)
    stock(market.context, row("LMP-1", "130.00"))
    again = reorder(market, order_id)
    assert again.status == 201
    assert again.json["order_id"] != order_id
    assert again.headers["location"] == f"/v1/orders/{again.json['order_id']}"
    assert lines_of(again.json) == {"LMP-1": 10, "LMP-2": 12}
    assert again.json["lines"][0]["unit_price"]["amount"] == "130.00"


def test_an_order_is_delivered_again_to_its_address_as_it_is_now_and_as_soon_as_possible(market: Market):
    address = market.post(ADDRESSES, market.buyer, ADDRESS).json
    delivery = {"method": "carrier", "address_id": address["address_id"], "partial_shipment": False}
    wishes = {"delivery": {**delivery, "wished_on": "2026-12-24"}, "buyer_order_number": "PO-1"}
    order_id = market.place(**wishes).json["order_id"]
    url = f"{ADDRESSES}/{address['address_id']}"
    moved = {**ADDRESS, "contact_phone": "+74957654321"}
    assert market.api.call("PUT", url, market.buyer, moved, headers={"if-match": '"1"'}).status == 200

    again = reorder(market, order_id).json
    assert again["delivery"]["address"] == {**moved, "address_id": address["address_id"]}
    assert (again["delivery"]["wished_on"], again["delivery"]["partial_shipment"]) == (None, False)
    assert again["buyer_order_number"] == ""
    assert market.order(order_id)["delivery"]["address"]["contact_phone"] == ADDRESS["contact_phone"]
    assert reorder(market, order_id, delivery=None).json["delivery"] is None
    fetched = reorder(market, order_id, delivery={"method": "pickup"}, buyer_order_number="PO-2").json
    assert (fetched["delivery"]["method"], fetched["buyer_order_number"]) == ("pickup", "PO-2")

    market.api.call("DELETE", url, market.buyer)
    assert errors(reorder(market, order_id)) == [("/delivery/address_id", "unknown_address")]


def test_ordering_again_twice_under_one_key_is_one_order(market: Market):
    order_id = market.placed()
    first = reorder(market, order_id, key="again")
    assert reorder(market, order_id, key="again").json == first.json
    assert [event["event"] for event in market.events()] == ["order.placed"] * 2


def test_it_is_as_it_was_ordered_whatever_was_accepted_and_without_what_is_left_out(market: Market):
    order_id = market.placed({"LMP-1": 10, "LMP-2": 12})
    market.accept(order_id, {"LMP-1": 3, "LMP-2": 6})
    assert lines_of(reorder(market, order_id, leave_out=["LMP-2"]).json) == {"LMP-1": 10}


def test_lines_that_cannot_be_ordered_any_more_are_named_by_their_places_in_the_order(market: Market):
    order_id = market.placed({"LMP-3": 1, "LMP-1": 10, "LMP-2": 12})
    stock(market.context, row("LMP-2", "10.05", pack_multiple=10))
    assert errors(reorder(market, order_id)) == [("/lines/2/quantity", "pack_multiple")]
    assert errors(reorder(market, order_id, leave_out=["LMP-3"])) == [("/lines/2/quantity", "pack_multiple")]
    assert len(market.events()) == 1
    assert reorder(market, order_id, leave_out=["LMP-2"]).status == 201


def test_lines_of_which_there_is_too_little_are_named_by_their_places_in_what_was_seen(market: Market):
    """An omitted line moves the lines behind it, but not in the member's view."""
    order_id = market.placed({"LMP-2": 12, "LMP-1": 10})
    a_habit(market)
    assert [line["sku"] for line in usual(market)["lines"]] == ["LMP-2", "LMP-1"]
    url = f"/v1/staff/distributors/{market.distributor_id}"
    present = market.api.call("GET", url, OPERATIONS).headers["etag"]
    binding = {"stock": {"warehouses": ["MSK"], "binding": True}}
    assert market.api.call("PATCH", url, OPERATIONS, binding, headers={"if-match": present}).status == 200
    for answer in (reorder(market, order_id, leave_out=["LMP-2"]), place_usual(market, leave_out=["LMP-2"])):
        assert (answer.status, answer.json["code"]) == (409, "out_of_stock")
        assert [(each["line"], each["sku"]) for each in answer.json["lines"]] == [(1, "LMP-1")]


def test_what_is_left_out_was_in_and_something_is_left(market: Market):
    order_id = market.placed({"LMP-1": 10})
    assert errors(reorder(market, order_id, leave_out=["LMP-3"])) == [("/leave_out/0", "unknown_sku")]
    assert errors(reorder(market, order_id, leave_out=["LMP-1"])) == [("/leave_out", "nothing_left")]


def test_another_distributor_can_be_named(market: Market):
    other_id, _ = distributor(market.context, "RU-SPE", name="Neva light")
    again = reorder(market, market.placed(), distributor_id=other_id, comment="This time from there")
    assert (again.json["distributor"]["name"], again.json["comment"]) == ("Neva light", "This time from there")


def test_an_order_that_there_is_not_cannot_be_placed_again(market: Market):
    assert reorder(market, "ord_nobody").status == 404


# --- the usual order --------------------------------------------------------------------------------------------------


def bought(market: Market, days_ago: int, quantities: dict[str, int], company_id: str = "cmp_1") -> None:
    """By a sales file."""
    lines = [
        SaleLine(sku, f"Lamp {sku} of the file", Decimal(quantity), None, Decimal(100 * quantity))
        for sku, quantity in quantities.items()
    ]
    day = market.context.today - timedelta(days=days_ago)
    sales.record(market.context, [SaleDocument("1c-main", f"{company_id}-{days_ago}", company_id, day, "RUB", lines)])


def usual(market: Market) -> Any:
    answer = market.api.call("GET", "/v1/usual-order", market.buyer)
    assert answer.status == 200, answer.text
    return answer.json


def place_usual(market: Market, key: str | None = None, **form: Any) -> Answer:
    return market.post("/v1/usual-order", market.buyer, form, key=key)


def a_habit(market: Market) -> None:
    """Ten lamps, thirteen of what comes in sixes, and some goods of another shop, every ten days."""
    for days_ago in (30, 20, 10):
        bought(market, days_ago, {"LMP-1": 10, "LMP-2": 13, "ELSEWHERE-7": 1})
    bought(market, 5, {"LMP-3": 500})


def test_the_usual_order_is_what_was_bought_regularly_in_whole_packs_at_the_companys_price(market: Market):
    a_habit(market)
    Office(market.api, market.context).run((6, "10"))
    order = usual(market)
    assert [(line["sku"], line["quantity"], line["amount"]["amount"]) for line in order["lines"]] == [
        ("LMP-2", 12, "108.54"),
        ("LMP-1", 10, "1080.00"),
    ]
    first = order["lines"][0]
    assert (first["name"], first["name_ru"]) == ("Lamp LMP-2", "Лампа LMP-2")
    assert (first["bought_on_days"], first["every_days"], first["last_bought"]) == (3, 10, "2026-11-10")
    assert (order["total"]["amount"], order["can_be_ordered"]) == ("1188.54", True)


def test_what_is_bought_regularly_and_not_sold_here_is_told_apart(market: Market):
    a_habit(market)
    (elsewhere,) = usual(market)["not_available"]
    assert (elsewhere["sku"], elsewhere["name"], elsewhere["code"], elsewhere["last_bought"]) == (
        "ELSEWHERE-7",
        "Lamp ELSEWHERE-7 of the file",
        "unknown_sku",
        "2026-11-10",
    )


def test_what_was_shipped_through_the_club_counts_with_what_sales_files_tell(market: Market):
    bought(market, 20, {"LMP-1": 10})
    bought(market, 10, {"LMP-1": 10})
    assert usual(market)["lines"] == []
    order_id = market.placed({"LMP-1": 4})
    market.accept(order_id)
    market.ship(order_id)
    (shipped,) = [event for event in market.events() if event["event"] == "order.shipped"]
    orders_consumers.record_shipment(market.context, Event("order.shipped", "evt_1", shipped))
    assert lines_of(usual(market)) == {"LMP-1": 10}


def test_a_company_without_a_history_has_no_usual_order(market: Market):
    order = usual(market)
    assert (order["lines"], order["not_available"], order["can_be_ordered"]) == ([], [], False)
    assert errors(place_usual(market)) == [("", "nothing_usual")]


def test_another_companys_purchases_are_not_looked_at(market: Market):
    for days_ago in (30, 20, 10):
        bought(market, days_ago, {"LMP-1": 10}, company_id="cmp_2")
    assert usual(market)["lines"] == []


def test_the_usual_order_is_placed_in_one_call_and_once_under_one_key(market: Market):
    a_habit(market)
    placed = place_usual(market, key="usual")
    assert (placed.status, lines_of(placed.json)) == (201, {"LMP-1": 10, "LMP-2": 12})
    assert place_usual(market, key="usual").json == placed.json
    assert len(market.events()) == 1


def test_lines_can_be_left_out_of_the_usual_order(market: Market):
    a_habit(market)
    assert lines_of(place_usual(market, leave_out=["LMP-2"]).json) == {"LMP-1": 10}
    assert errors(place_usual(market, leave_out=["LMP-3"])) == [("/leave_out/0", "unknown_sku")]


def test_what_was_seen_is_what_is_ordered_or_nothing_is(market: Market):
    a_habit(market)
    seen = usual(market)["seen"]
    bought(market, 1, {"LMP-3": 2})
    assert usual(market)["seen"] == seen
    stock(market.context, row("LMP-1", "130.00"))
    refused = place_usual(market, seen=seen)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert market.events() == []
    assert place_usual(market, seen=usual(market)["seen"]).status == 201


def test_the_usual_order_takes_three_reads_however_long_the_history(counted_market: Market):
    for days_ago in range(1, 13):
        bought(counted_market, days_ago, {"LMP-1": 10, "LMP-2": 12})
    with calls_counted(counted_market.context.table.client) as made:
        assert len(usual(counted_market)["lines"]) == 2
    assert made == ["Query", "BatchGetItem", "Query"]


def test_an_order_is_placed_again_without_a_promotion_of_which_too_little_is_left(market: Market):
    promotion_id = Office(market.api, market.context).run((6, "10"))
    order_id = market.placed({"LMP-1": 10})
    a_habit(market)
    for place in (lambda **form: reorder(market, order_id, **form), lambda **form: place_usual(market, **form)):
        assert price_of(place(), "LMP-1") == "108.00"
        assert price_of(place(without_promotions=[promotion_id]), "LMP-1") == "120.00"
