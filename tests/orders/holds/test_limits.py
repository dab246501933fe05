"""The use of a promotion's limits by orders: never more than the limit, and given back by orders that end empty."""

from contextlib import suppress
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError

from chalicelib.orders import consumers as orders_consumers
from chalicelib.platform.events import Event
from chalicelib.pricing.promotions import keys as promotions_keys
from chalicelib.pricing.promotions import usage
from tests.orders.steps import Market
from tests.pricing.steps import MARKETING, Office, errors
from tests.support.api import Answer
from tests.support.crashes import crashes, lost_replies, races
from tests.support.parallel import at_once

CALLERS = 64


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


@pytest.fixture
def office(market: Market) -> Office:
    return Office(market.api, market.context)


def used(office: Office, promotion_id: str) -> dict[str, Any]:
    """Orders, units and, where there is a budget, cost; as the staff sees them."""
    shown = office.shown(promotion_id)["used"]
    return {**shown, "cost": shown["cost"] and shown["cost"]["amount"]}


def taken(office: Office, promotion_id: str) -> tuple[int, int]:
    shown = used(office, promotion_id)
    return shown["uses"], shown["units"]


def delivered(market: Market) -> None:
    """All that happened to orders is told to the promotions, the latest first."""
    for item in reversed(market.events()):
        orders_consumers.follow_limits(market.context, Event(item["event"], item["sk"], item))


def exhausted(answer: Answer) -> list[tuple[str, str]]:
    """The limits that refused it, and what is left of them."""
    assert (answer.status, answer.json["code"]) == (409, "promotion_exhausted"), answer.text
    return [(each["limit"], each["left"]) for each in answer.json["promotions"]]


def price(market: Market, **more: Any) -> tuple[str, str, str]:
    """Unit price of a lamp, the rule that makes it, and what is said of the promotion where it does not."""
    body = {"lines": [{"sku": "LMP-1", "quantity": 1}], "explain": True, **more}
    (line,) = market.api.call("POST", "/v1/quotes", market.buyer, body).json["lines"]
    said = [each["reason"] for each in line["explanation"]["rejected"] if each["name"] == "promotion"]
    return line["unit_price"]["amount"], line["explanation"]["rule"]["name"], "".join(said)


# --- what is refused --------------------------------------------------------------------------------------------------


def test_an_order_for_more_units_than_are_left_is_refused_with_the_prices_without_the_promotion(
    market: Market, office: Office
):
    promotion_id = office.run((1, "10"), limits={"units": 12})
    assert market.place({"LMP-1": 10}).status == 201
    refused = market.place({"LMP-1": 5, "LMP-2": 6}, comment="again")
    assert exhausted(refused) == [("units", "2")]
    assert refused.json["promotions"][0]["name_ru"] == "Осень"
    assert [
        (line["sku"], line["unit_price"]["amount"], line["without_promotion"]["amount"])
        for line in refused.json["lines"]
    ] == [("LMP-1", "108.00", "120.00"), ("LMP-2", "9.045", "10.05")]
    assert taken(office, promotion_id) == (1, 10)
    assert market.place({"LMP-1": 2}).status == 201
    assert taken(office, promotion_id) == (2, 12)


def test_the_same_order_may_be_placed_without_the_promotion(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"units": 2})
    assert exhausted(market.place({"LMP-1": 5})) == [("units", "2")]
    body = {"lines": [{"sku": "LMP-1", "quantity": 5, "unit_price": "120.00"}], "without_promotions": [promotion_id]}
    assert market.post("/v1/orders", market.buyer, body).status == 201
    assert price(market, without_promotions=[promotion_id])[:2] == ("120.00", "base_price")
    assert taken(office, promotion_id) == (0, 0)


def test_a_budget_is_what_the_goods_would_cost_more_without_the_promotion(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"budget": {"amount": "100.00", "currency": "RUB"}})
    assert market.place({"LMP-1": 5}).status == 201  # 12 off a lamp
    assert used(office, promotion_id) == {"uses": 1, "units": 5, "cost": "60.00", "exhausted": False}
    assert exhausted(market.place({"LMP-1": 4})) == [("budget", "40")]
    assert market.place({"LMP-1": 3}).status == 201


def test_goods_in_another_currency_are_not_on_a_promotion_with_a_budget(market: Market, office: Office):
    office.run((1, "10"), limits={"budget": {"amount": "100.00", "currency": "EUR"}})
    assert price(market) == ("120.00", "base_price", "Promotion “Autumn”: is for goods sold in EUR.")


def test_a_company_uses_a_promotion_as_often_as_it_may_and_is_quoted_no_more_of_it(market: Market, office: Office):
    office.run((1, "10"), limits={"uses_per_company": 1})
    order_id = market.placed({"LMP-1": 1})
    said = "Promotion “Autumn”: the company has used it as often as it may (orders: 1)."
    assert price(market) == ("120.00", "base_price", said)
    assert market.place({"LMP-1": 1}).json["lines"][0]["unit_price"]["amount"] == "120.00"
    market.cancel(order_id)
    assert price(market)[0] == "108.00"


