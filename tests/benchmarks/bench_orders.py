"""An order of twenty lines: its calls, its capacity, and its CPU beside a bare handler that makes the same calls."""

import base64
import copy
import json
import time
from collections.abc import Callable
from itertools import count
from statistics import median
from typing import Any

import pytest

from chalicelib.auth.scopes import BASE_SCOPE
from chalicelib.platform import clock, http, ids
from chalicelib.platform.work import Work
from chalicelib.table import Table
from tests.benchmarks.report import report
from tests.catalog.steps import row, stock
from tests.orders.steps import Market
from tests.support.api import Api, Caller
from tests.support.spent import spent

ROUNDS, ORDERS = 9, 15
LINES = [{"sku": f"S-{number:02}", "quantity": 5} for number in range(20)]

_keys = count(1)


@pytest.fixture
def market(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    work = Work(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(http, "work_now", lambda: work)
    market = Market(Api(app), work)
    stock(work, *(row(f"S-{number:02}") for number in range(20)))
    return market


def event(caller: Caller) -> dict[str, Any]:
    """What API Gateway sends for one more order."""
    headers = {"content-type": "application/json", "idempotency-key": f"bench-{next(_keys)}"}
    return {
        "resource": "/v1/orders",
        "path": "/v1/orders",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "isBase64Encoded": True,
        "body": base64.b64encode(json.dumps({"lines": LINES}).encode()).decode(),
        "requestContext": {
            "resourcePath": "/v1/orders",
            "httpMethod": "POST",
            "path": "/v1/orders",
            "requestId": "bench",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": {**caller.claims, "scope": f"{BASE_SCOPE} club/orders.write"}},
        },
    }


class Bare:
    """A handler with nothing between the event and the client: the calls of a real order, their keys new each time."""

    def __init__(self, table: Table) -> None:
        self._client = table.client
        self._calls: list[tuple[str, dict[str, Any]]] = []
        self._numbers = count(1)
        self.answer = ""

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._calls.append((model.name, copy.deepcopy(params)))

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        json.loads(base64.b64decode(event["body"]))
        suffix = f"-{next(self._numbers)}"
        for name, params in self._calls:
            if name == "GetItem":
                self._client.get_item(**params)
            elif name == "BatchGetItem":
                self._client.batch_get_item(**params)
            elif name == "Query":
                self._client.query(**params)
            else:
                for operation in params["TransactItems"]:
                    if item := operation.get("Put", {}).get("Item"):
                        item["pk"] = {"S": item["pk"]["S"].partition("-bare")[0] + "-bare" + suffix}
                self._client.transact_write_items(TransactItems=params["TransactItems"])
        return {"statusCode": 201, "headers": {"Content-Type": "application/json"}, "body": json.dumps(self.answer)}


def cpu_seconds(handle: Callable[[dict[str, Any], Any], dict[str, Any]], caller: Caller) -> float:
    events = [event(caller) for _ in range(ORDERS)]
    start = time.process_time()
    for each in events:
        assert handle(each, None)["statusCode"] == 201
    return (time.process_time() - start) / ORDERS


def test_an_order_of_twenty_lines(market: Market) -> None:
    from app import app

    table, bare = market.work.table, Bare(market.work.table)
    app(event(market.buyer), None)  # what is done once per process is not part of it

    with spent(table.client) as cost:
        app(event(market.buyer), None)
    table.client.meta.events.register("provide-client-params.dynamodb", bare.note)
    bare.answer = json.loads(app(event(market.buyer), None)["body"])
    table.client.meta.events.unregister("provide-client-params.dynamodb", bare.note)

    both = [(cpu_seconds(app, market.buyer), cpu_seconds(bare, market.buyer)) for _ in range(ROUNDS)]
    ratio = median(ours / floor for ours, floor in both)
    ours, floor = (median(each) * 1000 for each in zip(*both, strict=True))

    reads = [call for call in cost.calls if call != "TransactWriteItems"]
    writes = cost.calls.count("TransactWriteItems")
    report("order of 20 lines: reads", len(reads), "at most 3")
    report("order of 20 lines: transactions", writes, "at most 1")
    report("order of 20 lines: read and write units", f"{cost.read_units:g} and {cost.write_units:g}")
    report(
        "order of 20 lines: CPU against a bare handler",
        f"{ratio:.2f}x ({ours:.1f} ms, bare {floor:.1f} ms)",
        "at most 2x",
    )
    assert len(reads) <= 3
    assert writes == 1
    assert ratio <= 2
