"""Offers in orders: each makes one order cheaper, comes back when that comes to nothing, and is never used by two."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, count
from typing import Any

import pytest

from chalicelib.platform.http import respond
from chalicelib.pricing.offers import keys as offers_keys
from tests.companies.addresses.steps import ADDRESS
from tests.companies.addresses.steps import URL as ADDRESSES
from tests.orders.steps import Market
from tests.pricing.steps import MANAGER
from tests.support.api import Answer, Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.table import everything, restore

_keys = count(1)


def offered(market: Market, **more: Any) -> str:
    """A quarter off everything, once; approved by somebody else where it is more than one person gives."""
    form = {"percent": "25", "floor": "1.00", "to": "2026-12-04"} | more
    path = f"/v1/staff/companies/{market.company_id}/offers"
    answer = market.api.call("POST", path, MANAGER, form, key=f"offer-{next(_keys)}")
    assert answer.status == 201, answer.text
    offer_id = str(answer.json["offer_id"])
    if answer.json["state"] == "waiting":
        approval = f"/v1/staff/approvals/{offer_id}/approve"
        assert market.api.call("POST", approval, ADMIN, {"note": ""}, key=offer_id).status == 200
    return offer_id


ADMIN = Caller.person("mbr_admin", "staff", "admin", "club")


def rules(answer: Answer) -> list[str]:
    assert answer.status in (200, 201), answer.text
    return [line["rule"]["name"] for line in answer.json["lines"]]


def state(market: Market, offer_id: str) -> tuple[str, str | None]:
    path = f"/v1/staff/companies/{market.company_id}/offers/{offer_id}"
    answer = market.api.call("GET", path, MANAGER)
    return answer.json["state"], answer.json["order_id"]


def kept(market: Market) -> set[str]:
    """The offers that prices still look at."""
    item = market.context.table.get(offers_keys.granted(market.company_id)) or {}
    return {name.split(":")[0] for name in item if ":" in name}


# --- once -------------------------------------------------------------------------------------------------------------


def test_an_offer_makes_all_lines_of_one_order_cheaper_and_none_of_the_next(market: Market):
    offer_id = offered(market)
    first, second = market.place(), market.place()
    assert (rules(first), rules(second)) == (["offer", "offer"], ["base_price", "base_price"])
    assert first.json["lines"][0]["unit_price"]["amount"] == "90.00"
    assert state(market, offer_id) == ("used", first.json["order_id"])


def test_an_offer_can_be_kept_for_another_order(market: Market):
    offer_id = offered(market)
    assert rules(market.place(without_offers=[offer_id])) == ["base_price", "base_price"]
    assert state(market, offer_id) == ("open", None)
    assert rules(market.place()) == ["offer", "offer"]


def test_an_offer_that_gives_no_better_price_is_not_used(market: Market):
    offer_id = offered(market, percent="0.01", floor="1.00", goods={"skus": ["LMP-3"]})
    market.placed({"LMP-1": 10})
    assert state(market, offer_id) == ("open", None)


def test_of_two_orders_at_once_one_uses_the_offer_and_the_other_is_told_the_prices_without(market: Market):
    offer_id = offered(market)
    heard: list[Answer] = []
    refused: list[Answer] = []
    before = everything(market.context)
    for race in races(lambda: heard.append(market.place({"LMP-1": 1}))):
        restore(market.context, before)
        heard.clear()
        with race:
            answer = market.place({"LMP-1": 10})
        if answer.status == 409:
            refused.append(answer)
        elif heard:
            assert {*rules(heard[0]), *rules(answer)} == {"offer", "base_price"}
    answer = refused[-1]
    assert answer.json["code"] == "offer_used"
    assert answer.json["offers"] == [offer_id]
    assert answer.json["lines"] == [
        {
            "sku": "LMP-1",
            "unit_price": {"amount": "90.00", "currency": "RUB"},
            "without_offer": {"amount": "120.00", "currency": "RUB"},
        }
    ]


def test_an_offer_that_an_order_uses_cannot_be_withdrawn(market: Market):
    offer_id = offered(market)
    market.placed()
    path = f"/v1/staff/companies/{market.company_id}/offers/{offer_id}/withdraw"
    assert market.api.call("POST", path, MANAGER).json["code"] == "wrong_state"


# --- given back, or spent ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        lambda market, order_id: market.cancel(order_id),
        lambda market, order_id: market.reject(order_id),
        lambda market, order_id: market.accept(order_id, {"LMP-1": 0}),
    ],
)
def test_an_offer_comes_back_when_nothing_is_left_that_it_made_cheaper(
    market: Market, step: Callable[[Market, str], Answer]
):
    offer_id = offered(market, goods={"skus": ["LMP-1"]})
    order_id = market.placed()
    assert step(market, order_id).status == 200
    assert state(market, offer_id) == ("open", None)
    again = market.place({"LMP-1": 10})
    assert (rules(again), state(market, offer_id)) == (["offer"], ("used", again.json["order_id"]))


def test_an_order_that_the_distributor_enlarges_spends_no_further_offer(market: Market):
    offer_id = offered(market)
    order_id = market.place(without_offers=[offer_id]).json["order_id"]
    assert market.accept(order_id, {"LMP-1": 12}).json["lines"][0]["proposed_unit_price"] is None


def test_an_order_of_which_something_is_left_keeps_its_offer_and_spends_it_when_it_is_completed(market: Market):
    offer_id = offered(market)
    order_id = market.placed()
    market.accept(order_id, {"LMP-1": 1})
    market.ship(order_id, {"LMP-2": 6})
    assert (state(market, offer_id), kept(market)) == (("used", order_id), {"offer", "used"})
    market.ship(order_id, document="УТ-2")
    assert (state(market, offer_id), kept(market)) == (("used", order_id), set())
    assert rules(market.place()) == ["base_price", "base_price"]


# --- whatever dies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["place", "cancel"])
def test_an_interrupted_step_moves_the_offer_once_with_the_order(
    market: Market, step: str, monkeypatch: pytest.MonkeyPatch
):
    offer_id = offered(market)
    order_id = market.placed({"LMP-1": 10}) if step == "cancel" else ""

    def attempt() -> Answer:
        numbers = count(1)
        context = replace(market.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        monkeypatch.setattr(respond, "context_now", lambda: context)
        return market.cancel(order_id, key="one") if step == "cancel" else market.place({"LMP-1": 10}, key="one")

    before = everything(market.context)
    undisturbed, wanted = attempt(), everything(market.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(market.context, before)
        with interruption:
            attempt()
        again = attempt()
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert everything(market.context) == wanted, interruption
    assert state(market, offer_id)[0] == ("open" if step == "cancel" else "used")


# --- free delivery ----------------------------------------------------------------------------------------------------


def by_carrier(market: Market) -> dict[str, str]:
    return {"method": "carrier", "address_id": market.post(ADDRESSES, market.buyer, ADDRESS).json["address_id"]}


def brought(market: Market, lines: dict[str, int] | None = None, **more: Any) -> Any:
    """An order that a carrier brings."""
    answer = market.place(lines, delivery=by_carrier(market), **more)
    assert answer.status == 201, answer.text
    return answer.json


def free_delivery(market: Market, **more: Any) -> str:
    form = {"free_delivery": True, "to": "2026-12-04"} | more
    path = f"/v1/staff/companies/{market.company_id}/offers"
    answer = market.api.call("POST", path, MANAGER, form, key=f"offer-{next(_keys)}")
    assert answer.status == 201, answer.text
    return str(answer.json["offer_id"])


def test_free_delivery_is_quoted_and_holds_for_one_order_that_a_carrier_brings(market: Market):
    offer_id = free_delivery(market, goods={"skus": ["LMP-1"]})
    body = {"lines": [{"sku": "LMP-1", "quantity": 10}]}
    quote = market.api.call("POST", "/v1/quotes", market.buyer, body)
    assert quote.json["free_delivery"], quote.text
    market.api.call("POST", "/v1/cart/lines", market.buyer, body, key="cart")
    assert market.api.call("GET", "/v1/cart", market.buyer).json["free_delivery"]
    market.place(delivery={"method": "pickup"})
    assert state(market, offer_id) == ("open", None)
    assert not brought(market, {"LMP-2": 12})["delivery"]["free"]  # other goods
    assert not brought(market, without_offers=[offer_id])["delivery"]["free"]
    first, second = brought(market), brought(market)
    assert (first["delivery"]["free"], second["delivery"]["free"]) == (True, False)
    assert state(market, offer_id) == ("used", first["order_id"])
    path = f"/v1/distributor/orders/{first['order_id']}"
    assert market.api.call("GET", path, market.operator).json["delivery"]["free"]
    assert rules(market.place()) == ["base_price", "base_price"]


def test_free_delivery_comes_back_with_the_order_and_is_spent_with_its_last_shipment(market: Market):
    offer_id = free_delivery(market)
    assert market.reject(brought(market)["order_id"]).status == 200
    assert state(market, offer_id) == ("open", None)
    order_id = brought(market)["order_id"]
    market.accept(order_id, {"LMP-1": 1})
    market.ship(order_id, {"LMP-2": 6})
    assert kept(market) == {"offer", "used"}
    market.ship(order_id, document="УТ-2")
    assert (state(market, offer_id), kept(market)) == (("used", order_id), set())


def test_of_two_deliveries_at_once_one_is_free_and_the_other_is_told(market: Market):
    offer_id = free_delivery(market)
    delivery = by_carrier(market)
    before, refused = everything(market.context), list[Any]()
    for race in races(lambda: market.place({"LMP-1": 1}, delivery=delivery)):
        restore(market.context, before)
        with race:
            answer = market.place({"LMP-1": 10}, delivery=delivery)
        if answer.status == 409:
            refused.append(answer.json)
    assert {each["code"] for each in refused} == {"offer_used"} and refused[-1]["offers"] == [offer_id]
