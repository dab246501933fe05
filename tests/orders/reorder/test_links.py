"""The link of a reminder: it fills the cart of its reader, and nothing else."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import orders
from chalicelib.orders.reorder import rules
from tests.orders.reorder.test_service import a_habit
from tests.orders.steps import Market
from tests.support import partners
from tests.support.api import Answer
from tests.support.crashes import crashes
from tests.support.table import everything
from tests.tiers.steps import days_later

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.fixture
def market(memory_market: Market) -> Market:
    a_habit(memory_market)
    return memory_market


def link(market: Market, member_id: str = "mbr_1", company_id: str = "cmp_1") -> str:
    address = orders.usual_order_link(market.context, member_id, company_id)
    return urlsplit(address).path.removeprefix("/api")


def press(market: Market, address: str) -> Answer:
    return market.api.call("POST", address, raw=b"put=yes", headers=FORM)


def cart(market: Market) -> dict[str, int]:
    answer = market.api.call("GET", "/v1/cart", market.buyer)
    return {line["sku"]: line["quantity"] for line in answer.json["lines"]}


def usual(market: Market) -> dict[str, int]:
    answer = market.api.call("GET", "/v1/usual-order", market.buyer)
    return {line["sku"]: line["quantity"] for line in answer.json["lines"]}


def test_the_page_shows_the_articles_and_changes_nothing(market: Market) -> None:
    before = everything(market.context)
    page = market.api.call("GET", link(market))
    assert page.status == 200 and "noindex" in page.headers["x-robots-tag"]
    assert all(str(quantity) in page.text for quantity in usual(market).values())
    assert everything(market.context) == before


def test_the_button_fills_the_cart_once_and_orders_nothing(market: Market) -> None:
    address, wanted = link(market), usual(market)
    assert wanted
    for crash in crashes():
        with crash:
            press(market, address)
    assert press(market, address).status == 200
    assert cart(market) == wanted
    assert market.events() == []


def test_what_the_cart_holds_already_stays(market: Market) -> None:
    first = next(iter(usual(market)))
    lines = [{"sku": first, "quantity": 60}, {"sku": "LMP-3", "quantity": 2}]
    assert market.post("/v1/cart/lines", market.buyer, {"lines": lines}).status == 200
    press(market, link(market))
    assert cart(market) == {**usual(market), first: 60, "LMP-3": 2}


def test_without_the_button_nothing_is_filled(market: Market) -> None:
    assert market.api.call("POST", link(market), raw=b"", headers=FORM).status == 422
    assert cart(market) == {}


def test_a_forged_link_opens_nothing(market: Market) -> None:
    good = link(market)
    partners.member(market.context, "mbr_9")
    partners.speaks_for(market.context, "cmp_1", "mbr_9")
    later = good.replace(f"{market.context.today + timedelta(days=14):%y%m%d}", "991231")
    forged = [good.replace("mbr_1", "mbr_9"), later, "/v1/letters/x/usual-order", link(market, company_id="cmp_2")]
    for address in forged:
        assert address != good
        assert press(market, address).status == market.api.call("GET", address).status == 404, address
    assert cart(market) == {}


def test_a_link_that_is_over_and_one_of_who_no_longer_buys_say_so(market: Market) -> None:
    old = orders.usual_order_link(days_later(market.context, -15), "mbr_1", "cmp_1")
    good = link(market)
    assert "This link is over" in press(market, urlsplit(old).path.removeprefix("/api")).text
    partners.dismissed(market.context, "cmp_1", "mbr_1")
    assert "This link is over" in press(market, good).text
    assert not [key for key in everything(market.context) if key[1].startswith("CART")]


@given(st.text(max_size=64), st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.text(max_size=64))
def test_only_what_the_club_signed_is_its_own(member_id: str, last: date, forged: str) -> None:
    member_id = member_id.replace("-", "_")
    token = rules.token_of("secret", member_id, "cmp_1", last)
    assert rules.parts_of(token) == (member_id, last)
    assert rules.is_signed("secret", token, "cmp_1")
    assert not rules.is_signed("secret", token, "cmp_2") and not rules.is_signed("other", token, "cmp_1")
    later = rules.token_of("secret", member_id, "cmp_1", last + timedelta(days=1))
    assert later != token and not rules.is_signed("secret", forged, "cmp_1")
