"""GET /v1/company/purchases, as the partner's cabinet calls it."""

from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib.platform.context import Context
from chalicelib.sales import service as sales
from chalicelib.sales.rules import SaleLine
from chalicelib.sales.service import record
from tests.sales.steps import DAY, invoice, returned
from tests.support.api import STRANGER, Api, Caller
from tests.support.partners import speaks_for

BUYER = Caller.person("mem_1", "company", "buyer", "cmp_1")
PATH = "/v1/company/purchases"


@pytest.fixture(autouse=True)
def people(context: Context) -> None:
    for number in (1, 2):
        speaks_for(context, f"cmp_{number}", f"mem_{number}", "buyer")


def numbers(api: Api, query: str = "") -> list[str]:
    answer = api.call("GET", f"{PATH}?limit=100{query}", BUYER)
    assert answer.status == 200, answer.text
    return [item["document"] for item in answer.json["items"]]


def test_a_company_reads_its_documents_latest_first(api: Api, context: Context) -> None:
    record(context, [invoice(f"УТ-{n}", day=DAY + timedelta(n)) for n in range(3)])
    record(context, [invoice("УТ-9", company="cmp_2")])
    assert numbers(api) == ["УТ-2", "УТ-1", "УТ-0"]


def test_a_document_is_shown_in_short_and_with_its_lines_on_request(api: Api, context: Context) -> None:
    lines = [
        SaleLine.of("L-1", "Lamp", Decimal("2.500"), Decimal("1.255")),
        SaleLine.of("", "Bulb", Decimal(1), amount=Decimal(7)),
    ]
    record(context, [invoice("УТ-1")._replace(lines=lines)])
    short = api.call("GET", PATH, BUYER).json["items"]
    assert short == [
        {
            "source": "1c-main",
            "document": "УТ-1",
            "kind": "sale",
            "business_date": "2026-11-02",
            "counts_on": "2026-11-02",
            "original": None,
            "contract": None,
            "total": {"amount": "10.14", "currency": "RUB"},
            "revision": 1,
            "recorded_at": "2026-11-20T09:00:00.000Z",
            "line_count": 2,
            "voided": False,
            "lines": None,
        }
    ]
    whole = api.call("GET", f"{PATH}?lines=true", BUYER).json["items"]
    assert whole[0]["lines"] == [
        {
            "sku": "L-1",
            "name": "Lamp",
            "quantity": "2.5",
            "unit_price": "1.255",
            "amount": {"amount": "3.14", "currency": "RUB"},
        },
        {
            "sku": "",
            "name": "Bulb",
            "quantity": "1",
            "unit_price": None,
            "amount": {"amount": "7.00", "currency": "RUB"},
        },
    ]


def test_a_return_shows_the_sale_that_it_takes_back_and_the_day_that_it_counts_on(api: Api, context: Context) -> None:
    record(context, [invoice("УТ-1", day=DAY - timedelta(9))])
    told = DAY - timedelta(3)
    record(context, [returned("В-1"), returned("В-2", "УТ-9", on=told), returned("В-3", "УТ-8")])
    found = {item["document"]: item for item in api.call("GET", PATH, BUYER).json["items"]}
    assert {number: (item["counts_on"], item["original"]) for number, item in found.items() if number[0] == "В"} == {
        "В-1": ("2026-10-24", {"document": "УТ-1", "business_date": "2026-10-24", "found": True}),
        "В-2": ("2026-10-30", {"document": "УТ-9", "business_date": "2026-10-30", "found": False}),
        "В-3": ("2026-11-02", {"document": "УТ-8", "business_date": None, "found": False}),
    }


def test_a_corrected_document_is_shown_once_as_it_is_now(api: Api, context: Context) -> None:
    record(context, [invoice("УТ-1", "100.00")])
    record(context, [invoice("УТ-1", "70.00", day=DAY + timedelta(1))])
    (item,) = api.call("GET", PATH, BUYER).json["items"]
    assert (item["revision"], item["total"]["amount"], item["business_date"]) == (2, "70.00", "2026-11-03")


def test_what_another_company_turned_out_to_have_bought_is_shown_there_only(api: Api, context: Context) -> None:
    record(context, [invoice("УТ-1")])
    record(context, [invoice("УТ-1", company="cmp_2")])
    assert numbers(api) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("&from=2026-11-03", ["УТ-2", "УТ-1"]),
        ("&to=2026-11-03", ["УТ-1", "УТ-0"]),
        ("&from=2026-11-03&to=2026-11-03", ["УТ-1"]),
        ("&to=9999-12-31", ["УТ-2", "УТ-1", "УТ-0"]),
        ("&from=0001-01-01&to=2026-11-01", []),
    ],
)
def test_documents_between_two_days(api: Api, context: Context, query: str, found: list[str]) -> None:
    record(context, [invoice(f"УТ-{n}", day=DAY + timedelta(n)) for n in range(3)])
    assert numbers(api, query) == found


def test_pages_follow_one_another_to_the_end(api: Api, context: Context) -> None:
    record(context, [invoice(f"УТ-{n}", day=DAY + timedelta(n)) for n in range(7)])
    found, cursor = [], ""
    while True:
        answer = api.call("GET", f"{PATH}?limit=3{cursor}", BUYER).json
        found += [item["document"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"
    assert found == [f"УТ-{n}" for n in range(6, -1, -1)]


def test_an_answer_with_lines_ends_before_it_grows_too_large(
    api: Api, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sales, "MOST_LINES", 5)
    record(context, [invoice(f"УТ-{n}", *["1.00"] * 4, day=DAY + timedelta(n)) for n in range(3)])
    first = api.call("GET", f"{PATH}?lines=true", BUYER).json
    assert [len(item["lines"]) for item in first["items"]] == [4]
    second = api.call("GET", f"{PATH}?lines=true&cursor={first['next_cursor']}", BUYER).json
    assert [item["document"] for item in second["items"]] == ["УТ-1"]


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("?from=2026-11-31", "/query/from", "date"),
        ("?from=5", "/query/from", "date"),
        ("?to=02.11.2026", "/query/to", "date"),
        ("?from=2026-11-02&to=2026-11-01", "/query/to", "range"),
        ("?limit=0", "/query/limit", "greater_than_equal"),
        ("?cursor=abc", "/query/cursor", "cursor_invalid"),
        ("?company_id=cmp_2", "/query/company_id", "unknown_field"),
    ],
)
def test_a_wrong_query_is_told_what_is_wrong(api: Api, query: str, pointer: str, code: str) -> None:
    answer = api.call("GET", PATH + query, BUYER)
    assert answer.status == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json["errors"]] == [(pointer, code)]


def test_a_cursor_serves_its_caller_only(api: Api, context: Context) -> None:
    record(context, [invoice(f"УТ-{n}") for n in range(2)])
    cursor = api.call("GET", f"{PATH}?limit=1", BUYER).json["next_cursor"]
    other = Caller.person("mem_2", "company", "buyer", "cmp_2")
    assert api.call("GET", f"{PATH}?limit=1&cursor={cursor}", other).status == 422


@pytest.mark.parametrize(
    ("caller", "status"),
    [
        (STRANGER, 401),
        (Caller.person("mem_1"), 403),
        (Caller.person("mem_1", "distributor", "manager", "dst_1"), 403),
        (Caller.person("mem_1", "staff", "admin", "club"), 403),
    ],
)
def test_only_people_of_a_company_read_purchases(api: Api, caller: Caller, status: int) -> None:
    assert api.call("GET", PATH, caller).status == status