def test_a_promotion_that_is_used_up_is_quoted_no_more(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"uses": 1})
    order_id = market.placed({"LMP-1": 1})
    assert price(market)[0] == "108.00"  # the prices are not told yet; the counters know it already
    assert exhausted(market.place({"LMP-1": 1})) == [("uses", "0")]
    delivered(market)
    assert price(market) == ("120.00", "base_price", "Promotion “Autumn”: has been used up.")
    assert used(office, promotion_id)["exhausted"] is True
    (listed,) = market.api.call("GET", "/v1/promotions", market.buyer).json["items"]
    assert listed["for_you"] is False
    market.reject(order_id)
    delivered(market)
    assert price(market)[0] == "108.00"


def test_what_two_promotions_leave_is_told_together(market: Market, office: Office):
    office.run((1, "10"), goods={"skus": ["LMP-1"]}, limits={"units": 1})
    office.run((1, "10"), goods={"skus": ["LMP-2"]}, limits={"units": 3})
    refused = market.place({"LMP-1": 2, "LMP-2": 6})
    assert sorted(exhausted(refused)) == [("units", "1"), ("units", "3")]
    assert len(refused.json["lines"]) == 2


# --- what is given back -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["cancel", "reject"])
def test_an_order_that_comes_to_nothing_gives_all_back(market: Market, office: Office, end: str):
    promotion_id = office.run((1, "10"), limits={"uses": 1, "budget": {"amount": "120.00", "currency": "RUB"}})
    order_id = market.placed({"LMP-1": 10})
    assert getattr(market, end)(order_id).status == 200
    assert used(office, promotion_id) == {"uses": 0, "units": 0, "cost": "0.00", "exhausted": False}
    assert market.place({"LMP-1": 10}).status == 201


def test_what_is_accepted_with_less_gives_the_rest_back_and_a_dropped_line_its_use(market: Market, office: Office):
    promotion_id = office.run((1, "10"), goods={"skus": ["LMP-1"]}, limits={"units": 10})
    first, second = market.placed({"LMP-1": 5, "LMP-2": 6}), market.placed({"LMP-1": 5})
    market.accept(first, {"LMP-1": 0})
    market.accept(second, {"LMP-1": 4})
    assert taken(office, promotion_id) == (1, 4)


def test_what_was_shipped_stays_used(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"units": 10})
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id)
    assert taken(office, promotion_id) == (1, 10)


def test_a_distributor_accepts_more_only_if_the_promotion_has_it(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"units": 12})
    order_id = market.placed({"LMP-1": 10})
    changed = market.accept(order_id, {"LMP-1": 13})
    assert changed.json["state"] == "changed"
    refused = market.post(f"/v1/orders/{order_id}/confirm", market.buyer, {}, headers={"if-match": '"2"'})
    assert exhausted(refused) == [("units", "2")]
    market.accept(order_id, {"LMP-1": 12})
    assert market.post(f"/v1/orders/{order_id}/confirm", market.buyer, {}, headers={"if-match": '"3"'}).status == 200
    assert taken(office, promotion_id) == (1, 12)


def test_an_enlarged_order_takes_the_lower_price_that_its_quantities_reach(market: Market, office: Office):
    small = office.run((1, "5"), limits={"uses": 1, "uses_per_company": 1})
    large = office.run((12, "20"), limits={"units": 30})
    order_id = market.placed({"LMP-1": 10, "LMP-2": 6})
    assert market.order(order_id)["lines"][0]["unit_price"]["amount"] == "114.00"
    assert (taken(office, small), taken(office, large)) == ((1, 16), (0, 0))
    lines = market.accept(order_id, {"LMP-1": 12}).json["lines"]
    assert [each["proposed_unit_price"] and each["proposed_unit_price"]["amount"] for each in lines] == ["96.00", None]
    changed = market.order(order_id)
    assert (changed["total"]["amount"], changed["proposed_total"]["amount"]) == ("1197.29", "1209.29")
    assert (taken(office, small), taken(office, large)) == ((1, 16), (0, 0))  # nothing holds before it is confirmed
    confirmed = market.confirm(order_id)
    assert confirmed.json["total"]["amount"] == "1209.29"
    assert confirmed.json["lines"][0]["rule"]["reason"].startswith("Promotion “Autumn”: 20 %")
    assert (taken(office, small), taken(office, large)) == ((1, 6), (1, 12))


def test_a_promotion_that_an_enlarged_order_leaves_is_there_for_others(market: Market, office: Office):
    small = office.run((1, "5"), limits={"uses": 1})
    office.run((12, "20"))
    order_id = market.placed({"LMP-1": 10})
    delivered(market)
    assert price(market)[:2] == ("120.00", "base_price")
    market.accept(order_id, {"LMP-1": 12})
    assert market.confirm(order_id).status == 200
    (confirmed,) = (item for item in market.events() if item["event"] == "order.confirmed")
    orders_consumers.follow_limits(market.context, Event("order.confirmed", "evt_1", confirmed))
    assert used(office, small) == {"uses": 0, "units": 0, "cost": None, "exhausted": False}
    assert price(market)[:2] == ("114.00", "promotion")


