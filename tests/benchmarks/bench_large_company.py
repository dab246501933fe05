"""A company of 10,000 documents, 5,000 orders, 300 people and 500 offers, and a catalogue of 50,000 products: the slowest answers of all routes,
and of the steps of an order of 200 lines.

On the local cloud's table, with the whole request inside one process: what a reader waits for, less the network and a cold start. Counted in
seconds of the processor, of the request and of the table's process together: the same on a machine that has other work.
"""

import json
import os
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from chalicelib import sales
from chalicelib.catalog import recording
from chalicelib.catalog import store as catalog_store
from chalicelib.catalog.schemas import ProductForm
from chalicelib.catalog.search import store as search_store
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Line, Order
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.platform.http.routes import ROUTES, Route
from chalicelib.platform.settings import settings
from chalicelib.pricing.rules import Ruling
from chalicelib.sales import SaleDocument, SaleLine
from chalicelib.table.client import Table
from chalicelib.table.transactions import Item
from chalicelib.tiers.standing import service as standing
from infra.build import ROOT
from infra.local.cloud import Cloud
from tests.benchmarks import bench_catalogue
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.orders.desk import Desk
from tests.support.api import Answer, Api, Caller
from tests.support.partners import distributor, partner, speaks_for, staff

PRODUCTS, DOCUMENTS, ORDERS, PEOPLE, OFFERS = 50_000, 10_000, 5_000, 300, 500
LONG_ORDERS, LINES = 100, 200
MOST_SECONDS = 3
DAYS = 900  # over which the documents are spread
YEAR = NOON.year
# The fullest page of each list.
QUERIES = {
    "/v1/company/purchases": ["", "?limit=100&lines=true"],
    "/v1/products": ["", "?limit=100&sort=price", "?limit=100&q=серия"],
    "/v1/price-list": ["", "?category=emergency"],
    "/v1/orders": ["", "?limit=100"],
    "/v1/company/people": ["", "?limit=100"],
    "/v1/company/analytics/documents": ["", "?by=brand&limit=100"],
}
# What reaches the whole of the company; the other writes send the example of the contract.
BODIES = {
    "/v1/list-files": {"list": "/v1/company/purchases"},
    "/v1/staff/customer-moves/preview": {"source": "1c", "customer": "УТ", "company_id": "cmp_2"},
    "/v1/staff/company-joins/preview": {"company_id": "cmp_1", "into_company_id": "cmp_2"},
    "/v1/staff/company-joins": {"company_id": "cmp_1", "into_company_id": "cmp_2", "reason": "One firm"},
    "/v1/company/statement/disputes": {"line_id": f"sale#1c#{YEAR}/УТ-1", "claimed": "1.00"},
}
# They speak to the user pool, end the caller's own rights, or move everything away: in tests of their own.
NOT_WALKED = {"/v1/sign-out", "/v1/me/email", "/v1/me/email/confirm", "/v1/me/erasure"}


