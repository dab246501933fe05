"""A cart at today's prices, and orders that insist on them."""

from typing import Any

import pytest

from chalicelib.orders.config import Orders
from chalicelib.platform.http import respond
from tests.catalog.steps import row, stock
from tests.orders.steps import Market, errors
from tests.pricing.steps import MANAGER, Office
from tests.support.api import Answer
from tests.support.figures import with_figures
from tests.support.spent import calls_counted


def quote(market: Market, *lines: tuple[str, int], **more: Any) -> Answer:
    body = {"lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines], **more}
    return market.api.call("POST", "/v1/quotes", market.buyer, body)


def told(answer: Answer) -> list[tuple[str, str | None, list[str]]]:
    assert answer.status == 200, answer.text
    return [
        (line["sku"], line["amount"] and line["amount"]["amount"], [error["code"] for error in line["errors"]])
        for line in answer.json["lines"]
    ]


def test_a_cart_is_priced_as_it_would_be_ordered(market: Market):
    Office(market.api, market.context).run((6, "10"))
    answer = quote(market, ("LMP-1", 10), ("LMP-2", 12))
    assert told(answer) == [("LMP-1", "1080.00", []), ("LMP-2", "108.54", [])]
    assert answer.json["total"] == {"amount": "1188.54", "currency": "RUB"}
    assert answer.json["can_be_ordered"] is True
    placed = market.place({"LMP-1": 10, "LMP-2": 12})
    assert placed.json["total"] == answer.json["total"]


def test_brackets_across_articles_count_all_goods_of_the_promotion_in_a_cart(market: Market):
    goods = {"skus": ["LMP-1", "LMP-3"]}
    Office(market.api, market.context).run((6, "10"), goods=goods, across_articles=True)
    below = quote(market, ("LMP-1", 4), ("LMP-3", 1), ("LMP-2", 12))
    assert [amount for _, amount, _ in told(below)] == ["480.00", "999.99", "120.60"]
    reached = quote(market, ("LMP-1", 4), ("LMP-3", 2), ("LMP-2", 12))
    assert [amount for _, amount, _ in told(reached)] == ["432.00", "1799.98", "120.60"]
    placed = market.place({"LMP-1": 4, "LMP-3": 2, "LMP-2": 12})
    assert placed.json["total"] == reached.json["total"]


def test_a_percent_off_thousands_of_cheap_units_is_taken_from_their_sum(market: Market):
    stock(market.context, row("SCR-1", "0.04"))
    Office(market.api, market.context).agree({"discounts": [{"goods": {"skus": ["SCR-1"]}, "percent": "11"}]})
    quoted = quote(market, ("SCR-1", 10_000)).json["lines"][0]
    assert (quoted["unit_price"]["amount"], quoted["amount"]["amount"]) == ("0.0356", "356.00")
    lines = [{"sku": "SCR-1", "quantity": 10_000, "unit_price": "0.0356"}]
    placed = market.post("/v1/orders", market.buyer, {"lines": lines})
    assert (placed.status, placed.json["total"]["amount"]) == (201, "356.00")
    refused = market.post("/v1/orders", market.buyer, {"lines": [{**lines[0], "unit_price": "0.04"}]})
    (changed,) = refused.json["lines"]
    assert (changed["quoted"], changed["unit_price"]["amount"]) == ("0.04", "0.0356")


def test_a_cart_leaves_nothing_behind(market: Market):
    before = market.everything()
    quote(market, ("LMP-1", 10))
    assert market.everything() == before


def test_lines_that_cannot_be_ordered_are_told_beside_the_others(market: Market):
    answer = quote(market, ("LMP-1", 1), ("NO-SUCH", 1), ("LMP-2", 7), ("LMP-1", 2))
    assert told(answer) == [
        ("LMP-1", "120.00", []),
        ("NO-SUCH", None, ["unknown_sku"]),
        ("LMP-2", "70.35", ["pack_multiple"]),
        ("LMP-1", "240.00", ["repeated"]),
    ]
    assert answer.json["can_be_ordered"] is False


def test_a_cart_of_unknown_goods_has_no_total(market: Market):
    answer = quote(market, ("NO-SUCH", 1))
    assert (answer.json["total"], answer.json["can_be_ordered"]) == (None, False)


def test_the_explanation_comes_when_it_is_asked_for(market: Market):
    assert quote(market, ("LMP-1", 1)).json["lines"][0]["explanation"] is None
    refusal_problem = quote(market, ("LMP-1", 1), explain=True).json["lines"][0]["explanation"]
    assert (refusal_problem["rule"]["name"], refusal_problem["rejected"][0]["name"]) == ("base_price", "tier_discount")


def test_two_hundred_lines_are_one_question_of_three_calls_and_one_for_who_delivers(market: Market):
    stock(market.context, *(row(f"S-{number:03}") for number in range(200)))
    with calls_counted(market.context.table.client) as made:
        answer = quote(market, *((f"S-{number:03}", 1) for number in range(200)))
    assert len(told(answer)) == 200
    assert made == [*["BatchGetItem"] * 3, "Query"]
    with calls_counted(market.context.table.client) as made:
        quote(market, *((f"S-{number:03}", 1) for number in range(20)))
    assert made == ["BatchGetItem", "Query"]


# --- an order at the quoted price -------------------------------------------------------------------------------------


def order_at(market: Market, sku: str, quantity: int, unit_price: str) -> Answer:
    lines = [{"sku": sku, "quantity": quantity, "unit_price": unit_price}]
    return market.post("/v1/orders", market.buyer, {"lines": lines})


def test_an_order_at_the_quoted_price_is_placed(market: Market):
    unit_price = quote(market, ("LMP-1", 10)).json["lines"][0]["unit_price"]["amount"]
    assert order_at(market, "LMP-1", 10, unit_price).status == 201


def test_an_order_at_a_price_that_changed_is_refused_with_the_new_one(market: Market):
    office = Office(market.api, market.context)
    promotion_id = office.run((6, "10"))
    unit_price = quote(market, ("LMP-1", 10)).json["lines"][0]["unit_price"]["amount"]
    office.step(promotion_id, "end", version=2)
    refused = order_at(market, "LMP-1", 10, unit_price)
    assert (refused.status, refused.json["code"]) == (409, "price_changed")
    assert refused.json["lines"] == [
        {"sku": "LMP-1", "quoted": "108.00", "unit_price": {"amount": "120.00", "currency": "RUB"}}
    ]
    assert market.events() == []
    assert order_at(market, "LMP-1", 10, "120.00").status == 201


# --- the smallest order -----------------------------------------------------------------------------------------------


@pytest.fixture
def with_minimum(market: Market, monkeypatch: pytest.MonkeyPatch) -> Market:
    """The club takes no order below 1,000 RUB."""
    config = with_figures(market.context, Orders, minimum={"RUB": 1000}).config
    object.__setattr__(market.context, "config", config)
    monkeypatch.setattr(respond, "context_now", lambda: market.context)
    return market


def test_an_order_below_the_smallest_is_refused(with_minimum: Market):
    assert errors(with_minimum.place({"LMP-1": 8})) == [("/lines", "below_minimum")]
    answer = quote(with_minimum, ("LMP-1", 8))
    assert (answer.json["minimum_order"]["amount"], answer.json["can_be_ordered"]) == ("1000.00", False)
    assert with_minimum.place({"LMP-1": 9}).status == 201


def test_nobody_falls_below_the_smallest_order_by_taking_a_promotion(with_minimum: Market):
    Office(with_minimum.api, with_minimum.context).run((6, "10"))
    answer = quote(with_minimum, ("LMP-1", 9))
    assert (answer.json["total"]["amount"], answer.json["can_be_ordered"]) == ("972.00", True)
    assert with_minimum.place({"LMP-1": 9}).status == 201
    assert errors(with_minimum.place({"LMP-1": 8})) == [("/lines", "below_minimum")]


def test_a_company_may_have_agreed_on_a_smaller_one(with_minimum: Market):
    url = f"/v1/staff/companies/{with_minimum.company_id}/terms"
    contract = {"number": "K-7", "from": with_minimum.context.today.isoformat(), "minimum_order": "500.00"}
    with_minimum.api.call("PUT", url, MANAGER, {"contracts": [contract]}, headers={"if-match": '"0"'})
    assert with_minimum.place({"LMP-1": 5}).status == 201
    assert errors(with_minimum.place({"LMP-1": 4})) == [("/lines", "below_minimum")]
