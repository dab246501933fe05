"""An order of twenty lines, a saved cart, a quote of two hundred lines and a profile: calls, capacity, and CPU beside a bare handler that makes the same calls."""

import json
from itertools import count
from typing import Any

import pytest

from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.benchmarks.bare import Bare, cpu_ratio
from tests.benchmarks.report import report
from tests.catalog.steps import row, stock
from tests.orders.steps import Market
from tests.support.api import Api, Caller, gateway_event
from tests.support.partners import reach
from tests.support.spent import spent

ROUNDS, ORDERS = 9, 15
LINES = [{"sku": f"S-{number:02}", "quantity": 5} for number in range(20)]

_keys = count(1)


@pytest.fixture
def market(local_table: Table, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    context = Context(table=local_table, now=clock.now(), new_id=ids.random_id)
    monkeypatch.setattr(respond, "context_now", lambda: context)
    market = Market(Api(app), context)
    stock(context, *(row(f"S-{number:02}") for number in range(20)))
    return market


def event(caller: Caller) -> dict[str, Any]:
    """The gateway's request for one more order."""
    return gateway_event(
        "POST",
        "/v1/orders",
        caller,
        json.dumps({"lines": LINES}).encode(),
        {"idempotency-key": f"bench-{next(_keys)}"},
    )


def test_an_order_of_twenty_lines(market: Market) -> None:
    from app import app

    table = market.context.table
    app(event(market.buyer), None)  # what is done once per process is not part of it

    with spent(table.client) as cost:
        app(event(market.buyer), None)
    bare = Bare.of(table, app, event(market.buyer))
    ratio, told = cpu_ratio(app, bare, lambda: [event(market.buyer) for _ in range(ORDERS)], rounds=ROUNDS, status=201)

    reads = [call for call in cost.calls if call != "TransactWriteItems"]
    writes = cost.calls.count("TransactWriteItems")
    report("order of 20 lines: reads", len(reads), "at most 3")
    report("order of 20 lines: transactions", writes, "at most 1")
    report("order of 20 lines: read and write units", f"{cost.read_units:g} and {cost.write_units:g}")
    report("order of 20 lines: CPU against a bare handler", told, "at most 1.5x")
    assert len(reads) <= 3
    assert writes == 1
    assert ratio <= 1.5


def test_a_quote_of_two_hundred_lines(market: Market) -> None:
    """As many as a cart may have; all of them under a tier's price."""
    from app import app

    table = market.context.table
    stock(market.context, *(row(f"Q-{number:03}") for number in range(200)))
    reach(market.context, market.company_id, "150000")
    cart = json.dumps({"lines": [{"sku": f"Q-{number:03}", "quantity": 5} for number in range(200)]}).encode()
    asked = gateway_event("POST", "/v1/quotes", market.buyer, cart)
    app(asked, None)

    with spent(table.client) as cost:
        answer = json.loads(app(asked, None)["body"])
    assert len(answer["lines"]) == 200
    bare = Bare.of(table, app, asked)
    ratio, told = cpu_ratio(app, bare, lambda: [asked] * 5, rounds=ROUNDS, status=200)
    report("quote of 200 lines: calls", ", ".join(cost.calls), "a fixed number")
    report("quote of 200 lines: read units", f"{cost.read_units:g}")
    report("quote of 200 lines: CPU against a bare handler", told, "at most 1.5x")
    assert cost.write_units == 0
    assert ratio <= 1.5


def test_a_cart_of_twenty_lines(market: Market) -> None:
    from app import app

    reach(market.context, market.company_id, "150000")
    content = json.dumps({"lines": LINES}).encode()
    answer = app(gateway_event("POST", "/v1/cart/lines", market.buyer, content, {"idempotency-key": "bench"}), None)
    assert answer["statusCode"] == 200, answer["body"]
    ratio = read(market, "/v1/cart", "cart of 20 lines", "at most 1.5x")
    assert ratio <= 1.5


def test_a_profile(market: Market) -> None:
    ratio = read(market, "/v1/me", "profile", "at most 1.35x")
    assert ratio <= 1.35


def read(market: Market, path: str, what: str, most: str) -> float:
    from app import app

    table, asked = market.context.table, gateway_event("GET", path, market.buyer)
    app(asked, None)
    with spent(table.client) as cost:
        app(asked, None)
    ratio, told = cpu_ratio(app, Bare.of(table, app, asked), lambda: [asked] * 30, rounds=ROUNDS, status=200)
    report(f"{what}: calls and read units", f"{', '.join(cost.calls)}; {cost.read_units:g}")
    report(f"{what}: CPU against a bare handler", told, most)
    return ratio