def test_an_enlarged_order_reaches_the_next_bracket_of_a_promotion_that_a_company_uses_once(
    market: Market, office: Office
):
    office.run((1, "5"), (12, "20"), limits={"uses_per_company": 1})
    order_id = market.placed({"LMP-1": 10})
    assert market.accept(order_id, {"LMP-1": 12}).json["lines"][0]["proposed_unit_price"]["amount"] == "96.00"
    assert market.confirm(order_id).json["total"]["amount"] == "1152.00"


def test_a_lower_price_that_a_promotion_has_no_room_for_is_proposed_again_without(market: Market, office: Office):
    large = office.run((12, "20"), limits={"units": 12})
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id, {"LMP-1": 13})
    assert exhausted(market.confirm(order_id)) == [("units", "12")]
    assert market.place({"LMP-1": 12}).status == 201
    delivered(market)
    again = market.accept(order_id, {"LMP-1": 13}).json["lines"][0]
    assert again["proposed_unit_price"] is None
    assert market.confirm(order_id).status == 200
    assert taken(office, large) == (1, 12)


# --- keeping them -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "pointer"),
    [
        ({}, "/limits"),
        ({"uses": 0}, "/limits/uses"),
        ({"units": 0}, "/limits/units"),
        ({"budget": {"amount": "0", "currency": "RUB"}}, "/limits/budget/amount"),
        ({"uses_per_company": 0}, "/limits/uses_per_company"),
    ],
)
def test_limits_that_say_nothing_are_refused(office: Office, limits: dict[str, Any], pointer: str):
    answer = office.api.call("POST", "/v1/staff/promotions", MARKETING, office.form((1, "10"), limits=limits))
    assert [found for found, _ in errors(answer)] == [pointer]


def test_so_many_promotions_with_limits_run_at_once_that_an_order_may_use_them_all(office: Office):
    for _ in range(20):
        office.run((1, "10"), limits={"uses": 1})
    refused = office.approve(office.draft((1, "10"), limits={"uses": 1}), confirm=True)
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert office.approve(office.draft((1, "10")), confirm=True).status == 200


def test_another_promotion_that_begins_or_ends_leaves_it_used_up(market: Market, office: Office):
    office.run((1, "10"), limits={"uses": 1})
    market.placed({"LMP-1": 1})
    delivered(market)
    other = office.run((1, "5"), goods={"skus": ["LMP-2"]})
    assert price(market)[0] == "120.00"
    office.step(other, "end", version=2)
    assert price(market)[0] == "120.00"


# --- what prices are told ---------------------------------------------------------------------------------------------


def test_prices_are_told_once_whatever_breaks(market: Market, office: Office):
    office.run((1, "10"), limits={"uses": 1})
    market.placed({"LMP-1": 1})
    running = market.context.table.get(promotions_keys.running_promotions()) or {}
    for interruption in chain(crashes(), lost_replies()):
        market.context.table.put(running)
        with interruption, suppress(ConnectionClosedError):
            delivered(market)
        delivered(market)
        assert price(market)[0] == "120.00", interruption


def test_prices_say_at_last_what_the_counters_say_whatever_comes_between(market: Market, office: Office):
    promotion_id = office.run((1, "10"), limits={"uses": 1})
    order_id = market.placed({"LMP-1": 1})
    before = {(item["pk"], item["sk"]): item for item in market.everything()}
    for race in races(lambda: _cancelled_and_told(market, order_id, promotion_id)):
        for item in before.values():
            market.context.table.put(item)
        with race:
            usage.follow_limits(market.context, promotion_id)
        if race.happened:
            assert price(market)[0] == "108.00", race


def _cancelled_and_told(market: Market, order_id: str, promotion_id: str) -> None:
    assert market.cancel(order_id).status == 200
    usage.follow_limits(market.context, promotion_id)


# --- many at once -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("a_request_per_thread")
def test_of_many_orders_at_once_just_as_many_use_a_promotion_as_may(local_market: Market):
    office = Office(local_market.api, local_market.context)
    promotion_id = office.run((1, "10"), limits={"uses": 10})
    answers = at_once(CALLERS, lambda number: local_market.place({"LMP-1": 1}, key=f"cart-{number}"))
    assert [answer.status for answer in answers].count(201) == 10
    refused = [answer for answer in answers if answer.status != 201]
    assert {tuple(exhausted(answer)) for answer in refused} == {(("uses", "0"),)}
    assert {answer.json["lines"][0]["without_promotion"]["amount"] for answer in refused} == {"120.00"}
    assert taken(office, promotion_id) == (10, 10)
