"""A company's own analytics over HTTP: figures that add up to the documents that they lead to, in two reads at most."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, get_args
from urllib.parse import urlencode

import boto3
import pytest

from chalicelib.analytics.company import documents
from chalicelib.analytics.company import service as company
from chalicelib.analytics.company.rules import By
from chalicelib.analytics.rollups import consumers, jobs, keys, purchases, rules, service
from chalicelib.analytics.rollups.rules import GROUPINGS, MOST_ROWS, REST
from chalicelib.analytics.rollups.store import read_history
from chalicelib.members import member as read_member
from chalicelib.orders import load_order
from chalicelib.platform.context import Context
from chalicelib.platform.events import Event
from chalicelib.platform.settings import queue_url
from chalicelib.sales.service import record
from tests.analytics import steps
from tests.bonuses.steps import credit
from tests.orders.steps import Market
from tests.platform.test_charts import bars
from tests.sales.steps import invoice, items, returned
from tests.support import partners
from tests.support.api import Answer, Api, Caller
from tests.support.spent import spent

Ask = Callable[..., Answer]


def built(context: Context, company_id: str = "cmp_1") -> None:
    service.build(context, company_id)


@pytest.fixture
def owner(context: Context) -> Caller:
    return partners.partner(context, "cmp_1", "mbr_1")


def asked(api: Api, caller: Caller, **query: str) -> Any:
    answer = api.call("GET", f"/v1/company/analytics?{urlencode(query)}", caller)
    assert answer.status == 200, answer.text
    return answer.json


def test_months_lead_to_the_documents_that_they_are_the_sum_of(api: Api, context: Context, owner: Caller) -> None:
    record(
        context,
        [
            invoice("A-1", "100.00", "20.00", day=date(2026, 10, 5)),
            invoice("A-2", "7.50", day=date(2026, 11, 2)),
            invoice("A-0", "60.00", day=date(2025, 10, 30)),
            returned("R-1", "A-1", "-20.00", day=date(2026, 11, 9)),
        ],
    )
    built(context)
    told = asked(api, owner, **{"from": "2026-10", "to": "2026-11"})
    assert [(row["name"], row["net"]["amount"], row["year_before"]["amount"]) for row in told["rows"]] == [
        ("2026-10", "120.00", "60.00"),
        ("2026-11", "-12.50", "0.00"),
    ]
    assert told["rows"][1]["returned_earlier"]["amount"] == "-20.00"
    assert (told["net"]["amount"], told["row_count"], told["mature"], told["complete"]) == ("107.50", 2, False, True)
    assert told["change_percent"] == "79.2"
    assert set(told["rows"][0]) & set(told["formulas"])
    for row in told["rows"]:
        found = api.call("GET", row["rows_url"], owner).json["items"]
        assert sum(Decimal(each["total"]["amount"]) for each in found) == Decimal(row["net"]["amount"])


@pytest.mark.parametrize("by", ["month", "quarter", "brand", "product"])
@pytest.mark.parametrize("currency", ["RUB", "EUR"])
def test_rows_of_a_currency_lead_to_documents_of_this_currency_alone(
    api: Api, context: Context, owner: Caller, by: str, currency: str
) -> None:
    roubles = [invoice("A-1", "100.00", day=date(2026, 10, 30)), invoice("A-2", "7.50", day=date(2026, 11, 2))]
    days = [date(2026, 10, 29), date(2026, 11, 3)]  # a day of a company has one currency
    euros = [invoice(f"E-{day}", "3.20", day=day)._replace(currency="EUR") for day in days]
    record(context, [*roubles, *euros])
    built(context)
    for row in asked(api, owner, by=by, currency=currency, **{"from": "2026-10"})["rows"]:
        found = behind(api, owner, row["rows_url"], 1)
        told = [Decimal((each.get("total") or each["net"])["amount"]) for each in found]
        assert found
        assert sum(told) == Decimal(row["net"]["amount"])


def test_articles_tell_what_is_bought_regularly_and_not_this_time(api: Api, context: Context, owner: Caller) -> None:
    record(context, [invoice(f"A-{month}", "10.00", day=date(2026, month, 3)) for month in (6, 7, 9)])
    built(context)
    told = asked(api, owner, by="product", **{"from": "2026-06", "to": "2026-11"})
    assert [(row["name"], row["title"], row["net"]["amount"]) for row in told["rows"]] == [("L-0", "Lamp L-0", "30.00")]
    assert [(each["sku"], each["months"], each["last_month"]) for each in told["missing"]] == [("L-0", 3, "2026-09")]
    found = api.call("GET", told["rows"][0]["rows_url"], owner).json["items"]
    assert [each["net"]["amount"] for each in found] == ["10.00"] * 3


@pytest.mark.parametrize("by", ["month", "product"])
def test_a_chart_shows_the_figures_of_the_rows(api: Api, context: Context, owner: Caller, by: str) -> None:
    amounts = [f"{number}.50" for number in range(1, 30)]
    record(context, [invoice("A-1", *amounts, day=date(2026, 11, 2))])
    built(context)
    told = asked(api, owner, by=by, chart="true")
    chart = told["chart"]
    drawn = [row["value"] for row in chart["vega_lite"]["data"]["values"]]
    rows = [float(row["net"]["amount"]) for row in told["rows"]]
    shown = rows if by == "month" else [*rows[:15], sum(rows[15:])]
    assert drawn[: len(shown)] == shown
    assert len(bars(chart["svg"])) == len(drawn)
    assert asked(api, owner, by=by)["chart"] is None


def behind(api: Api, caller: Caller, address: str, limit: int = 25) -> list[Any]:
    """The documents of all pages of this address."""
    found, cursor = [], ""
    while True:
        page = api.call("GET", f"{address}&limit={limit}{cursor}", caller).json
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("by", [each for each in GROUPINGS if each not in ("brand", "category")])
def test_documents_behind_a_row_read_no_products_unless_the_row_goes_by_them(
    api: Api, context: Context, owner: Caller, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page looks at months of some hundred documents, with thousands of articles."""
    record(context, [invoice("A-1", "10.00", day=date(2026, 9, 3))])
    built(context)
    monkeypatch.setattr(purchases.catalog, "read_traits", lambda *given: pytest.fail("products were read"))
    row = "L-0" if by == "product" else ""
    assert len(behind(api, owner, f"/v1/company/analytics/documents?by={by}&name={row}&from=2026-09")) == 1


