"""Bonuses: what reading a balance and redeeming cost, and their CPU beside a bare handler that makes the same calls."""

import json
import time
from collections.abc import Iterator
from decimal import Decimal
from itertools import count, islice
from typing import Any

import pytest

from app import app
from chalicelib.bonuses.ledger import rules as ledger_rules
from chalicelib.bonuses.ledger import service as ledger
from chalicelib.platform import clock, ids
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from tests.benchmarks.bare import Bare, cpu_ratio
from tests.benchmarks.report import report
from tests.bonuses.steps import credit
from tests.support.api import Caller, gateway_event
from tests.support.partners import partner
from tests.support.spent import Spent, spent

ROUNDS, REQUESTS = 9, 25

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
    """The gateway's request, with an Idempotency-Key of its own."""
    content = json.dumps(body).encode() if body else b""
    return gateway_event(method, path, caller, content, {"idempotency-key": f"bench-{next(_keys)}"})


def measured(context: Context, events: Iterator[dict[str, Any]], status: int) -> tuple[Spent, float, str]:
    """Cost of one request, and its CPU beside the bare handler's."""
    app(next(events), None)  # what is done once per process is not part of it
    with spent(context.table.client) as cost:
        app(next(events), None)
    bare = Bare.of(context.table, app, next(events))
    return cost, *cpu_ratio(app, bare, lambda: [*islice(events, REQUESTS)], rounds=ROUNDS, status=status)


def test_a_balance_is_one_read_of_one_unit(context: Context, owner: Caller) -> None:
    requested = iter(lambda: event(owner, "GET", "/v1/company/bonuses"), None)
    cost, ratio, told = measured(context, requested, 200)
    report("balances: calls", len(cost.calls), "1")
    report("balances: read units", f"{cost.read_units:g}", "at most 1")
    report("balances: CPU against a bare handler", told, "at most 1.35x")
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1
    assert ratio <= 1.35


def test_a_redemption_is_one_transaction(context: Context, owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.bonuses.redemptions.service.MOST_A_DAY", 1_000_000)
    requested = iter(lambda: event(owner, "POST", "/v1/company/redemptions", {"amount": "100.00"}), None)
    cost, ratio, told = measured(context, requested, 201)
    reads = [call for call in cost.calls if call != "TransactWriteItems"]
    report("redemption: transactions", cost.calls.count("TransactWriteItems"), "1")
    report("redemption: reads", len(reads), "at most 3")
    report("redemption: read and write units", f"{cost.read_units:g} and {cost.write_units:g}")
    report("redemption: CPU against a bare handler", told, "at most 2x")
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
