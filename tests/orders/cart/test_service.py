"""A member's cart: kept, shown at today's prices, ordered at those it was put in at."""

from dataclasses import replace
from itertools import chain, count
from typing import Any

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from tests.catalog.steps import row, stock
from tests.orders.steps import Market, errors
from tests.pricing.steps import Office
from tests.support.api import Answer, Api, Caller
from tests.support.crashes import crashes, lost_replies, races
from tests.support.partners import company, dismissed, speaks_for
from tests.support.spent import calls_counted
from tests.support.table import everything, restore


@pytest.fixture
def market(memory_market: Market) -> Market:
    return memory_market


@pytest.fixture
def counted_market(api: Api, context: Context) -> Market:
    """Whose calls can be counted."""
    return Market(api, context)


def show(market: Market, caller: Caller | None = None, query: str = "") -> Any:
    answer = market.api.call("GET", f"/v1/cart{query}", caller or market.buyer)
    assert answer.status == 200, answer.text
    assert answer.headers["etag"] == f'"{answer.json["version"]}"'
    return answer.json


def put_in(market: Market, lines: dict[str, int], caller: Caller | None = None, key: str | None = None) -> Answer:
    body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines.items()]}
    return market.post("/v1/cart/lines", caller or market.buyer, body, key=key)


def replaced(market: Market, version: int, *lines: tuple[Any, ...]) -> Answer:
    names = ("sku", "quantity", "unit_price")
    body = {"lines": [dict(zip(names, line, strict=False)) for line in lines]}
    return market.api.call("PUT", "/v1/cart", market.buyer, body, headers={"if-match": f'"{version}"'})


def ordered(market: Market, version: int, key: str | None = None) -> Answer:
    return market.post("/v1/orders", market.buyer, {"cart_version": version}, key=key)


def lines_of(cart: Any) -> dict[str, int]:
    return {line["sku"]: line["quantity"] for line in cart["lines"]}


# --- kept -------------------------------------------------------------------------------------------------------------


def test_a_cart_that_nobody_filled_is_empty_and_cannot_be_ordered(market: Market):
    cart = show(market)
    assert (cart["version"], cart["lines"], cart["total"], cart["can_be_ordered"]) == (0, [], None, False)
    assert errors(ordered(market, 0)) == [("/cart_version", "greater_than_equal")]


def test_what_is_put_in_lies_there_at_the_next_visit_at_the_members_own_price(market: Market):
    Office(market.api, market.context).run((6, "10"))
    answer = put_in(market, {"LMP-1": 10, "LMP-2": 12})
    assert (answer.status, answer.json["version"], answer.json["line_count"]) == (200, 1, 2)
    cart = show(market)
    assert [(line["sku"], line["quantity"], line["amount"]["amount"]) for line in cart["lines"]] == [
        ("LMP-1", 10, "1080.00"),
        ("LMP-2", 12, "108.54"),
    ]
    assert (cart["total"]["amount"], cart["can_be_ordered"]) == ("1188.54", True)
    assert cart["lines"][0]["explanation"] is None
    assert show(market, query="?explain=true")["lines"][0]["explanation"]["rule"]["name"] == "promotion"


def test_more_of_the_same_is_added_up_and_priced_together(market: Market):
    Office(market.api, market.context).run((6, "10"))
    put_in(market, {"LMP-1": 4})
    added = put_in(market, {"LMP-1": 4, "LMP-3": 1}).json
    assert (added["version"], added["line_count"]) == (2, 2)
    assert [(line["sku"], line["quantity"], line["unit_price"]["amount"]) for line in added["lines"]] == [
        ("LMP-1", 8, "108.00"),
        ("LMP-3", 1, "999.99"),
    ]
    assert [line["price_changed"] for line in show(market)["lines"]] == [False, False]


def test_a_line_that_makes_others_cheaper_leaves_the_cart_as_it_can_be_ordered(market: Market):
    Office(market.api, market.context).run((6, "10"), across_articles=True)
    put_in(market, {"LMP-1": 4})
    added = put_in(market, {"LMP-3": 2}).json
    assert [(line["sku"], line["unit_price"]["amount"], line["price_changed"]) for line in added["lines"]] == [
        ("LMP-3", "899.99", False)
    ]
    cart = show(market)
    assert [(line["put_in_at"]["amount"], line["price_changed"]) for line in cart["lines"]] == [
        ("108.00", False),
        ("899.99", False),
    ]
    assert cart["can_be_ordered"] is True
    without = replaced(market, 2, ("LMP-1", 4)).json
    assert [(line["put_in_at"]["amount"], line["price_changed"]) for line in without["lines"]] == [("108.00", True)]
    assert replaced(market, 3, ("LMP-1", 4), ("LMP-3", 2)).json["can_be_ordered"] is True
    assert ordered(market, 4).json["total"] == cart["total"]


def test_putting_in_twice_under_one_key_puts_in_once(market: Market):
    first = put_in(market, {"LMP-1": 4}, key="once")
    again = put_in(market, {"LMP-1": 4}, key="once")
    assert again.json == first.json
    assert lines_of(show(market)) == {"LMP-1": 4}