def test_an_answer_has_so_many_rows(api: Api, context: Context, owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    record(context, [invoice("A-1", "10.00", "20.00", day=date(2026, 9, 3))])
    built(context)
    monkeypatch.setattr(company, "MOST_LINES", 2)
    assert api.call("GET", "/v1/company/analytics?by=product", owner).status == 200
    monkeypatch.setattr(company, "MOST_LINES", 1)
    answer = api.call("GET", "/v1/company/analytics?by=product", owner)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "too_long")


@pytest.mark.parametrize("limit", [1, 2, 25])
def test_the_parts_of_documents_add_up_to_each_row_and_to_that_of_all_others(
    api: Api, context: Context, owner: Caller, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(MOST_ROWS, "product", 2)  # type: ignore[index]  # two articles have a row of their own in each month
    monkeypatch.setattr(documents, "MOST_READ", 2)
    days = [date(2026, 9, 3), date(2026, 9, 3), date(2026, 9, 4), date(2026, 10, 7), date(2026, 11, 9)]
    record(
        context,
        [
            *(
                invoice(f"A-{number}", "10.00", f"{number}.50", "3.00", "0.07", day=day)
                for number, day in enumerate(days)
            ),
            returned("R-1", "A-1", "-4.00", day=date(2026, 11, 9)),
        ],
    )
    built(context)
    for by in GROUPINGS:
        rows = asked(api, owner, by=by, **{"from": "2026-09"})["rows"]
        assert rows
        for row in rows:
            found = behind(api, owner, row["rows_url"], limit)
            assert sum(Decimal(each["net"]["amount"]) for each in found) == Decimal(row["net"]["amount"]), row
            assert sum(Decimal(each["units"]) for each in found) == Decimal(row["units"])
            assert len({each["document"] for each in found}) == len(found)
            days_shown = [each["business_date"] for each in found]
            assert days_shown == sorted(days_shown, reverse=True)
    assert any(row["name"] == REST for row in asked(api, owner, by="product")["rows"])


def test_an_order_tells_who_ordered_where_from_and_what_was_saved(market: Market) -> None:
    partners.reach(market.context, "cmp_1", "60000.00")
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    market.ship(order_id)
    for event in market.events():
        deliver(market.context, event)
    built(market.context)
    order = load_order(market.context, "cmp_1", order_id)
    assert order
    for by, name in (("distributor", order.distributor_id), ("person", order.placed_by.member_id)):
        told = asked(market.api, market.buyer, by=by)
        first, ordered = told["rows"]
        assert (first["name"], first["net"]["amount"]) == ("", "60000.00")  # the books do not tell who ordered
        assert (ordered["name"], ordered["documents"]) == (name, 1)
    assert ordered["title"] == getattr(read_member(market.context, name), "name", None)
    told = asked(market.api, market.buyer)
    saved = sum(Decimal(each["amount"]["amount"]) for each in told["savings"])
    full = order.lines[0].base_price * 10
    assert saved == full - Decimal(ordered["net"]["amount"]) == Decimal(told["saved"]["amount"]) > 0
    month = told["rows"][-1]
    assert [(each["rule"], each["amount"]) for each in month["savings"]] == [
        (each["rule"], each["amount"]) for each in told["savings"]
    ]
    for each in (*month["savings"], *told["savings"]):
        found = behind(market.api, market.buyer, each["rows_url"], 1)
        assert sum(Decimal(of["saved"]["amount"]) for of in found) == Decimal(each["amount"]["amount"])
    assert behind(market.api, market.buyer, told["savings"][0]["rows_url"].replace("name=", "name=no_")) == []
    manager = Caller.person("mbr_manager", "staff", "manager", "club")
    of_staff = market.api.call("GET", "/v1/staff/companies/cmp_1/analytics", manager).json["savings"][0]["rows_url"]
    assert [each["saved"] for each in behind(market.api, manager, of_staff)] == [
        each["amount"] for each in told["savings"]
    ]


def test_savings_of_many_rules_lead_to_their_documents_and_those_of_all_others(
    api: Api, context: Context, owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line was made cheaper by two rules; the smallest rules share a row."""
    monkeypatch.setattr(rules, "MOST_RULES", 2)
    discounts = {"A-1": {"tier_discount": "5.00", "offer": "0.07"}, "A-2": {"promotion": "3.10", "other": "-0.20"}}

    def discounted(context: Context, company_id: str, found: list[Any], *, goods: bool = True) -> list[Any]:
        saved = [{rule: Decimal(of) for rule, of in discounts[each.document.number].items()} for each in found]
        every = purchases_of(context, company_id, found, goods=goods)
        return [
            each._replace(lines=tuple(line._replace(saved=mine) for line in each.lines))
            for each, mine in zip(every, saved, strict=True)
        ]

    purchases_of = purchases.purchases_of
    for reader in (purchases, documents):
        monkeypatch.setattr(reader, "purchases_of", discounted)
    record(context, [invoice(f"A-{each}", "10.00", "4.00", day=date(2026, 11, each)) for each in (1, 2)])
    built(context)
    told = asked(api, owner)
    assert [(each["rule"], each["amount"]["amount"]) for each in told["savings"]] == [
        ("tier_discount", "10.00"),
        ("promotion", "6.20"),
        (REST, "-0.26"),
    ]
    for each in told["savings"]:
        found = behind(api, owner, each["rows_url"], 1)
        assert sum(Decimal(of["saved"]["amount"]) for of in found) == Decimal(each["amount"]["amount"])


def test_bonuses_lead_to_their_postings_a_tier_to_its_reasons_and_missing_articles_to_documents(
    api: Api, context: Context, owner: Caller
) -> None:
    record(context, [invoice(f"A-{month}", "10.00", day=date(2026, month, 3)) for month in (6, 7, 9)])
    for day, amount in ((date(2026, 9, 30), "70.00"), (date(2026, 10, 31), "40.00"), (date(2026, 11, 1), "5.50")):
        then = replace(context, now=datetime.combine(day, time(12), UTC))
        credit(then, "cmp_1", Decimal(amount))
    service.note_tier(
        context,
        {
            "company_id": "cmp_1", "day": "2026-10-10", "at": context.at,
            "tier": {"code": "silver", "name": "Silver", "name_ru": "Серебро", "discount_percent": Decimal(3)},
        },
    )  # fmt: skip
    built(context)
    for by in ("month", "quarter"):
        told = asked(api, owner, by=by, **{"from": "2026-07"})["rows"]
        with_bonuses = [row["bonuses"] for row in told if row["bonuses"]]
        assert with_bonuses
        for each in with_bonuses:
            postings = behind(api, owner, each["rows_url"])
            issued = [entry for of in postings for entry in of["entries"] if entry["account"] == "issued"]
            assert -sum(Decimal(entry["amount"]["amount"]) for entry in issued) == Decimal(each["credited"]["amount"])
        tier = told[-1]["tier"]
        assert api.call("GET", tier["rows_url"], owner).json["as_of"] == "2026-11-20"
    missing = asked(api, owner, by="product")["missing"][0]
    found = behind(api, owner, missing["rows_url"])
    assert len({each["business_date"][:7] for each in found}) == missing["months"]
    assert sum(Decimal(each["units"]) for each in found) / missing["months"] == Decimal(missing["mean_units"])


def deliver(context: Context, item: Any) -> None:
    from chalicelib.orders.consumers import record_shipment

    if item["event"] == "order.shipped":
        record_shipment(context, Event(item["event"], "evt_1", item))


def test_faults_of_the_period_are_named(api: Api, context: Context, owner: Caller) -> None:
    def faults(**query: str) -> Any:
        answer = api.call("GET", f"/v1/company/analytics?{urlencode(query)}", owner)
        return answer.status, [(each["pointer"], each["code"]) for each in answer.json["errors"]]

    assert faults(**{"from": "2026-11", "to": "2026-10"}) == (422, [("/query/from", "range")])
    assert faults(to="2026-12") == (422, [("/query/to", "in_future")])
    assert faults(by="brand", **{"from": "2023-11"}) == (422, [("/query/from", "too_long")])
    assert faults(by="colour")[0] == 422
    assert faults(to="2026-13")[0] == 422


def test_the_staff_see_what_the_company_sees(api: Api, context: Context, owner: Caller) -> None:
    record(context, [invoice("A-1", "100.00", day=date(2026, 11, 2))])
    built(context)
    staff = Caller.person("mbr_manager", "staff", "manager", "club")
    told = api.call("GET", "/v1/staff/companies/cmp_1/analytics", staff).json
    assert told["rows"] and told["net"] == asked(api, owner)["net"]
    assert len(api.call("GET", told["rows"][-1]["rows_url"], staff).json["items"]) == 1
    assert api.call("GET", "/v1/staff/companies/cmp_none/analytics", staff).status == 404
    assert api.call("GET", "/v1/staff/companies/cmp_none/purchases", staff).status == 404


def test_a_sale_is_in_the_figures_once_its_message_is_worked_off(api: Api, context: Context, owner: Caller) -> None:
    record(context, [invoice("A-1", "100.00", day=date(2026, 11, 2))])
    for event in steps.events(context):
        consumers.on_sale_recorded(context, event)
    assert not asked(api, owner)["complete"]
    sqs, queue = boto3.client("sqs"), queue_url("rollups")
    for message in sqs.receive_message(QueueUrl=queue)["Messages"]:
        jobs.fold_months(context, {"body": message["Body"]})
    told = asked(api, owner)
    assert (told["net"]["amount"], told["complete"]) == ("100.00", True)
    assert [item["sk"] for item in items(context, "ROLLUP#BUILT")] == [keys.built("cmp_1").sk]


def test_a_running_month_has_the_same_year_before_by_whatever_rows(api: Api, context: Context, owner: Caller) -> None:
    before = [invoice(f"A-{day}", f"{day}.00", day=date(2025, 11, day)) for day in (3, 20, 28)]
    record(context, [invoice("A-1", "46.00", day=date(2026, 11, 2)), *before])
    built(context)
    for by in get_args(By):
        told = asked(api, owner, by=by, **{"from": "2026-11"})
        assert (by, told["year_before"]["amount"], told["change_percent"]) == (by, "23.00", "100")
        assert sum(Decimal(row["year_before"]["amount"]) for row in told["rows"]) == 23


def test_an_article_is_not_missing_in_a_month_that_has_only_begun(api: Api, context: Context, owner: Caller) -> None:
    record(context, [invoice(f"A-{month}", "10.00", day=date(2026, month, 20)) for month in range(5, 11)])
    built(context)
    assert asked(api, owner, by="product")["missing"] == []
    assert asked(api, owner, by="product", to="2026-10")["missing"] == []


def test_a_month_names_an_order_that_it_does_not_ship_in_full(market: Market) -> None:
    order_id = market.placed({"LMP-1": 10})
    market.accept(order_id)
    for number, (quantity, left) in enumerate([(4, (order_id,)), (6, ())]):
        market.ship(order_id, {"LMP-1": quantity}, document=f"УТ-{number}")
        for event in market.events():
            deliver(market.context, event)
        built(market.context)
        (totals,) = read_history(market.context.table, "cmp_1").sums("RUB").values()
        assert (totals.orders, totals.open_orders) == (1, left)


def test_purchases_that_nobody_told_of_are_not_complete(api: Api, context: Context, owner: Caller) -> None:
    assert asked(api, owner)["complete"]
    record(context, [invoice("A-1", "100.00", day=date(2026, 10, 5))])
    assert not asked(api, owner)["complete"]
    built(context)
    told = asked(api, owner)
    assert (told["complete"], told["net"]["amount"]) == (True, "100.00")


@pytest.mark.parametrize("by", [each for each in get_args(By) if each != "person"])
def test_a_request_is_two_reads_with_that_of_the_membership(api: Api, context: Context, owner: Caller, by: str) -> None:
    record(context, [invoice(f"A-{year}", "10.00", day=date(year, 11, 3)) for year in range(2017, 2027)])
    built(context)
    with spent(context.table.client) as cost:
        assert asked(api, owner, by=by)["year_before"]["amount"] == "10.00"
    assert cost.calls == (["GetItem", "Query"] if by in ("month", "quarter") else ["Query", "BatchGetItem"])
