"""Promotions with goods on top: as the staff draws them up, and that they leave prices alone."""

from typing import Any

import pytest

from chalicelib.platform.context import Context
from tests.pricing.steps import MARKETING, Office, errors
from tests.support.partners import partner, staff

ON_TOP = {"buy": 100, "free": {"sku": "SWT-1", "quantity": 5}, "pay_within_days": 14}


def form(office: Office, on_top: Any) -> dict[str, Any]:
    return {**office.form(goods={"skus": ["LMP-1"]}), "brackets": [], "on_top": on_top}


def draft(office: Office, **more: Any) -> str:
    answer = office.api.call("POST", "/v1/staff/promotions", MARKETING, form(office, ON_TOP | more))
    assert answer.status == 201, answer.text
    return str(answer.json["promotion_id"])


def test_at_its_approval_the_free_goods_get_their_names(office: Office):
    promotion_id = draft(office, free={"sku": "SWT-1", "quantity": 5, "name": "Something else"})
    answer = office.approve(promotion_id)
    assert answer.status == 200, answer.text
    free = office.shown(promotion_id)["on_top"]["free"]
    assert (free["sku"], free["quantity"], free["name"]) == ("SWT-1", 5, "Lamp SWT-1")
    assert free["name_ru"]
    assert free["unit"]


def test_goods_that_there_are_not_cannot_be_promised(office: Office):
    promised = form(office, ON_TOP | {"free": {"sku": "NONE", "quantity": 5}})
    refused = office.api.call("POST", "/v1/staff/promotions", MARKETING, promised)
    assert errors(refused) == [("/on_top/free/sku", "unknown_sku")]


@pytest.mark.parametrize(
    ("more", "goods", "alone"),
    [
        ({"buy": 7, "free": {"sku": "LMP-1", "quantity": 3}}, {"skus": ["LMP-1"]}, True),  # just 30 %
        ({"buy": 6, "free": {"sku": "LMP-1", "quantity": 3}}, {"skus": ["LMP-1"]}, False),
        ({"buy": 100}, {"skus": ["LMP-1"], "brands": ["Svet"]}, False),  # and goods of any price
        ({"buy": 100}, {}, False),
    ],
)
def test_many_free_goods_take_somebody_else_than_the_author(
    office: Office, context: Context, more: dict[str, Any], goods: dict[str, Any], alone: bool
):
    body = {**form(office, ON_TOP | more), "goods": goods}
    promotion_id = office.api.call("POST", "/v1/staff/promotions", MARKETING, body).json["promotion_id"]
    refused = office.approve(promotion_id)
    assert (refused.status, refused.json.get("code")) == ((200, None) if alone else (403, "four_eyes"))
    other = staff(context, "mbr_other", "marketing")
    url = f"/v1/staff/promotions/{promotion_id}/approve"
    assert alone or office.api.call("POST", url, other, {}, headers={"if-match": '"1"'}).status == 200


def test_it_makes_no_price_and_no_rule_of_it_is_told(office: Office, context: Context):
    caller = partner(context)
    before = office.prices(caller)
    office.approve(draft(office))
    assert office.prices(caller) == before
    quote = {"lines": [{"sku": "LMP-1", "quantity": 500}], "explain": True}
    explanation = office.api.call("POST", "/v1/quotes", caller, quote).json["lines"][0]["explanation"]
    assert "promotion" not in [rule["name"] for rule in [explanation["rule"], *explanation["rejected"]]]


def test_partners_see_what_it_takes(office: Office, context: Context):
    caller = partner(context)
    promotion_id = draft(office, repeat=True)
    office.approve(promotion_id)
    (item,) = office.api.call("GET", "/v1/promotions", caller).json["items"]
    assert (item["promotion_id"], item["brackets"], item["for_you"]) == (promotion_id, [], True)
    told = item["on_top"]
    assert (told["buy"], told["pay_by"], told["pay_within_days"], told["repeat"]) == (100, None, 14, True)
    assert told["free"]["quantity"] == 5


def test_it_is_not_counted_where_a_warning_says_how_often_goods_were_cheaper(office: Office):
    office.approve(draft(office))
    later = {"from": office.day(200), "to": office.day(300)}
    answer = office.approve(office.draft((1, "10"), **later))
    assert (answer.status, answer.json["warnings"]) == (200, [])


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"on_top": None}, ""),
        ({"brackets": [{"percent": "5"}]}, ""),
        ({"on_top": {**ON_TOP, "buy": 0}}, "/on_top/buy"),
        ({"on_top": {**ON_TOP, "pay_by": "2027-12-31"}}, "/on_top"),
        ({"on_top": {"buy": 100, "free": ON_TOP["free"]}}, "/on_top"),
        ({"on_top": {"buy": 100, "free": ON_TOP["free"], "pay_by": "2026-11-21"}}, ""),
        ({"on_top": {**ON_TOP, "free": {"sku": "SWT-1", "quantity": 0}}}, "/on_top/free/quantity"),
    ],
)
def test_a_wrong_one_is_refused_where_it_is_wrong(office: Office, changed: dict[str, Any], pointer: str):
    body = {**form(office, ON_TOP), **changed}
    answer = office.api.call("POST", "/v1/staff/promotions", MARKETING, body)
    assert [found for found, _ in errors(answer)] == [pointer]