def test_the_whole_cart_can_be_replaced_by_who_saw_it_as_it_is(market: Market):
    put_in(market, {"LMP-1": 4})
    answer = replaced(market, 1, ("LMP-2", 6), ("LMP-1", 5))
    assert (answer.status, lines_of(answer.json), answer.json["version"]) == (200, {"LMP-2": 6, "LMP-1": 5}, 2)
    assert replaced(market, 1, ("LMP-3", 1)).status == 412
    assert lines_of(show(market)) == {"LMP-2": 6, "LMP-1": 5}


def test_a_cart_can_begin_with_being_replaced(market: Market):
    assert replaced(market, 0, ("LMP-1", 5)).json["version"] == 1
    assert replaced(market, 0, ("LMP-1", 6)).status == 412


def test_a_cart_is_cleared_by_who_saw_it_as_it_is_and_no_version_comes_back(market: Market):
    put_in(market, {"LMP-1": 4})
    clear = lambda version: market.api.call(  # noqa: E731
        "DELETE", "/v1/cart", market.buyer, headers={"if-match": f'"{version}"'}
    )
    assert clear(7).status == 412
    assert clear(1).status == 204
    assert (show(market)["lines"], show(market)["version"]) == ([], 2)
    assert put_in(market, {"LMP-1": 4}).json["version"] == 3


def test_goods_that_there_are_not_and_a_line_twice_are_refused_and_what_else_is_wrong_is_told_beside(market: Market):
    assert errors(put_in(market, {"LMP-1": 1, "NO-SUCH": 1})) == [("/lines/1/sku", "unknown_sku")]
    assert errors(replaced(market, 0, ("LMP-1", 1), ("LMP-1", 2))) == [("/lines/1/sku", "repeated")]
    assert put_in(market, {"LMP-2": 7}).json["lines"][0]["errors"][0]["code"] == "pack_multiple"
    cart = show(market)
    assert cart["lines"][0]["errors"][0]["pointer"] == "/lines/0/quantity"
    assert cart["can_be_ordered"] is False
    assert errors(ordered(market, 1)) == [("/lines/0/quantity", "pack_multiple")]


def test_a_cart_holds_as_much_as_an_order_and_no_more(market: Market):
    stock(market.context, *(row(f"S-{number:03}") for number in range(201)))
    assert put_in(market, {f"S-{number:03}": 1 for number in range(200)}).json["line_count"] == 200
    assert errors(put_in(market, {"S-200": 1})) == [("/lines", "too_many_lines")]
    assert errors(put_in(market, {"S-000": 1_000_000})) == [("/lines/0/quantity", "too_many_units")]
    assert show(market)["version"] == 1


def test_a_member_who_speaks_for_another_company_by_now_does_not_see_the_old_ones_cart(market: Market):
    put_in(market, {"LMP-1": 4})
    dismissed(market.context, "cmp_1")
    company(market.context, "cmp_2")
    assert show(market, speaks_for(market.context, "cmp_2"))["lines"] == []


def test_each_of_a_companys_people_has_a_cart_of_their_own(market: Market):
    put_in(market, {"LMP-1": 4})
    colleague = speaks_for(market.context, "cmp_1", "mbr_2", "engineer")
    assert show(market, colleague)["lines"] == []
    put_in(market, {"LMP-3": 1}, colleague)
    assert lines_of(show(market)) == {"LMP-1": 4}


def test_the_calculators_luminaires_go_straight_into_the_cart(market: Market):
    lumens = [{"name": "luminous_flux_lm", "number": "3600"}, {"name": "power_w", "number": "30"}]
    stock(market.context, row("LUM-1", attributes=lumens, pack_multiple=4))
    question = {"rooms": [{"length_m": 9, "width_m": 6, "height_m": 3, "kind": "office"}], "skus": ["LUM-1"]}
    (total,) = market.api.call("POST", "/v1/tools/lighting", market.buyer, question).json["totals"]
    answer = market.post("/v1/cart/lines", market.buyer, {"lines": total["lines"]})
    assert answer.json["lines"][0]["errors"] == []
    assert lines_of(show(market)) == {"LUM-1": total["lines"][0]["quantity"]}


# --- at today's prices ------------------------------------------------------------------------------------------------


def repriced(market: Market) -> None:
    stock(market.context, row("LMP-1", "130.00"))


def test_a_price_that_changed_since_is_marked_and_stays_so_until_the_member_agrees(market: Market):
    put_in(market, {"LMP-1": 4, "LMP-3": 1})
    repriced(market)
    cart = show(market)
    marked = [
        (line["put_in_at"]["amount"], line["unit_price"]["amount"], line["price_changed"]) for line in cart["lines"]
    ]
    assert marked == [("120.00", "130.00", True), ("999.99", "999.99", False)]
    assert cart["can_be_ordered"] is False

    another_line = replaced(market, 1, ("LMP-1", 4), ("LMP-3", 2)).json
    assert [line["price_changed"] for line in another_line["lines"]] == [True, False]
    agreed = replaced(market, 2, ("LMP-1", 4, "130.00"), ("LMP-3", 2)).json
    assert [line["price_changed"] for line in agreed["lines"]] == [False, False]
    assert agreed["can_be_ordered"] is True


