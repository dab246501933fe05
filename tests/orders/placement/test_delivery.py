"""The delivery of an order, from the form to everybody who reads the order."""

from typing import Any

import pytest

from tests.companies.addresses.steps import ADDRESS, URL
from tests.orders.steps import Market, errors
from tests.support.partners import partner, staff


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


@pytest.fixture
def address_id(market: Market) -> str:
    return str(market.post(URL, market.buyer, ADDRESS).json["address_id"])


def test_who_orders_and_who_delivers_read_the_same_delivery(market: Market, address_id: str) -> None:
    wished = {"method": "carrier", "address_id": address_id, "wished_on": "2026-12-24", "partial_shipment": False}
    placed = market.place(delivery=wished, buyer_order_number="ЗП-118")
    assert placed.status == 201, placed.text
    shown = market.api.call("GET", f"/v1/distributor/orders/{placed.json['order_id']}", market.operator).json
    assert (
        shown["delivery"]
        == placed.json["delivery"]
        == {
            "method": "carrier",
            "address": {**ADDRESS, "address_id": address_id},
            "wished_on": "2026-12-24",
            "partial_shipment": False,
            "free": False,
        }
    )
    [listed] = market.api.call("GET", "/v1/distributor/orders", market.operator).json["items"]
    assert shown["buyer_order_number"] == listed["buyer_order_number"] == "ЗП-118"


def test_an_order_keeps_the_address_that_the_company_removes(market: Market, address_id: str) -> None:
    order_id = market.place(delivery={"method": "carrier", "address_id": address_id}).json["order_id"]
    assert market.api.call("DELETE", f"{URL}/{address_id}", market.buyer).status == 204
    assert market.order(order_id)["delivery"]["address"] == {**ADDRESS, "address_id": address_id}


def test_an_order_without_wishes_says_so(market: Market) -> None:
    placed = market.place().json
    assert (placed["delivery"], placed["buyer_order_number"]) == (None, "")


def test_a_pick_up_as_soon_as_possible_in_parts_is_what_the_method_alone_means(market: Market) -> None:
    assert market.place(delivery={"method": "pickup"}).json["delivery"] == {
        "method": "pickup",
        "address": None,
        "wished_on": None,
        "partial_shipment": True,
        "free": False,
    }


@pytest.mark.parametrize(
    ("delivery", "fault"),
    [
        ({}, ("/delivery/method", "missing")),
        ({"method": "carrier"}, ("/delivery/address_id", "address_required")),
        ({"method": "pickup", "address_id": "adr_1"}, ("/delivery/address_id", "address_not_expected")),
        ({"method": "carrier", "address_id": "adr_nobody"}, ("/delivery/address_id", "unknown_address")),
        ({"method": "pickup", "wished_on": "2026-11-19"}, ("/delivery/wished_on", "in_past")),
        ({"method": "pickup", "gate": "3"}, ("/delivery/gate", "unknown_field")),
    ],
)
def test_a_delivery_that_cannot_be_is_refused_at_its_field(
    market: Market, delivery: dict[str, Any], fault: tuple[str, str]
) -> None:
    assert errors(market.place(delivery=delivery)) == [fault]


def test_today_is_a_day_to_wish_for(market: Market) -> None:
    today = market.context.today.isoformat()
    assert market.place(delivery={"method": "pickup", "wished_on": today}).json["delivery"]["wished_on"] == today


def test_the_address_of_another_company_is_unknown(market: Market, address_id: str) -> None:
    other = partner(market.context, "cmp_2", "mbr_2", region="RU-MOW")
    body = {"lines": [{"sku": "LMP-1", "quantity": 10}], "delivery": {"method": "carrier", "address_id": address_id}}
    assert errors(market.post("/v1/orders", other, body)) == [("/delivery/address_id", "unknown_address")]


def test_the_order_of_a_cart_and_an_order_by_the_club_have_a_delivery_too(market: Market, address_id: str) -> None:
    line, delivery = {"sku": "LMP-1", "quantity": 10}, {"method": "carrier", "address_id": address_id}
    version = market.post("/v1/cart/lines", market.buyer, {"lines": [line]}).json["version"]
    of_cart = market.post("/v1/orders", market.buyer, {"cart_version": version, "delivery": delivery})
    manager = staff(market.context, "mbr_manager", "manager")
    by_club = market.post(
        "/v1/staff/companies/cmp_1/orders", manager, {"lines": [line], "delivery": delivery, "buyer_order_number": "7"}
    )
    for answer in (of_cart, by_club):
        assert answer.status == 201, answer.text
        assert answer.json["delivery"]["address"]["address_id"] == address_id
    assert by_club.json["buyer_order_number"] == "7"


def test_a_shipment_names_its_carrier_and_the_number_to_follow_it_by(market: Market) -> None:
    order_id = market.placed()
    market.accept(order_id)
    market.ship(order_id, {"LMP-1": 4}, document="УТ-1", carrier="Деловые Линии", tracking_number="26-00541")
    market.ship(order_id, document="УТ-2")
    assert [(each["carrier"], each["tracking_number"]) for each in market.order(order_id)["shipments"]] == [
        ("Деловые Линии", "26-00541"),
        ("", ""),
    ]
    again = market.placed()
    market.accept(again)
    assert [pointer for pointer, _ in errors(market.ship(again, document="УТ-3", carrier="a\nb"))] == ["/carrier"]
