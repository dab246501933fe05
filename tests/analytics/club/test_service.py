"""The club's figures from sales to the answer, wherever a worker dies, in one query each."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest

from chalicelib import sales
from chalicelib.analytics.club import companies, figures, jobs, keys, service, store
from chalicelib.analytics.club.rules import (
    GOODS,
    MOVES,
    SPLITS,
    Bridge,
    ClubMonth,
    Cohort,
    LargeCompany,
    Moved,
    MovedCompany,
    Share,
)
from chalicelib.analytics.club.schemas import BridgeQuery, ClubQuery, MoveQuery, SplitQuery
from chalicelib.analytics.rollups import service as rollups
from chalicelib.analytics.rollups.rules import plus
from chalicelib.companies import keys as companies_keys
from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.platform.settings import queue_url
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.sales.steps import invoice, items
from tests.support import partners
from tests.support.api import Api, Caller
from tests.support.crashes import crashes
from tests.support.spent import measures, spent

HEAD = Caller.person("mbr_admin", "staff", "admin", "club")
OCTOBER = date(2026, 10, 1)
LOST = MoveQuery(month="2026-10", move="lost")


def a_club(context: Context) -> None:
    """Three companies: one that stays, one that leaves, one that comes."""
    for number, days in enumerate([(date(2026, 9, 5), date(2026, 10, 5)), (date(2026, 9, 5),), (date(2026, 10, 7),)]):
        company_id = f"cmp_{number}"
        facts = {"region": ("RU-MOW", "RU-SPE", "RU-MOW")[number], "yearly_total": (438, None, None)[number]}
        partners.company(context, company_id, **facts)
        place = companies_keys.company_list(company_id, company_id).as_gsi1()
        context.table.update(companies_keys.company(company_id), put=place)
        for day in days:
            sales.record(context, [invoice(f"A-{number}-{day}", f"{100 + day.month}.00", company=company_id, day=day)])
        rollups.build(context, company_id)


def messages() -> list[dict[str, Any]]:
    """Those that wait, taken out of the queue."""
    sqs, queue = boto3.client("sqs"), queue_url("club-folds")
    found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for each in found:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    return [{"body": each["Body"]} for each in found]


def fold(context: Context) -> None:
    jobs.nightly_club(context, {})
    while waiting := messages():
        for message in waiting:
            jobs.fold_club(context, message)


def told(api: Api, figure: str) -> Any:
    answer = api.call("GET", f"/v1/staff/{figure}", HEAD)
    assert answer.status == 200, answer.text
    return answer.json


def test_the_staff_see_turnover_bridge_split_and_ten_figures(api: Api, context: Context) -> None:
    assert told(api, "analytics/turnover")["as_of"] is None
    assert {figure["value"] for figure in told(api, "dashboard")["figures"]} == {None}
    a_club(context)
    fold(context)
    turnover = told(api, "analytics/turnover?from=2026-09")
    assert [(row["month"], row["net"]["amount"], row["active"]) for row in turnover["rows"]] == [
        ("2026-09", "218.00", 2),
        ("2026-10", "220.00", 2),
    ]
    assert (turnover["net"]["amount"], turnover["rows"][1]["churn_percent"]) == ("438.00", "50")
    row = told(api, "analytics/bridge?from=2026-10")["rows"][0]
    assert {each["move"]: each["change"]["amount"] for each in row["moves"]} == {
        "new": "110.00",
        "kept": "0.00",
        "grown": "1.00",
        "shrunk": "0.00",
        "lost": "-109.00",
        "won_back": "0.00",
    }
    assert sum(Decimal(each["change"]["amount"]) for each in row["moves"]) == Decimal(row["change"]["amount"])
    by_region = told(api, "analytics/bridge?from=2026-10&by=region")["rows"]
    assert [(each["name"], each["before"]["amount"], each["change"]["amount"]) for each in by_region] == [
        ("RU-MOW", "109.00", "111.00"),
        ("RU-SPE", "109.00", "-109.00"),
    ]
    lost = next(each for each in row["moves"] if each["move"] == "lost")
    gone = told(api, "analytics/bridge/moved?month=2026-10&move=lost")
    assert [(each["name"], each["before"]["amount"], each["net"]["amount"]) for each in gone["rows"]] == [
        ("Luch cmp_1", "109.00", "0.00")
    ]
    assert (gone["companies"], gone["change"], gone["others"]["amount"]) == (1, lost["change"], "0.00")
    early = api.call("GET", "/v1/staff/analytics/bridge?from=2025-10&by=region", HEAD)
    assert (early.status, early.json["errors"][0]["code"]) == (422, "too_early")
    split = told(api, "analytics/split?from=2026-09&by=region")
    assert [(row["name"], row["net"]["amount"], row["companies"]) for row in split["rows"]] == [
        ("RU-MOW", "329.00", [1, 2]),
        ("RU-SPE", "109.00", [1, 0]),
    ]
    assert told(api, "analytics/split?from=2026-09&by=tier")["net"]["amount"] == "438.00"
    customers = told(api, "analytics/customers?from=2026-09")["rows"][1]
    assert (customers["known"], customers["lost"], customers["reactivation_percent"]) == (2, 1, None)
    assert (customers["wallet_percent"], customers["wallet_companies"]) == ("50", 1)
    cohorts = told(api, "analytics/cohorts?from=2026-09")["rows"]
    assert [(each["cohort"], each["companies"]) for each in cohorts] == [("2026-Q3", 2), ("2026-Q4", 1)]
    kept = [(each["quarter"], each["retained_percent"], each["mature"]) for each in cohorts[0]["quarters"]]
    assert kept == [("2026-Q3", "100", True), ("2026-Q4", "50", False)]
    concentration = told(api, "analytics/concentration")
    assert [each["name"] for each in concentration["largest"]] == ["Luch cmp_0", "Luch cmp_2", "Luch cmp_1"]
    assert concentration["rows"][-1]["largest_percent"] == "100"
    dashboard = told(api, "dashboard")
    assert (dashboard["month"], len(dashboard["figures"])) == ("2026-10", 10)
    assert dashboard["figures"][0]["value"] == "220.00"
    for figure in dashboard["figures"]:
        assert api.call("GET", figure["rows_url"], HEAD).status == 200
    manager = Caller.person("mbr_manager", "staff", "manager", "club")
    assert api.call("GET", "/v1/staff/dashboard", manager).status == 403


@pytest.mark.parametrize("by", GOODS)
@pytest.mark.parametrize("figure", ["split?", "companies?name=Nord&"])
def test_brands_and_categories_are_refused_for_months_in_which_nobody_knows_them(
    api: Api, context: Context, figure: str, by: str
) -> None:
    a_club(context)
    fold(context)
    asked = f"/v1/staff/analytics/{figure}by={by}&to=2026-11"
    early = api.call("GET", f"{asked}&from=2023-11", HEAD)
    assert (early.status, early.json["errors"][0]["code"]) == (422, "too_early")
    assert api.call("GET", f"{asked}&from=2023-12", HEAD).status == 200


def pages(api: Api, address: str, limit: int) -> list[Any]:
    """The companies of all pages of this address."""
    found, cursor = [], ""
    while True:
        answer = api.call("GET", f"{address}&limit={limit}{cursor}", HEAD)
        assert answer.status == 200, answer.text
        found += answer.json["items"]
        if answer.json["next_cursor"] is None:
            return found
        cursor = f"&cursor={answer.json['next_cursor']}"


def added(rows: list[Any], name: str = "net") -> Decimal:
    return sum((Decimal(row[name]["amount"]) for row in rows), Decimal(0))


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("together", [1, 50])
def test_every_row_leads_to_companies_that_add_up_to_it(
    api: Api, context: Context, limit: int, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "COMPANIES", together)  # of a part of the fold
    monkeypatch.setattr(companies, "MOST_PARTS", 2)
    assert api.call("GET", "/v1/staff/analytics/companies", HEAD).json == {"items": [], "next_cursor": None}
    a_club(context)
    fold(context)
    for row in told(api, "analytics/turnover?from=2026-08")["rows"]:
        found = pages(api, row["rows_url"], limit)
        assert [added(found, name) for name in ("net", "saved", "credited")] == [
            Decimal(row[name]["amount"]) for name in ("net", "saved", "credited")
        ]
        assert sum(each["orders"] for each in found) == row["orders"]
        assert sum(Decimal(each["net"]["amount"]) > 0 for each in found) == row["active"]
    for asked in ("", "&against=year", "&by=region", "&by=tier&against=year"):
        for row in told(api, f"analytics/bridge?from=2026-09{asked}")["rows"]:
            for each in row["moves"]:
                found = pages(api, each["rows_url"], limit)
                assert len(found) == each["companies"]
                assert added(found) - added(found, "before") == Decimal(each["change"]["amount"])
    for by in SPLITS:
        for row in told(api, f"analytics/split?from=2026-09&by={by}")["rows"]:
            assert added(pages(api, row["rows_url"], limit)) == Decimal(row["net"]["amount"])
    for row in told(api, "analytics/customers?from=2026-09")["rows"]:
        found = pages(api, row["rows_url"], limit)
        assert sum((each["first_month"] or "9999") < row["month"] for each in found) == row["known"]
        told_total = [each for each in found if each["yearly_total"]]
        assert len(told_total) == row["wallet_companies"]
        wallet = 100 * added(told_total, "net_of_year") / sum(each["yearly_total"] for each in told_total)
        assert round(wallet, 1) == Decimal(row["wallet_percent"])
    for cohort in told(api, "analytics/cohorts?from=2026-09")["rows"]:
        for row in cohort["quarters"]:
            found = pages(api, row["rows_url"], limit)
            assert (len(found), added(found)) == (row["companies"], Decimal(row["net"]["amount"]))
    concentration = told(api, "analytics/concentration?from=2026-09")
    for row in concentration["rows"]:
        assert added(pages(api, row["rows_url"], limit)) == Decimal(row["net"]["amount"])
    moved = told(api, "analytics/bridge/moved?month=2026-10&move=grown")["rows"]
    assert moved
    for each in (*concentration["largest"], *moved, *pages(api, "/v1/staff/analytics/companies?from=2026-09", 3)):
        assert api.call("GET", each["rows_url"], HEAD).status == 200


def test_pages_of_companies_stay_with_their_night(api: Api, context: Context) -> None:
    a_club(context)
    fold(context)
    first = told(api, "analytics/companies?from=2026-09&to=2026-10&limit=1")
    sales.record(context, [invoice("A-9", "7.00", company="cmp_1", day=date(2026, 10, 9))])
    rollups.build(context, "cmp_1")
    fold(context)
    following = f"analytics/companies?from=2026-09&to=2026-10&limit=2&cursor={first['next_cursor']}"
    assert added([*first["items"], *told(api, following)["items"]]) == 438
    assert added(told(api, "analytics/companies?from=2026-09&to=2026-10")["items"]) == 445
    for item in items(context, "PART#"):
        context.table.commit(deleting(Key(item["pk"], item["sk"])))
    answer = api.call("GET", f"/v1/staff/{following}", HEAD)
    assert (answer.status, answer.json["errors"][0]["code"]) == (422, "cursor_invalid")
    months = api.call("GET", "/v1/staff/analytics/companies?from=2026-09&to=2026-10&move=lost", HEAD)
    assert (months.status, months.json["errors"][0]["pointer"]) == (422, "/query/from")


def deleting(key: Key) -> Transaction:
    tx = Transaction()
    tx.delete(key)
    return tx


@pytest.mark.parametrize(
    "asked",
    [
        "turnover",
        "bridge",
        "bridge?by=region",
        "customers",
        "cohorts",
        "concentration",
        "split?by=region",
        "split?by=brand",
    ],
)
def test_each_figure_is_drawn_when_asked_for(api: Api, context: Context, asked: str) -> None:
    a_club(context)
    fold(context)
    chart = told(api, f"analytics/{asked}{'&' if '?' in asked else '?'}chart=true")["chart"]
    assert chart["vega_lite"]["data"]["values"]
    assert chart["svg"].startswith("<svg")
    assert told(api, f"analytics/{asked}")["chart"] is None


def test_a_fold_that_dies_at_any_call_ends_in_the_same_months(context: Context) -> None:
    a_club(context)
    for number, crash in enumerate(crashes()):
        service.start(context, f"fld_{number}", "test")
        (message,) = messages()
        with crash:
            service.fold_part(context, message)
        service.fold_part(context, message)
        months, _ = store.read_months(context.table, "RUB")
        assert {each.month: each.net for each in months}[OCTOBER] == 220, crash
        assert [each.companies for each in store.read_cohorts(context.table, "RUB")] == [2, 1], crash


def redated(context: Context, number: str, amount: str, day: date, currency: str = "RUB") -> Context:
    """The document of `cmp_0` as it is an hour later; the fold that follows then."""
    later = replace(context, now=context.now + timedelta(hours=1))
    sales.record(later, [invoice(number, amount, company="cmp_0", day=day)._replace(currency=currency)])
    rollups.build(later, "cmp_0")
    fold(later)
    return later


def figures_of(context: Context, currency: str) -> list[dict[str, Any]]:
    found = [each for each in items(context) if each["pk"] == f"CLUBFIGURES#{currency}"]
    return [{name: each[name] for name in each if name not in ("fold_id", "as_of")} for each in found]


def test_a_fold_leaves_nothing_of_the_folds_before_it(api: Api, context: Context) -> None:
    a_club(context)
    first = redated(context, "A-8", "999.00", date(2026, 5, 5))
    second = redated(first, "A-9", "50.00", date(2026, 6, 5), "KZT")
    assert told(api, "analytics/turnover?from=2026-04")["net"]["amount"] == "1437.00"
    third = redated(second, "A-9", "50.00", date(2026, 9, 8))
    last = redated(third, "A-8", "999.00", date(2026, 10, 6))
    turnover = told(api, "analytics/turnover?from=2026-04")
    assert (turnover["net"]["amount"], turnover["as_of"]) == ("1487.00", last.at)
    assert told(api, "analytics/turnover?from=2026-04&currency=KZT")["net"]["amount"] == "0.00"
    assert told(api, "analytics/split?from=2026-04&by=region")["net"]["amount"] == "1487.00"
    cohorts = [(row["cohort"], row["companies"]) for row in told(api, "analytics/cohorts?from=2026-04")["rows"]]
    assert cohorts == [("2026-Q3", 2), ("2026-Q4", 1)]
    kept = {currency: figures_of(context, currency) for currency in ("RUB", "KZT")}
    context.table.delete_many(Key(each["pk"], each["sk"]) for each in figures_of(context, "RUB"))
    fold(last)
    assert kept == {"RUB": figures_of(context, "RUB"), "KZT": []}


@pytest.fixture
def ten_years(local_table: Table) -> Context:
    context = Context(table=local_table, now=NOON)
    splits = {
        "region": {f"RU-{number:03}": Share(Decimal("123456.78"), 9) for number in range(85)},
        "manager": {f"mbr_{number:032x}": Share(Decimal("123456.78"), 9) for number in range(30)},
        "cohort": {f"{year}-Q{quarter}": Share(Decimal("5.00"), 1) for year in range(2016, 2027) for quarter in (1, 2)},
        "distributor": {},
    }
    large = tuple(LargeCompany(f"cmp_{number:032x}", Decimal("123456.78")) for number in range(10))
    moves = {name: Moved(99, Decimal("-123456.78")) for name in MOVES}
    months = [
        ClubMonth(
            plus(OCTOBER, -back),
            Decimal("1000000.00"),
            active=9,
            moves=moves,
            moves_of_year=moves,
            largest_of_year=large,
        )
        for back in range(120)
    ]
    quarters = [f"{year}-Q{quarter}" for year in range(2017, 2027) for quarter in range(1, 5)]
    bridges = {name: Bridge(Decimal("98765.43"), Decimal("123456.78"), moves) for name in splits["region"]}
    of_month = {"month": bridges, "year": bridges}
    companies = tuple(
        MovedCompany(f"cmp_{number:032x}", Decimal("98765.43"), Decimal("123456.78")) for number in range(100)
    )
    newest = [plus(OCTOBER, -back) for back in range(12)]
    store.write_bridges(context.table, "RUB", {("region", month): of_month for month in newest})
    store.write_moved(context.table, "RUB", {month: {"month": dict.fromkeys(MOVES, companies)} for month in newest})
    cohorts = [Cohort(name, 9, {each: Share(Decimal("123456.78"), 9) for each in quarters}) for name in quarters]
    store.write_months(context.table, "RUB", months, store.Folded("fld_1", 1, context.at))
    store.write_splits(context.table, "RUB", {month.month: splits for month in months})
    store.write_cohorts(context.table, "RUB", cohorts)
    return context


@measures(keys.club_month, keys.club_split, keys.cohort, keys.club_bridge, keys.moved_companies)
def test_each_figure_is_one_query_or_two_over_ten_years(ten_years: Context) -> None:
    whole = ClubQuery.model_validate({"from": "2016-11"})
    for ask, calls in (
        (lambda: figures.dashboard(ten_years, "ru"), ["Query"]),
        (lambda: figures.turnover(ten_years, whole, "ru"), ["Query"]),
        (lambda: figures.bridge(ten_years, BridgeQuery(), "ru"), ["Query"]),
        (lambda: figures.bridge(ten_years, BridgeQuery(by="region"), "ru"), ["Query", "Query"]),
        (lambda: figures.moved_companies(ten_years, LOST), ["Query", "GetItem", "BatchGetItem"]),
        (lambda: figures.customers(ten_years, whole, "ru"), ["Query"]),
        (lambda: figures.cohorts(ten_years, whole, "ru"), ["Query", "Query"]),
        (lambda: figures.concentration(ten_years, whole, "ru"), ["Query", "BatchGetItem"]),
        (lambda: figures.split(ten_years, SplitQuery.model_validate({"from": "2016-11"}), "ru"), ["Query", "Query"]),
    ):
        with spent(ten_years.table.client) as cost:
            ask()
        assert cost.calls == calls
        assert cost.read_units <= 70


@measures(keys.club_currencies)
def test_the_currencies_of_all_folds_are_two_calls(local_table: Table) -> None:
    store.add_currencies(local_table, ["RUB", "KZT"])
    with spent(local_table.client) as cost:
        assert store.add_currencies(local_table, ["RUB"]) == ["KZT", "RUB"]
    assert cost.calls == ["GetItem", "PutItem"]


@measures(keys.club_fold, keys.club_fold_part)
def test_a_fold_and_a_part_of_it_are_one_call(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(table=local_table, now=NOON)
    monkeypatch.setattr(store.FOLD.__class__, "announce", lambda *asked: None)
    service.start(context, "fld_1", "test")
    assert store.FOLD.create_part(context, "fld_1", Part(1, [["cmp_1", "", "", "", "RUB", 0]], None))
    with spent(context.table.client) as cost:
        found, part = store.FOLD.load_with_part(context, "fld_1", 1)
    assert found
    assert part
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 2)


def test_the_months_of_a_fold_are_written_together(local_table: Table) -> None:
    months = [ClubMonth(plus(OCTOBER, -number)) for number in range(36)]
    folded = store.Folded("fld_1", 1, "2026-11-20T09:00:00.000Z")
    store.write_months(local_table, "RUB", [ClubMonth(plus(OCTOBER, -40))], folded)
    with spent(local_table.client) as cost:
        store.write_months(local_table, "RUB", months, folded)
    assert cost.calls == ["Query", "TransactWriteItems"], "with the one that goes"
    assert [each.month for each in store.read_months(local_table, "RUB")[0]] == [each.month for each in months[::-1]]