@pytest.fixture
def context(local_table: Table, bare_cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Context:
    from chalicelib.platform import aws

    files = bare_cloud.client("s3")
    files.create_bucket(Bucket="club-files")
    monkeypatch.setattr(aws, "s3", lambda: files)
    monkeypatch.setenv("FILES_BUCKET", "club-files")
    settings.cache_clear()
    monkeypatch.setattr(aws, "secret", lambda: "a secret for benchmarks only")
    monkeypatch.setattr(bench_catalogue, "PRODUCTS", PRODUCTS)
    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    return context


def catalogue(context: Context) -> None:
    made = bench_catalogue.rows(Random(7))
    products = (ProductForm.model_validate(each).product() for each in made)
    bench_catalogue.fill(context.table, [catalog_store.product_item(each, context.at) for each in products])
    kinds = [{"code": code, "name": name, "name_ru": name_ru} for name, name_ru, code in bench_catalogue.KINDS]
    recording.write_categories(context, [{**each, "parent": None} for each in kinds])
    for start in range(0, len(made), 1000):
        search_store.refresh(context, [each["sku"] for each in made[start : start + 1000]])


def purchases(context: Context, company_id: str) -> None:
    documents = []
    for number in range(DOCUMENTS):
        lines = [
            SaleLine.of(
                f"P-{(number * 7 + place) % PRODUCTS:05}", "Светильник потолочный", Decimal(2), Decimal("149.90")
            )
            for place in range(8)
        ]
        day = context.today - timedelta(number % DAYS)
        documents.append(SaleDocument("1c", f"УТ-{number}", company_id, day, "RUB", lines, series=str(day.year)))
    for start in range(0, DOCUMENTS, 500):
        sales.record(context, documents[start : start + 500])
    standing.follow(context, company_id)


def orders(context: Context, company_id: str, distributor_id: str) -> str:
    """The id of one of the largest."""
    pattern = Desk().place(company_id=company_id)
    pattern = replace(pattern, distributor_id=distributor_id)
    items: list[Item] = []
    for number in range(ORDERS):
        placed = clock.stamp(context.now - timedelta(hours=number + 1))
        lines = tuple(line(place) for place in range(LINES if number < LONG_ORDERS else 5))
        items.append(order_store.order_item(order(pattern, number, placed, lines)))
    bench_catalogue.fill(context.table, items)
    return "ord_00000"


def order(pattern: Order, number: int, placed: str, lines: tuple[Line, ...]) -> Order:
    history = tuple(replace(entry, at=placed) for entry in pattern.history)
    return replace(
        pattern, order_id=f"ord_{number:05}", number=f"261120-{number}", placed_at=placed, lines=lines, history=history
    )


def line(place: int) -> Line:
    price = Decimal("149.90")
    ruling = Ruling("base_price", "listed", price)
    return Line(f"P-{place:05}", "Ceiling light", "Светильник", "pcs", 2, price, price, Decimal(20), ruling, ())


def processor_seconds(cloud: Cloud) -> float:
    """Of this process and of the cloud's own, which answers for the table."""
    user, system = Path(f"/proc/{cloud.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def example_of(route: Route) -> Any:
    """The body of the contract's example; None for a route without a body."""
    operation = CONTRACT["paths"][route.path][route.method.lower()]
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")


CONTRACT = json.loads((ROOT / "chalicelib" / "openapi.json").read_text(encoding="utf-8"))


def caller_of(route: Route, callers: dict[str, Caller]) -> Caller:
    scope = route.scope or ""
    side = "distributor" if scope.startswith(("fulfilment", "distributor")) else scope.partition(".")[0]
    return callers.get(side, callers["company"])


@pytest.mark.timeout(1800)
def test_every_route_answers_for_a_large_company(
    context: Context, bare_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import app

    api = Api(app)
    owner = partner(context, "cmp_1", region="RU-MOW")
    partner(context, "cmp_2", "mbr_other", region="RU-MOW")
    distributor_id, operator = distributor(context, "RU-MOW")
    callers = {"company": owner, "staff": staff(context, "mbr_admin", "admin"), "distributor": operator}
    for number in range(PEOPLE):
        speaks_for(context, "cmp_1", f"mbr_colleague{number}", "buyer")
    catalogue(context)
    purchases(context, "cmp_1")
    names = {"company_id": "cmp_1", "order_id": orders(context, "cmp_1", distributor_id)}
    names |= {"distributor_id": distributor_id, "member_id": "mbr_colleague1"}
    offered(api, callers["staff"], context, monkeypatch)
    found: list[tuple[float, str, int, int]] = []

    def timed(method: str, path: str, caller: Caller, body: Any = None, *, shown: str, **more: Any) -> Answer:
        context.memo.clear()
        start = processor_seconds(bare_cloud)
        answer = api.call(method, path, caller, body, **{"headers": {"accept-language": "ru"}, **more})
        seconds = processor_seconds(bare_cloud) - start
        found.append((seconds, f"{method} {shown}", answer.status, len(answer.text.encode())))
        return answer

    def place(route: Route) -> str:
        path = route.path
        for name, value in names.items():
            path = path.replace(f"{{{name}}}", value)
        return path.replace("{", "").replace("}", "")  # of a thing that there is not: 404

    for route in ROUTES:
        for query in QUERIES.get(route.path, [""]) if route.method == "GET" else []:
            timed("GET", place(route) + query, caller_of(route, callers), shown=route.path + query)

    def step(path: str, caller: str, body: Any, shown: str = "") -> Answer:
        return timed("POST", path, callers[caller], body, shown=shown or path, key=f"step-{len(found)}")

    lines = [{"sku": f"P-{place:05}", "quantity": 60} for place in range(LINES)]
    timed("POST", "/v1/quotes", owner, {"lines": lines, "explain": True}, shown="/v1/quotes")
    step("/v1/cart/lines", "company", {"lines": lines})
    timed("GET", "/v1/cart?explain=true", owner, shown="/v1/cart of 200 lines")
    placed = step("/v1/orders", "company", {"lines": lines})
    assert placed.status == 201, placed.text
    order_id, of_distributor = placed.json["order_id"], "/v1/distributor/orders"
    more = [{"sku": lines[0]["sku"], "quantity": 120}]
    step(f"{of_distributor}/{order_id}/accept", "distributor", {"lines": more}, f"{of_distributor}/…/accept, with more")
    step(f"{of_distributor}/{order_id}/accept", "distributor", {"lines": []}, f"{of_distributor}/…/accept")
    shipped = step(f"{of_distributor}/{order_id}/ship", "distributor", {"document": "B-1"}, f"{of_distributor}/…/ship")
    assert shipped.json["state"] == "completed", shipped.text
    back = {"reason": "Broken", "lines": [{"document": "B-1", **line} for line in lines]}
    step(f"/v1/orders/{order_id}/returns", "company", back, "/v1/orders/…/returns")
    for route in ROUTES:
        if route.method == "GET" or not route.scope or route.path in NOT_WALKED:
            continue
        headers = {"accept-language": "ru", "if-match": '"1"'}
        body, caller = BODIES.get(route.path) or example_of(route), caller_of(route, callers)
        timed(route.method, place(route), caller, body, shown=route.path, headers=headers, key=f"walk-{len(found)}")
    assert {f"{route.method} {route.path}" for route in ROUTES if route.scope and route.path not in NOT_WALKED} <= {
        shown.partition("?")[0] for _, shown, *_ in found
    }
    for seconds, path, status, weight in sorted(found, reverse=True)[:10]:
        report(path, f"{seconds:.2f} s, {status}, {weight / 1024:.0f} KB", f"{MOST_SECONDS} s")
    assert not [each for each in found if each[2] >= 500]
    assert not [each for each in found if each[0] > MOST_SECONDS]


def offered(api: Api, manager: Caller, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty at a time, the last of them still open."""
    for number in range(OFFERS):
        then = replace(context, now=context.now - timedelta(days=10 * ((OFFERS - 1 - number) // 20)))
        monkeypatch.setattr(respond, "context_now", lambda then=then: then)
        form: dict[str, Any] = {"goods": {"skus": [f"P-{number:05}"]}, "percent": "5", "floor": "1.00"}
        form["to"] = str(then.today + timedelta(days=9))
        answer = api.call("POST", "/v1/staff/companies/cmp_1/offers", manager, form, key=f"offer-{number}")
        assert answer.status == 201, answer.text
    monkeypatch.setattr(respond, "context_now", lambda: context)
