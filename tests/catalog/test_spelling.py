"""Article numbers that are not typed as the catalogue spells them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search.rules import Index, ProductFilter, entry_of
from chalicelib.platform.spelling.words import one_alphabet
from tests.catalog.steps import listed, row
from tests.orders.conftest import memory_market as memory_market
from tests.orders.steps import Market, errors
from tests.support.api import Caller
from tests.support.partners import OPERATIONS, on_staff, staff

TYPED = ["рn-р", "PN-P", "РN-Р", "pn – p", " pn-p"]  # Cyrillic letters among Latin ones, small letters, another dash
_TWINS = str.maketrans("ABCEHKMOPTXY", "АВСЕНКМОРТХУ")


@pytest.fixture
def market(memory_market: Market) -> Market:
    listed(memory_market.context, row("PN-P"), row("LMP-1"))
    return memory_market


def quoted(market: Market, *skus: str) -> Any:
    lines = [{"sku": sku, "quantity": 2} for sku in skus]
    return market.api.call("POST", "/v1/quotes", market.buyer, {"lines": lines}).json["lines"]


@pytest.mark.parametrize("sku", TYPED)
def test_an_order_a_quote_and_a_cart_take_the_article_that_is_meant(market: Market, sku: str) -> None:
    assert [(line["sku"], line["errors"]) for line in quoted(market, sku, "LMP-1")] == [("PN-P", []), ("LMP-1", [])]
    added = market.post("/v1/cart/lines", market.buyer, {"lines": [{"sku": sku, "quantity": 2}]})
    assert [line["sku"] for line in added.json["lines"]] == ["PN-P"]
    placed = market.place({sku: 2, "LMP-1": 1})
    assert [line["sku"] for line in placed.json["lines"]] == ["PN-P", "LMP-1"]


def test_an_article_named_twice_in_two_spellings_is_named(market: Market) -> None:
    assert errors(market.place({"PN-P": 2, "pn-p": 1})) == [("/lines/1/sku", "repeated")]


def test_an_article_that_may_be_one_of_two_is_asked_back(market: Market) -> None:
    twins = ["PN-P", "РN-P"]
    listed(market.context, row(twins[1]))
    for typed in twins:
        assert market.place({typed: 1}).json["lines"][0]["sku"] == typed
    refused = market.place({"pn-p": 1, "no-such": 1})
    assert errors(refused) == [("/lines/0/sku", "ambiguous_sku"), ("/lines/1/sku", "unknown_sku")]
    assert refused.json["errors"][0]["allowed"] == twins
    [line] = quoted(market, "pn-p")
    assert [error["code"] for error in line["errors"]] == ["ambiguous_sku"] and twins[1] in line["errors"][0]["detail"]


def test_a_product_a_wish_and_a_search_take_the_article_that_is_meant(market: Market) -> None:
    def call(path: str, body: Any = None) -> Any:
        return market.api.call("POST" if body else "GET", path, market.buyer, body)

    assert call("/v1/products/рn-р").json["sku"] == "PN-P"
    assert call("/v1/products/qq-1").status == 404
    assert [each["sku"] for each in call("/v1/products?q=рn-").json["items"]] == ["PN-P"]
    assert call("/v1/demands", {"sku": "pn-p", "quantity": 3}).json["sku"] == "PN-P"


def test_stock_is_recorded_for_the_article_that_is_meant(market: Market) -> None:
    on_staff(market.context, "mbr_staff", "operations")
    at = market.context.at
    rows = [{"sku": sku, "warehouse": "M1", "quantity": 4, "at": at} for sku in ("рn-p", "no-such")]
    results = market.api.call("PUT", "/v1/staff/stock", OPERATIONS, {"stock": rows}).json["items"]
    assert [(each["sku"], each["result"]) for each in results] == [("PN-P", "recorded"), ("no-such", "failed")]
    assert results[1]["errors"][0]["code"] == "unknown_sku"
    [again] = market.api.call("PUT", "/v1/staff/stock", OPERATIONS, {"stock": rows[:1]}).json["items"]
    assert again["result"] == "unchanged"


def test_no_product_is_created_that_is_spelled_like_another(market: Market) -> None:
    on_staff(market.context, "mbr_staff", "operations")
    rows = [row("РN-P"), row("pn-p"), row("NEW-1"), row("new-1"), row("PN-P", "130.00")]
    results = market.api.call("PUT", "/v1/staff/products", OPERATIONS, {"products": rows}).json["items"]
    assert [each["result"] for each in results] == ["failed", "failed", "created", "failed", "updated"]
    assert {each["errors"][0]["code"] for each in results if each["errors"]} == {"spelled_alike"}


def test_a_product_is_taken_with_a_warning_for_each_code_that_the_club_does_not_know(market: Market) -> None:
    on_staff(market.context, "mbr_staff", "operations")
    tree = {"categories": [{"code": "lamps", "name": "Lamps", "name_ru": "Лампы"}]}
    assert market.api.call("PUT", "/v1/staff/categories", OPERATIONS, tree).status == 200
    rows = [
        row("NEW-1", category="lamps", status="modernised", successor="NEW-2"),
        row("NEW-2", category="lapms", status="modernised", successor="NEW-9"),
        row("NEW-3"),
    ]
    russian = {"accept-language": "ru"}
    answer = market.api.call("PUT", "/v1/staff/products", OPERATIONS, {"products": rows}, headers=russian)
    assert [each["result"] for each in answer.json["items"]] == ["created", "created", "created"]
    told = [[(each["pointer"], each["code"]) for each in result["warnings"]] for result in answer.json["items"]]
    assert told == [
        [],
        [("/products/1/category", "unknown_category"), ("/products/1/successor", "unknown_sku")],
        [],
    ]
    assert "Такого раздела ещё нет" in answer.json["items"][1]["warnings"][0]["detail"]


@given(st.text("ABCEHKMOPTXYLN019-", min_size=1, max_size=8), st.integers(1, 8), st.data())
def test_any_beginning_of_an_article_finds_it_in_any_mixture_of_letters(
    sku: str, size: int, data: st.DataObject
) -> None:
    typed = "".join(data.draw(st.sampled_from([letter, letter.translate(_TWINS)])) for letter in sku[:size]).lower()
    index = Index([entry_of(ProductForm.model_validate(row(sku)).product())])
    assert index.find(ProductFilter(text=typed), "sku", limit=1, after=None)[0] == [sku]
    assert one_alphabet(typed) == sku[:size]


def test_an_offer_terms_and_a_promotion_take_the_articles_that_are_meant(market: Market) -> None:
    manager = staff(market.context, "mbr_manager", "manager")
    marketing = staff(market.context, "mbr_marketing", "marketing")
    last = (market.context.today + timedelta(days=120)).isoformat()
    company = f"/v1/staff/companies/{market.company_id}"

    def written(method: str, path: str, caller: Caller, body: Any, **more: Any) -> Any:
        return market.api.call(method, path, caller, body, **more)

    offer = {"goods": {"skus": ["рn-р", "LMP-1"]}, "percent": "5", "floor": "1.00", "to": last}
    issued = written("POST", f"{company}/offers", manager, offer, key="offer")
    assert issued.json["goods"]["skus"] == ["PN-P", "LMP-1"], issued.text
    contract = {"number": "K-1", "from": last, "prices": [{"sku": "pn-p", "price": "99.00"}]}
    agreed = written("PUT", f"{company}/terms", manager, {"contracts": [contract]}, headers={"if-match": '"0"'})
    assert agreed.json["contracts"][0]["prices"][0]["sku"] == "PN-P", agreed.text
    free = {"buy": 10, "pay_within_days": 10, "free": {"sku": "lmp – 1", "quantity": 1}}
    promotion = {"name": "A", "name_ru": "А", "from": last, "to": last, "goods": {"skus": ["pn-p"]}, "on_top": free}
    drafted = written("POST", "/v1/staff/promotions", marketing, promotion)
    assert drafted.status == 201, drafted.text
    assert (drafted.json["goods"]["skus"], drafted.json["on_top"]["free"]["sku"]) == (["PN-P"], "LMP-1"), drafted.text
    twice = {**promotion, "goods": {"skus": ["pn-p", "PN-P"]}}
    assert errors(written("POST", "/v1/staff/promotions", marketing, twice)) == [("/goods/skus", "repeated")]
    unknown = {**offer, "goods": {"skus": ["LMP-1", "no-such"]}}
    assert errors(written("POST", f"{company}/offers", manager, unknown, key="other")) == [
        ("/goods/skus/1", "unknown_sku")
    ]
    listed(market.context, row("РN-P"))
    asked_back = written("POST", f"{company}/offers", manager, offer | {"goods": {"skus": ["pn-p"]}}, key="twin")
    assert errors(asked_back) == [("/goods/skus/0", "ambiguous_sku")]
    assert asked_back.json["errors"][0]["allowed"] == ["PN-P", "РN-P"]
