"""The catalogue over HTTP: own prices for partners, rows judged one by one for staff."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.catalog import keys as catalog_keys
from chalicelib.catalog import write_products
from chalicelib.platform import aws
from chalicelib.platform.context import Context
from tests.catalog.steps import IN_AN_ADDRESS, listed, row, stock
from tests.catalog.test_stock import MACHINE
from tests.support.api import STRANGER, Answer, Api, Caller
from tests.support.crashes import races
from tests.support.partners import OPERATIONS, partner, reach, staff
from tests.support.spent import calls_counted
from tests.support.table import everything, restore


def put(api: Api, *rows: Any, caller: Caller = OPERATIONS) -> Answer:
    return api.call("PUT", "/v1/staff/products", caller, {"products": list(rows)})


def skus(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [product["sku"] for product in answer.json["items"]]


# --- reading ----------------------------------------------------------------------------------------------------------


def test_a_company_without_a_tier_sees_the_base_price(api: Api, context: Context):
    stock(context, row("LMP-1", "120.00", brand="Luma", category="lamps", unit="pcs", pack_multiple=6))
    answer = api.call("GET", "/v1/products", partner(context))
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
        "count": None,
    }


def test_a_company_with_a_tier_sees_its_own_price_and_why(api: Api, context: Context):
    stock(context, row("LMP-1", "120.00"))
    caller = partner(context)
    reach(context, "cmp_1", "150000")
    answer = api.call("GET", "/v1/products", caller, headers={"accept-language": "ru"})
    (product,) = answer.json["items"]
    assert product["base_price"]["amount"] == "120.00"
    assert product["price"]["unit_price"]["amount"] == "114.00"
    assert product["price"]["rule"] == {
        "name": "tier_discount",
        "reason": "Уровень «Серебро»: скидка 5 % от базовой цены.",
    }


def test_each_company_sees_its_own_price(api: Api, context: Context):
    stock(context, row("LMP-1", "100.00"))
    gold, none = partner(context, "cmp_1", "mbr_1"), partner(context, "cmp_2", "mbr_2")
    reach(context, "cmp_1", "400000")
    shown = [api.call("GET", "/v1/products", each).json["items"][0]["price"]["unit_price"] for each in (gold, none)]
    assert [price["amount"] for price in shown] == ["93.00", "100.00"]


def test_products_are_paged_by_article_number(api: Api, context: Context):
    stock(context, *(row(f"LMP-{number:02}") for number in range(7)))
    caller = partner(context)
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
def test_products_are_found_by_article_number_category_and_brand(
    api: Api, context: Context, question: str, found: list[str]
):
    listed(
        context,
        row("LMP-1", brand="Luma", category="lamps"),
        row("LMP-2", brand="Other", category="lamps"),
        row("LMP-10", brand="Luma", category="rails"),
        row("X-1"),
    )
    assert skus(api.call("GET", f"/v1/products?{question}", partner(context))) == found


def test_products_are_counted_where_the_query_asks_for_it(api: Api, context: Context):
    listed(context, *(row(f"LMP-{number}", "1.00", brand="Luma" if number % 2 else "Ostara") for number in range(5)))
    for caller, url in ((partner(context), "/v1/products"), (OPERATIONS, "/v1/staff/products")):
        for asked, counted in (("", 5), ("&brand=Luma", 2), ("&q=lmp-3", 1), ("&brand=None", 0)):
            answer = api.call("GET", f"{url}?limit=1&count=true{asked}", caller)
            assert answer.json["count"] == {"value": counted, "more": False}, answer.text
        assert api.call("GET", f"{url}?limit=1", caller).json["count"] is None


def test_a_filtered_list_is_paged_without_loss_or_repetition(api: Api, context: Context):
    listed(context, *(row(f"LMP-{number:02}", category="lamps" if number % 3 else "rails") for number in range(20)))
    caller = partner(context)
    found, cursor = [], ""
    while cursor is not None:
        answer = api.call("GET", f"/v1/products?category=lamps&limit=4{cursor and f'&cursor={cursor}'}", caller)
        found += skus(answer)
        cursor = answer.json["next_cursor"]
    assert found == [f"LMP-{number:02}" for number in range(20) if number % 3]


def test_a_page_is_two_calls_filtered_or_not(api: Api, context: Context):
    listed(context, *(row(f"LMP-{number:02}", category="lamps") for number in range(30)))
    caller = partner(context)
    reach(context, "cmp_1", "150000")
    api.call("GET", "/v1/products?category=lamps", caller)  # this process has read the index
    for question, second in (
        ("limit=10", "Query"),
        ("limit=10&category=lamps", "BatchGetItem"),
        ("limit=10&q=lamp&sort=price", "BatchGetItem"),
    ):
        with calls_counted(context.table.client) as made:
            answer = api.call("GET", f"/v1/products?{question}", caller)
        assert len(answer.json["items"]) == 10
        assert made == ["BatchGetItem", second], question


def test_a_cursor_serves_only_the_filter_and_the_caller_it_was_made_for(api: Api, context: Context):
    listed(context, *(row(f"LMP-{number}", category="lamps") for number in range(4)))
    caller, other = partner(context, "cmp_1", "mbr_1"), partner(context, "cmp_2", "mbr_2")
    cursor = api.call("GET", "/v1/products?limit=2", caller).json["next_cursor"]
    for asker, question in ((caller, "category=lamps&"), (other, "")):
        refused = api.call("GET", f"/v1/products?{question}limit=2&cursor={cursor}", asker)
        assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/query/cursor")


@pytest.mark.parametrize(
    ("question", "pointer"),
    [("limit=0", "/query/limit"), ("limit=101", "/query/limit"), ("colour=red", "/query/colour"), ("q=", "/query/q")],
)
def test_a_wrong_question_is_refused_with_its_name(api: Api, context: Context, question: str, pointer: str):
    answer = api.call("GET", f"/v1/products?{question}", partner(context))
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
def test_only_people_of_a_company_see_prices(api: Api, context: Context, caller: Caller, status: int):
    assert api.call("GET", "/v1/products", caller).status == status


# --- writing ----------------------------------------------------------------------------------------------------------


def test_rows_are_created_then_unchanged_then_updated(api: Api, context: Context):
    results = [
        put(api, row("LMP-1", price)).json["items"][0]["result"] for price in ("120.00", "120", "121.00", "121.00")
    ]
    assert results == ["created", "unchanged", "updated", "unchanged"]
    assert context.table.get(catalog_keys.product("LMP-1"))["base_price"] == Decimal(121)


def test_rows_that_change_nothing_write_nothing(api: Api, context: Context):
    put(api, row("LMP-1"), row("LMP-2"))
    with calls_counted(aws.dynamodb()) as made:
        put(api, row("LMP-1"), row("LMP-2"))
    assert made == ["BatchGetItem"]


def test_a_hundred_rows_are_four_calls(api: Api, context: Context):
    with calls_counted(aws.dynamodb()) as made:
        answer = put(api, *(row(f"LMP-{number}") for number in range(100)))
    assert {each["result"] for each in answer.json["items"]} == {"created"}
    assert made == [
        "BatchGetItem",
        "GetItem",  # the index of the search, for articles that look alike
        "TransactWriteItems",
        "TransactWriteItems",
    ]  # a transaction holds a hundred, with its event


def of_types(*names: str) -> list[dict[str, str]]:
    return [{"type": name, "amount": "100.00"} for name in names]


def warned(answer: Any) -> list[list[tuple[str, str, str]]]:
    return [[(each["pointer"], each["code"], each["detail"]) for each in row["warnings"]] for row in answer["items"]]


@pytest.mark.parametrize(("caller", "path"), [(OPERATIONS, "/v1/staff/products"), (MACHINE, "/v1/machine/products")])
def test_a_price_type_that_no_tier_is_named_like_is_told(api: Api, caller: Caller, path: str):
    """Else partners pay another price, and nobody knows."""
    given = [row("A-1", prices=of_types("silver")), row("A-2", prices=of_types("gold", "gool", "retail")), row("A-3")]
    with calls_counted(aws.dynamodb()) as made:
        answer = api.call("PUT", path, caller, {"products": given})
    assert [each["result"] for each in answer.json["items"]] == ["created"] * 3
    nobody = "No tier is named like this price type, so nobody gets this price. Tiers are: "
    assert warned(answer.json) == [
        [],
        [
            ("/products/1/prices/1/type", "unknown_price_type", f"{nobody}gold."),
            ("/products/1/prices/2/type", "unknown_price_type", f"{nobody}bronze, silver, gold, platinum."),
        ],
        [],
    ]
    assert made.count("Query") == 1  # the ladders, for all rows
    russian = api.call("PUT", path, caller, {"products": given[1:2]}, headers={"accept-language": "ru"})
    assert warned(russian.json)[0][0][2] == "Уровня с таким названием нет, и по этой цене никто не купит. Уровни: gold."


def test_in_a_club_without_tiers_nobody_gets_the_price_of_a_type(context: Context):
    written = write_products(context, [row("A-1", prices=of_types("gold")), row("A-2")], lambda context: ())
    told = [[(each.code, each.detail) for each in row.warnings] for row in written.items]
    assert told == [[("unknown_price_type", "The club has no tier, so nobody gets this price.")], []]


def test_a_bad_row_never_stops_the_others_and_says_what_is_wrong(api: Api, context: Context):
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
    assert context.table.get(catalog_keys.product("LMP-0"))["base_price"] == Decimal("120.00")
    assert context.table.get(catalog_keys.product("LMP-1")) is None


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
def test_a_value_that_cannot_be_fails_its_row(api: Api, context: Context, wrong: dict[str, Any], pointer: str):
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
def test_a_body_that_is_no_list_of_rows_is_refused_whole(api: Api, context: Context, body: Any, pointer: str):
    answer = api.call("PUT", "/v1/staff/products", OPERATIONS, body)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)
    assert context.table.get(catalog_keys.product("LMP-1")) is None


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
def test_only_those_who_keep_the_catalogue_write_it(api: Api, context: Context, caller: Caller, status: int):
    assert put(api, row(), caller=caller).status == status
    assert context.table.get(catalog_keys.product("LMP-1")) is None


# --- finding ----------------------------------------------------------------------------------------------------------

LAMP = row("LMP-1", "30", name="Street lamp", name_ru="Уличная лампа", brand="Luma", category="street", own_brand=True)
PANEL = row("PN-1", "20", name="LED panel", name_ru="Светодиодная панель", category="panels", status="overstock")
OLD = row("PN-0", "10", name="Old panel", name_ru="Панель", category="panels", status="modernised", successor="PN-1")


def tree(api: Api, *pairs: str) -> Answer:
    """`b<a` lies in `a`."""
    rows = [
        {"code": code, "name": code, "name_ru": code, "parent": parent or None}
        for code, _, parent in (pair.partition("<") for pair in pairs)
    ]
    return api.call("PUT", "/v1/staff/categories", OPERATIONS, {"categories": rows})


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("q=панели", ["PN-0", "PN-1"]),
        ("q=уличные%20лампы", ["LMP-1"]),
        ("q=PN&status=overstock", ["PN-1"]),
        ("status=modernised", ["PN-0"]),
        ("own_brand=true", ["LMP-1"]),
        ("own_brand=false", ["PN-0", "PN-1"]),
        ("category=indoor", ["PN-0", "PN-1"]),
        ("category=all&brand=Luma", ["LMP-1"]),
        ("sort=price", ["PN-0", "PN-1", "LMP-1"]),
        ("sort=name", ["PN-1", "PN-0", "LMP-1"]),
        ("category=none", []),
    ],
)
def test_products_are_found_by_what_is_said_of_them(api: Api, context: Context, question: str, found: list[str]):
    listed(context, LAMP, PANEL, OLD)
    tree(api, "all", "indoor<all", "panels<indoor", "street<all")
    assert skus(api.call("GET", f"/v1/products?{question}", partner(context))) == found
    assert skus(api.call("GET", f"/v1/staff/products?{question}", OPERATIONS)) == found


def test_names_are_sorted_in_the_readers_language_and_the_list_keeps_the_one_it_was_begun_in(
    api: Api, context: Context
):
    listed(context, row("A", name="a", name_ru="в"), row("B", name="b", name_ru="б"), row("C", name="c", name_ru="а"))
    caller = partner(context)
    russian = api.call("GET", "/v1/products?sort=name&limit=2", caller, headers={"accept-language": "ru"})
    assert skus(russian) == ["C", "B"]
    rest = api.call("GET", f"/v1/products?sort=name&limit=2&cursor={russian.json['next_cursor']}", caller)
    assert skus(rest) == ["A"]


def test_a_moved_category_takes_its_products_along_at_once(api: Api, context: Context):
    listed(context, LAMP)
    tree(api, "outdoor", "street<outdoor", "other")
    caller = partner(context)
    assert skus(api.call("GET", "/v1/products?category=outdoor", caller)) == ["LMP-1"]
    tree(api, "street<other")
    assert skus(api.call("GET", "/v1/products?category=outdoor", caller)) == []
    assert skus(api.call("GET", "/v1/products?category=other", caller)) == ["LMP-1"]


def test_all_that_is_said_of_a_product_is_shown_and_prices_of_types_only_to_the_staff(api: Api, context: Context):
    said = row(
        own_brand=True,
        status="modernised",
        successor="LMP-2",
        prices=[{"type": "silver", "amount": "110"}, {"type": "gold", "amount": "105.50"}],
        attributes=[
            {"name": "power_w", "number": "36.50"},
            {"name": "dimmable", "flag": False},
            {"name": "ip_rating", "text": "IP65"},
        ],
    )
    assert put(api, said).json["items"][0]["result"] == "created"
    assert put(api, said).json["items"][0]["result"] == "unchanged"
    (partners,) = api.call("GET", "/v1/products", partner(context)).json["items"]
    assert (partners["own_brand"], partners["status"], partners["successor"]) == (True, "modernised", "LMP-2")
    assert partners["attributes"] == [
        {"name": "dimmable", "number": None, "text": None, "flag": False},
        {"name": "ip_rating", "number": None, "text": "IP65", "flag": None},
        {"name": "power_w", "number": "36.5", "text": None, "flag": None},
    ]
    assert "prices" not in partners
    (kept,) = api.call("GET", "/v1/staff/products", OPERATIONS).json["items"]
    assert [(each["type"], each["price"]["amount"]) for each in kept["prices"]] == [
        ("gold", "105.50"),
        ("silver", "110.00"),
    ]


def test_a_cost_price_is_kept_until_a_row_has_none(api: Api, context: Context) -> None:
    cost = {"amount": "70.50", "currency": "RUB"}
    machine = Caller({"sub": "1c", "client_id": "1c", "scope": "club/api club/machine.catalog"})
    shown = []
    for given in ({"cost_price": cost}, {"cost_price": cost}, {}, {}):
        written = api.call("PUT", "/v1/machine/products", machine, {"products": [row(**given)]})
        (kept,) = api.call("GET", "/v1/staff/products", OPERATIONS).json["items"]
        shown.append((written.json["items"][0]["result"], kept["cost_price"]))
    assert shown == [("created", cost), ("unchanged", cost), ("updated", None), ("unchanged", None)]
    item = context.table.get(catalog_keys.product("LMP-1"))
    assert item and "cost_price" not in item


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"cost_price": {"amount": "70", "currency": "USD"}}, "/cost_price"),
        ({"cost_price": {"amount": "0", "currency": "RUB"}}, "/cost_price/amount"),
        ({"status": "modernised"}, ""),
        ({"successor": "LMP-2"}, ""),
        ({"status": "modernised", "successor": "LMP-1"}, ""),
        ({"prices": [{"type": "base", "amount": "1"}]}, "/prices/0/type"),
        ({"prices": [{"type": "gold", "amount": "1"}] * 2}, "/prices"),
        ({"prices": [{"type": "gold", "amount": "0"}]}, "/prices/0/amount"),
        ({"attributes": [{"name": "power_w", "text": "36"}]}, "/attributes/0"),
        ({"attributes": [{"name": "power_w", "number": "-1"}]}, "/attributes/0"),
        ({"attributes": [{"name": "colour"}]}, "/attributes/0"),
        ({"attributes": [{"name": "colour", "text": "red", "flag": True}]}, "/attributes/0"),
        ({"attributes": [{"name": "Цвет", "text": "red"}]}, "/attributes/0/name"),
        ({"attributes": [{"name": "colour", "text": "red"}] * 2}, "/attributes"),
    ],
)
def test_what_cannot_be_said_of_a_product_fails_its_row(
    api: Api, context: Context, wrong: dict[str, Any], pointer: str
):
    (result,) = put(api, {**row(), **wrong}).json["items"]
    assert result["result"] == "failed"
    assert [error["pointer"] for error in result["errors"]] == [f"/products/0{pointer}"]


# --- categories -------------------------------------------------------------------------------------------------------


def test_the_tree_is_read_by_partners_and_staff(api: Api, context: Context):
    tree(api, "street<outdoor", "outdoor", "indoor")
    for path, caller in (("/v1/categories", partner(context)), ("/v1/staff/categories", OPERATIONS)):
        items = api.call("GET", path, caller).json["items"]
        assert [(each["code"], each["parent"], each["level"]) for each in items] == [
            ("indoor", None, 1),
            ("outdoor", None, 1),
            ("street", "outdoor", 2),
        ]


def test_category_rows_are_judged_one_by_one_and_the_same_again_change_nothing(api: Api, context: Context):
    answer = tree(api, "a", "b<a", "c<x", "d<d", "a<b", "", "b2<a")
    assert [(each["code"], each["result"]) for each in answer.json["items"]] == [
        ("a", "created"),
        ("b", "created"),
        ("c", "failed"),
        ("d", "failed"),
        ("a", "failed"),
        ("", "failed"),
        ("b2", "created"),
    ]
    assert [[error["pointer"] for error in each["errors"]] for each in answer.json["items"] if each["errors"]] == [
        ["/categories/2/parent"],
        ["/categories/3/parent"],
        ["/categories/4/code"],
        ["/categories/5/code", "/categories/5/name", "/categories/5/name_ru"],
    ]
    with calls_counted(aws.dynamodb()) as made:
        again = tree(api, "a", "b<a")
    assert [each["result"] for each in again.json["items"]] == ["unchanged", "unchanged"]
    assert made == ["GetItem"]


def test_two_who_move_categories_into_each_other_at_once_leave_a_tree(api: Api, context: Context):
    tree(api, "a", "b")
    beginning = everything(context)

    def other() -> None:
        tree(api, "a<b")

    for race in races(other):
        restore(context, beginning)
        with race:
            mine = tree(api, "b<a").json["items"][0]
        if race.happened:
            assert mine["errors"][0]["code"] == "cycle"


@pytest.mark.parametrize("role", ["manager", "head_of_sales", "marketing", "operations", "admin"])
def test_the_staff_see_the_catalogue_as_a_company_sees_it(api: Api, context: Context, role: str) -> None:
    stock(context, row("LMP-1", "120.00"))
    buyer, caller = partner(context), staff(context, "mbr_staff", role)
    reach(context, "cmp_1", "150000")
    for listed_at in ("products", "price-list"):
        own, seen = (
            api.call("GET", f"/v1{path}/{listed_at}", who)
            for path, who in (("", buyer), ("/staff/companies/cmp_1", caller))
        )
        assert (seen.status, seen.text) == (200, own.text)
        assert api.call("GET", f"/v1/staff/companies/cmp_none/{listed_at}", caller).status == 404


@pytest.mark.parametrize("role", ["manager", "head_of_sales", "marketing", "operations", "admin"])
@pytest.mark.parametrize("path", ["products", "distributors", "people", "demands", "companies", "setup"])
def test_everybody_on_the_staff_reads_what_answers_a_partner(api: Api, context: Context, role: str, path: str) -> None:
    assert api.call("GET", f"/v1/staff/{path}", staff(context, "mbr_staff", role)).status == 200


# --- one product, and the values of the filters -------------------------------------------------------------------------


def test_a_product_is_shown_as_in_the_list(api: Api, context: Context):
    stock(context, row("LMP-1", "120.00", brand="Luma"), row("УТ 1.5", "90.00"))
    caller = partner(context)
    listed_products = api.call("GET", "/v1/products", caller).json["items"]
    assert [api.call("GET", f"/v1/products/{each['sku']}", caller).json for each in listed_products] == listed_products


def test_a_product_is_found_whatever_signs_its_article_number_has(api: Api, context: Context):
    assert (
        put(api, *(row(sku) for sku in IN_AN_ADDRESS), caller=staff(context, "mbr_operations", "operations")).status
        == 200
    )
    caller = partner(context)
    shown = [api.call("GET", f"/v1/products/{quote(sku, safe='')}", caller).json for sku in IN_AN_ADDRESS]
    assert [each.get("sku") for each in shown] == IN_AN_ADDRESS


def test_an_unknown_product_is_not_there(api: Api, context: Context):
    assert api.call("GET", "/v1/products/LMP-9", partner(context)).status == 404


def test_the_filters_tell_their_values_with_counts(api: Api, context: Context):
    tree = [{"code": "light", "name": "Light", "name_ru": "Свет"}]
    tree += [{"code": "street", "name": "Street", "name_ru": "Улица", "parent": "light"}]
    assert api.call("PUT", "/v1/staff/categories", OPERATIONS, {"categories": tree}).status == 200
    rows = [
        row("A-1", brand="Luma", category="light"),
        row("A-2", brand="Luma", category="street"),
        row("A-3", brand="Neva"),
    ]
    listed(context, *rows)
    caller = partner(context)
    every = api.call("GET", "/v1/product-facets", caller).json
    assert every["total"] == 3
    assert every["brands"] == [{"value": "Luma", "count": 2}, {"value": "Neva", "count": 1}]
    assert [(each["value"], each["count"], each["name_ru"]) for each in every["categories"]] == [
        ("light", 2, "Свет"),
        ("street", 1, "Улица"),
    ]
    assert every["statuses"] == [{"value": "normal", "count": 3}]
    neva = api.call("GET", "/v1/product-facets?brand=Neva", caller).json
    assert (neva["total"], neva["categories"]) == (1, [])
    assert neva["brands"] == every["brands"], "another brand is one click away"
