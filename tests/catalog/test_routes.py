"""The catalogue over HTTP: own prices for partners, rows judged one by one for staff."""

from decimal import Decimal
from typing import Any

import pytest

from chalicelib.platform import aws
from chalicelib.platform.work import Work
from chalicelib.table import keys
from tests.catalog.steps import listed, row, stock
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.partners import OPERATIONS, partner, reach
from tests.support.spent import calls_counted


def put(api: Api, *rows: Any, caller: Caller = OPERATIONS) -> Answer:
    return api.call("PUT", "/v1/staff/products", caller, {"products": list(rows)})


def skus(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [product["sku"] for product in answer.json["items"]]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_company_without_a_tier_sees_the_base_price(api: Api, work: Work):
    stock(work, row("LMP-1", "120.00", brand="Luma", category="lamps", unit="pcs", pack_multiple=6))
    answer = api.call("GET", "/v1/products", partner(work))
    assert answer.json == {
        "items": [
            {
                "sku": "LMP-1",
                "name": "Lamp LMP-1",
                "name_ru": "Лампа LMP-1",
                "brand": "Luma",
                "own_brand": False,
                "category": "lamps",
                "unit": "pcs",
                "pack_multiple": 6,
                "vat_percent": "20",
                "status": "normal",
                "successor": None,
                "attributes": [],
                "stock": [],
                "images": [],
                "base_price": {"amount": "120.00", "currency": "RUB"},
                "price": {
                    "unit_price": {"amount": "120.00", "currency": "RUB"},
                    "rule": {"name": "base_price", "reason": "The base price."},
                    "rejected": [{"name": "tier_discount", "reason": "The company has no tier yet."}],
                },
            }
        ],
        "next_cursor": None,
    }


def test_a_company_with_a_tier_sees_its_own_price_and_why(api: Api, work: Work):
    stock(work, row("LMP-1", "120.00"))
    caller = partner(work)
    reach(work, "cmp_1", "150000")
    answer = api.call("GET", "/v1/products", caller, headers={"accept-language": "ru"})
    (product,) = answer.json["items"]
    assert product["base_price"]["amount"] == "120.00"
    assert product["price"]["unit_price"]["amount"] == "114.00"
    assert product["price"]["rule"] == {
        "name": "tier_discount",
        "reason": "Уровень «Серебро»: скидка 5 % от базовой цены.",
    }


def test_each_company_sees_its_own_price(api: Api, work: Work):
    stock(work, row("LMP-1", "100.00"))
    gold, none = partner(work, "cmp_1", "mbr_1"), partner(work, "cmp_2", "mbr_2")
    reach(work, "cmp_1", "400000")
    shown = [api.call("GET", "/v1/products", each).json["items"][0]["price"]["unit_price"] for each in (gold, none)]
    assert [price["amount"] for price in shown] == ["93.00", "100.00"]


def test_products_are_paged_by_article_number(api: Api, work: Work):
    stock(work, *(row(f"LMP-{number:02}") for number in range(7)))
    caller = partner(work)
    found, cursor = [], ""
    while cursor is not None:
        answer = api.call("GET", f"/v1/products?limit=3{cursor and f'&cursor={cursor}'}", caller)
        found += skus(answer)
        cursor = answer.json["next_cursor"]
    assert found == [f"LMP-{number:02}" for number in range(7)]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=LMP-1", ["LMP-1", "LMP-10"]),
        ("category=lamps", ["LMP-1", "LMP-2"]),
        ("brand=Luma", ["LMP-1", "LMP-10"]),
        ("category=lamps&brand=Luma", ["LMP-1"]),
        ("q=LMP-2&brand=Luma", []),
        ("q=ZZZ", []),
    ],
)
def test_products_are_found_by_article_number_category_and_brand(api: Api, work: Work, question: str, found: list[str]):
    listed(
        work,
        row("LMP-1", brand="Luma", category="lamps"),
        row("LMP-2", brand="Other", category="lamps"),
        row("LMP-10", brand="Luma", category="rails"),
        row("X-1"),
    )
    assert skus(api.call("GET", f"/v1/products?{question}", partner(work))) == found


def test_a_filtered_list_is_paged_without_loss_or_repetition(api: Api, work: Work):
    listed(work, *(row(f"LMP-{number:02}", category="lamps" if number % 3 else "rails") for number in range(20)))
    caller = partner(work)
    found, cursor = [], ""
    while cursor is not None:
        answer = api.call("GET", f"/v1/products?category=lamps&limit=4{cursor and f'&cursor={cursor}'}", caller)
        found += skus(answer)
        cursor = answer.json["next_cursor"]
    assert found == [f"LMP-{number:02}" for number in range(20) if number % 3]


def test_a_page_is_two_calls_filtered_or_not(api: Api, work: Work):
    listed(work, *(row(f"LMP-{number:02}", category="lamps") for number in range(30)))
    caller = partner(work)
    reach(work, "cmp_1", "150000")
    api.call("GET", "/v1/products?category=lamps", caller)  # this process has read the index
    for question, second in (
        ("limit=10", "Query"),
        ("limit=10&category=lamps", "BatchGetItem"),
        ("limit=10&q=lamp&sort=price", "BatchGetItem"),
    ):
        with calls_counted(work.table.client) as made:
            answer = api.call("GET", f"/v1/products?{question}", caller)
        assert len(answer.json["items"]) == 10
        assert made == ["BatchGetItem", second], question


def test_a_cursor_serves_only_the_filter_and_the_caller_it_was_made_for(api: Api, work: Work):
    stock(work, *(row(f"LMP-{number}", category="lamps") for number in range(4)))
    caller, other = partner(work, "cmp_1", "mbr_1"), partner(work, "cmp_2", "mbr_2")
    cursor = api.call("GET", "/v1/products?limit=2", caller).json["next_cursor"]
    for asker, question in ((caller, "category=lamps&"), (other, "")):
        refused = api.call("GET", f"/v1/products?{question}limit=2&cursor={cursor}", asker)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/query/cursor")