def test_a_price_that_a_member_claims_to_have_seen_is_marked_when_it_is_not_todays(market: Market):
    assert replaced(market, 0, ("LMP-1", 4, "1.00")).json["lines"][0]["price_changed"] is True


# --- ordered ----------------------------------------------------------------------------------------------------------


def test_the_order_of_a_cart_holds_its_lines_and_leaves_it_empty(market: Market):
    put_in(market, {"LMP-1": 4, "LMP-2": 12})
    cart = show(market)
    placed = ordered(market, 1)
    assert placed.status == 201
    assert (lines_of(placed.json), placed.json["total"]) == ({"LMP-1": 4, "LMP-2": 12}, cart["total"])
    assert (show(market)["lines"], show(market)["version"]) == ([], 2)
    assert errors(ordered(market, 2)) == [("/cart_version", "empty_cart")]


def test_an_order_names_lines_or_the_cart(market: Market):
    put_in(market, {"LMP-1": 4})
    both = {"cart_version": 1, "lines": [{"sku": "LMP-1", "quantity": 1}]}
    assert errors(market.post("/v1/orders", market.buyer, both)) == [("", "one_of")]
    assert errors(market.post("/v1/orders", market.buyer, {})) == [("", "one_of")]


def test_a_cart_that_changed_since_it_was_seen_is_not_ordered(market: Market):
    put_in(market, {"LMP-1": 4})
    put_in(market, {"LMP-3": 1})
    refused = ordered(market, 1)
    assert (refused.status, refused.json["code"]) == (409, "cart_changed")
    assert market.events() == []


def test_a_cart_is_not_ordered_at_another_price_than_it_was_put_in_at(market: Market):
    put_in(market, {"LMP-1": 4})
    repriced(market)
    refused = ordered(market, 1)
    assert (refused.status, refused.json["code"]) == (409, "price_changed")
    assert refused.json["lines"][0]["quoted"] == "120.00"
    assert (market.events(), lines_of(show(market))) == ([], {"LMP-1": 4})


def test_what_comes_between_leaves_either_the_order_of_what_was_seen_or_the_fuller_cart(market: Market):
    put_in(market, {"LMP-1": 4})
    beginning = everything(market.context)
    for race in races(lambda: put_in(market, {"LMP-3": 1}) and None):
        restore(market.context, beginning)
        with race:
            answer = ordered(market, 1)
        cart = lines_of(show(market))
        if answer.status == 201:
            assert (lines_of(answer.json), cart) == ({"LMP-1": 4}, {}), race
        else:
            assert (answer.json["code"], cart) == ("cart_changed", {"LMP-1": 4, "LMP-3": 1}), race
            assert market.events() == [], race


def test_a_cart_that_is_ordered_at_two_screens_at_once_is_one_order(market: Market):
    put_in(market, {"LMP-1": 4})
    beginning = everything(market.context)
    others: list[Answer] = []
    for race in races(lambda: others.append(ordered(market, 1))):
        restore(market.context, beginning)
        others.clear()
        with race:
            answer = ordered(market, 1)
        assert [event["event"] for event in market.events()] == ["order.placed"], race
        if others:
            assert (others[0].status, answer.status, answer.json["code"]) == (201, 409, "cart_changed"), race


@pytest.mark.parametrize("step", ["order", "put in"])
def test_an_interrupted_step_is_finished_by_its_repeat_and_done_once(
    market: Market, monkeypatch: pytest.MonkeyPatch, step: str
):
    put_in(market, {"LMP-1": 4})
    beginning = everything(market.context)

    def attempt() -> Answer:
        numbers = count(1)
        context = replace(market.context, new_id=lambda prefix: f"{prefix}_again{next(numbers)}")
        monkeypatch.setattr(respond, "context_now", lambda: context)
        return ordered(market, 1, key="the-one") if step == "order" else put_in(market, {"LMP-3": 1}, key="the-one")

    undisturbed = attempt()
    assert undisturbed.status in (200, 201)
    wanted = everything(market.context)
    for interruption in chain(crashes(), lost_replies()):
        restore(market.context, beginning)
        with interruption:
            attempt()
        again = attempt()
        assert (again.status, again.json) == (undisturbed.status, undisturbed.json), interruption
        assert everything(market.context) == wanted, interruption


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_a_cart_of_twenty_lines_is_shown_in_three_reads_and_ordered_in_one_more_than_lines_are(counted_market: Market):
    stock(counted_market.context, *(row(f"S-{number:02}") for number in range(20)))
    put_in(counted_market, {f"S-{number:02}": 1 for number in range(20)})
    with calls_counted(counted_market.context.table.client) as made:
        show(counted_market)
    assert made == ["GetItem", "BatchGetItem", "Query"]
    with calls_counted(counted_market.context.table.client) as made:
        ordered(counted_market, 1)
    assert made == ["GetItem", "GetItem", "BatchGetItem", "Query", "TransactWriteItems"]
