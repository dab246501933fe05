"""Bonuses: what reading a balance and redeeming cost, and their CPU beside a bare handler that makes the same calls."""

import base64
import copy
import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import count
from statistics import median
from typing import Any

import pytest

from app import app
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.benchmarks.report import report
from tests.bonuses.steps import credit
from tests.support.api import Caller
from tests.support.partners import partner
from tests.support.spent import spent

ROUNDS, REQUESTS = 9, 25
Handle = Callable[[dict[str, Any], Any], dict[str, Any]]

_keys = count(1)


@pytest.fixture
def context(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Context:
    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    return context


@pytest.fixture
def owner(context: Context) -> Caller:
    """Of a company with a year of lots."""
    caller = partner(context)
    for number in range(12):
        credit(context, "cmp_1", "100000", ledger_rules.expiry(ledger_rules.Expiry("month", number), context.today))
    return caller


def event(caller: Caller, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """What API Gateway sends, with an Idempotency-Key of its own."""
    headers = {"content-type": "application/json", "idempotency-key": f"bench-{next(_keys)}"}
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "isBase64Encoded": True,
        "body": base64.b64encode(json.dumps(body).encode() if body else b"").decode(),
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "requestId": "bench",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": dict(caller.claims)},
        },
    }


class Bare:
    """A handler with nothing between the event and the client: the calls of a real request, on keys of its own each time."""

    def __init__(self, table: Table, answer: dict[str, Any]) -> None:
        self._client = table.client
        self._calls: list[tuple[str, dict[str, Any]]] = []
        self._numbers = count(1)
        self._answer = answer

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self._calls.append((model.name, copy.deepcopy(params)))

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        json.loads(base64.b64decode(event["body"]) or b"{}")
        number = next(self._numbers)
        for name, params in self._calls:
            if name == "GetItem":
                self._client.get_item(**params)
                continue
            operations = []
            for operation in params["TransactItems"]:
                ((kind, body),) = operation.items()
                if kind == "Put":
                    body = {**body, "Item": {**body["Item"], "pk": {"S": f"BARE#{number}"}}}
                elif kind == "Update":
                    body = {key: value for key, value in body.items() if not key.startswith("Condition")}
                    body = {**body, "Key": {**body["Key"], "pk": {"S": "BARE#book"}}}
                    body["ExpressionAttributeNames"] = {
                        name: value
                        for name, value in body["ExpressionAttributeNames"].items()
                        if name in body["UpdateExpression"]
                    }
                    body["ExpressionAttributeValues"] = {
                        name: value
                        for name, value in body["ExpressionAttributeValues"].items()
                        if name in body["UpdateExpression"]
                    }
                operations.append({kind: body})
            self._client.transact_write_items(TransactItems=operations)
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(self._answer)}


def cpu_seconds(handle: Handle, events: Iterator[dict[str, Any]]) -> float:
    wanted = [next(events) for _ in range(REQUESTS)]
    start = time.process_time()
    for each in wanted:
        assert handle(each, None)["statusCode"] in (200, 201)
    return (time.process_time() - start) / REQUESTS


def measured(context: Context, events: Iterator[dict[str, Any]]) -> tuple[Any, float, float, float]:
    """Cost of one request, and the CPU of ours and of the bare handler: their ratio, and each in milliseconds."""
    client = context.table.client
    app(next(events), None)  # what is done once per process is not part of it
    with spent(client) as cost:
        answer = json.loads(app(next(events), None)["body"])
    bare = Bare(context.table, answer)
    client.meta.events.register("provide-client-params.dynamodb", bare.note)
    app(next(events), None)
    client.meta.events.unregister("provide-client-params.dynamodb", bare.note)
    both = [(cpu_seconds(app, events), cpu_seconds(bare, events)) for _ in range(ROUNDS)]
    ours, floor = (median(each) * 1000 for each in zip(*both, strict=True))
    return cost, median(one / other for one, other in both), ours, floor


def test_a_balance_is_one_read_of_one_unit(context: Context, owner: Caller) -> None:
    requested = iter(lambda: event(owner, "GET", "/v1/company/bonuses"), None)
    cost, ratio, ours, floor = measured(context, requested)
    report("balances: calls", len(cost.calls), "1")
    report("balances: read units", f"{cost.read_units:g}", "at most 1")
    report(
        "balances: CPU against a bare handler", f"{ratio:.2f}x ({ours:.2f} ms, bare {floor:.2f} ms)", "at most 1.35x"
    )
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1
    assert ratio <= 1.35


def test_a_redemption_is_one_transaction(context: Context, owner: Caller) -> None:
    requested = iter(lambda: event(owner, "POST", "/v1/company/redemptions", {"amount": "100.00"}), None)
    cost, ratio, ours, floor = measured(context, requested)
    reads = [call for call in cost.calls if call != "TransactWriteItems"]
    report("redemption: transactions", cost.calls.count("TransactWriteItems"), "1")
    report("redemption: reads", len(reads), "at most 3")
    report("redemption: read and write units", f"{cost.read_units:g} and {cost.write_units:g}")
    report("redemption: CPU against a bare handler", f"{ratio:.2f}x ({ours:.2f} ms, bare {floor:.2f} ms)", "at most 2x")
    assert cost.calls.count("TransactWriteItems") == 1
    assert len(reads) <= 3
    assert ratio <= 2


def test_the_rules_of_a_redemption_take_microseconds(context: Context, owner: Caller) -> None:
    book, amount = ledger.book(context, "cmp_1"), Decimal("250000.50")

    def redeem() -> None:
        held = ledger_rules.hold(book, ledger_rules.oldest_first(book, amount, context.today), context.today)
        ledger_rules.difference(book, held, context.today, context.today)

    times = 2_000
    start = time.process_time()
    for _ in range(times):
        redeem()
    spent_on_one = (time.process_time() - start) / times * 1_000_000
    report("redemption: rules of a book of 12 lots", f"{spent_on_one:.0f} µs", "at most 1,000 µs")
    assert spent_on_one <= 1_000