@pytest.mark.parametrize(
    ("question", "pointer"),
    [("limit=0", "/query/limit"), ("limit=101", "/query/limit"), ("colour=red", "/query/colour"), ("q=", "/query/q")],
)
def test_a_wrong_question_is_refused_with_its_name(api: Api, work: Work, question: str, pointer: str):
    answer = api.call("GET", f"/v1/products?{question}", partner(work))
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mbr_9"), 403),
        (Caller.person("mbr_9", "distributor", "operator", "dst_1"), 403),
        (OPERATIONS, 403),
    ],
    ids=["no token", "no company", "distributor", "staff"],
)
def test_only_people_of_a_company_see_prices(api: Api, work: Work, caller: Caller, status: int):
    assert api.call("GET", "/v1/products", caller).status == status


# --- writing ----------------------------------------------------------------------------------------------------------


def test_rows_are_created_then_unchanged_then_updated(api: Api, work: Work):
    results = [
        put(api, row("LMP-1", price)).json["items"][0]["result"] for price in ("120.00", "120", "121.00", "121.00")
    ]
    assert results == ["created", "unchanged", "updated", "unchanged"]
    assert work.table.get(keys.product("LMP-1"))["base_price"] == Decimal(121)


def test_rows_that_change_nothing_write_nothing(api: Api, work: Work):
    put(api, row("LMP-1"), row("LMP-2"))
    with calls_counted(aws.dynamodb()) as made:
        put(api, row("LMP-1"), row("LMP-2"))
    assert made == ["BatchGetItem"]


def test_a_hundred_rows_are_three_calls(api: Api, work: Work):
    with calls_counted(aws.dynamodb()) as made:
        answer = put(api, *(row(f"LMP-{number}") for number in range(100)))
    assert {each["result"] for each in answer.json["items"]} == {"created"}
    assert made == [
        "BatchGetItem",
        "TransactWriteItems",
        "TransactWriteItems",
    ]  # a transaction holds a hundred, with its event


def test_a_bad_row_never_stops_the_others_and_says_what_is_wrong(api: Api, work: Work):
    answer = put(
        api,
        row("LMP-0"),
        row("LMP-1", "12,3a"),
        "not a row",
        row("LMP-3", colour="red"),
        row("LMP-0", "1.00"),
        row("LMP-5", pack_multiple=0),
        row("LMP-6"),
    )
    assert answer.status == 200
    results = answer.json["items"]
    assert [(each["row"], each["sku"], each["result"]) for each in results] == [
        (0, "LMP-0", "created"),
        (1, "LMP-1", "failed"),
        (2, None, "failed"),
        (3, "LMP-3", "failed"),
        (4, "LMP-0", "failed"),
        (5, "LMP-5", "failed"),
        (6, "LMP-6", "created"),
    ]
    pointers = [[error["pointer"] for error in each["errors"]] for each in results]
    assert pointers == [
        [],
        ["/products/1/base_price/amount"],
        ["/products/2"],
        ["/products/3/colour"],
        ["/products/4/sku"],
        ["/products/5/pack_multiple"],
        [],
    ]
    assert work.table.get(keys.product("LMP-0"))["base_price"] == Decimal("120.00")
    assert work.table.get(keys.product("LMP-1")) is None


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"sku": ""}, "sku"),
        ({"sku": "a\nb"}, "sku"),
        ({"sku": "x" * 65}, "sku"),
        ({"name": ""}, "name"),
        ({"base_price": {"amount": "-1", "currency": "RUB"}}, "base_price/amount"),
        ({"base_price": {"amount": "0", "currency": "RUB"}}, "base_price/amount"),
        ({"base_price": {"amount": "1.001", "currency": "RUB"}}, "base_price/amount"),
        ({"base_price": {"amount": "NaN", "currency": "RUB"}}, "base_price/amount"),
        ({"base_price": {"amount": "1", "currency": "rub"}}, "base_price/currency"),
        ({"base_price": "120.00"}, "base_price"),
        ({"vat_percent": "100"}, "vat_percent"),
        ({"pack_multiple": "six"}, "pack_multiple"),
        ({"status": "sold_out"}, "status"),
    ],
)
def test_a_value_that_cannot_be_fails_its_row(api: Api, work: Work, wrong: dict[str, Any], pointer: str):
    (result,) = put(api, {**row(), **wrong}).json["items"]
    assert result["result"] == "failed"
    assert [error["pointer"] for error in result["errors"]] == [f"/products/0/{pointer}"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"products": []}, "/products"),
        ({"products": [row(f"LMP-{number}") for number in range(101)]}, "/products"),
        ({}, "/products"),
        ({"products": [row()], "force": True}, "/force"),
    ],
    ids=["none", "too many", "missing", "unknown field"],
)
def test_a_body_that_is_no_list_of_rows_is_refused_whole(api: Api, work: Work, body: Any, pointer: str):
    answer = api.call("PUT", "/v1/staff/products", OPERATIONS, body)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert work.table.get(keys.product("LMP-1")) is None


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mbr_1", "company", "owner", "cmp_1"), 403),
        (Caller.person("mbr_9", "distributor", "operator", "dst_1"), 403),
        (Caller.person("mbr_9", "staff", "marketing", "club"), 403),
    ],
    ids=["no token", "company", "distributor", "marketing"],
)
def test_only_those_who_keep_the_catalogue_write_it(api: Api, work: Work, caller: Caller, status: int):
    assert put(api, row(), caller=caller).status == status
    assert work.table.get(keys.product("LMP-1")) is None
