"""Tiers: what reading a standing costs, what a night costs, and that it costs by who is due, not by who is a member.

How the membership is simulated says tests/tiers/nights.py; here at a fiftieth of the design's size: 200 due of 200, and 200 due, one
in a hundred, of 20,000.
"""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

import pytest

from chalicelib.auth.scopes import BASE_SCOPE
from chalicelib.platform import http
from chalicelib.platform.work import Work
from chalicelib.table import Table, keys
from chalicelib.table.transactions import from_wire, to_wire
from chalicelib.tiers import outlook as rules, service, store
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.support.spent import spent
from tests.tiers.nights import night, two_nights

ROUNDS, READS = 9, 60
DUE, MEMBERS = 200, 20_000


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


def busy_standing(work: Work, company_id: str) -> rules.Standing:
    """The largest there is: purchases on every day of the window."""
    days = {work.today - timedelta(days=back): Decimal("12345.67") for back in range(work.club.tiers.window_days)}
    ladder = service.ladder_of(work.club, "RUB")
    return rules.decided(rules.Standing(company_id, "RUB", ladder, work.today, days))


# --- reading ----------------------------------------------------------------------------------------------------------


def event(company_id: str) -> dict[str, Any]:
    claims = {
        "sub": "mbr_1",
        "club_member": "mbr_1",
        "club_kind": "company",
        "club_role": "owner",
        "club_owner": company_id,
    }
    return {
        "resource": "/v1/company/tier",
        "path": "/v1/company/tier",
        "httpMethod": "GET",
        "headers": {"accept-language": "ru"},
        "multiValueHeaders": {"accept-language": ["ru"]},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "isBase64Encoded": False,
        "body": None,
        "requestContext": {
            "resourcePath": "/v1/company/tier",
            "httpMethod": "GET",
            "path": "/v1/company/tier",
            "requestId": "bench",
            "identity": {"sourceIp": "192.0.2.1"},
            "authorizer": {"claims": {**claims, "scope": f"{BASE_SCOPE} club/company.read"}},
        },
    }


def cpu_seconds(handle: Callable[[dict[str, Any], Any], dict[str, Any]], given: dict[str, Any]) -> float:
    start = time.process_time()
    for _ in range(READS):
        assert handle(given, None)["statusCode"] == 200
    return (time.process_time() - start) / READS


def test_reading_a_standing(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import app

    monkeypatch.setattr(http, "work_now", lambda: work)
    store.save(work, busy_standing(work, "cmp_1"), work.today, None)
    given = event("cmp_1")
    answer = json.loads(app(given, None)["body"])  # and what is done once per process
    assert len(answer["falls_out"]) == 90

    def bare(event: dict[str, Any], context: Any) -> dict[str, Any]:
        """The same call and an answer of the same size, with nothing between."""
        key = to_wire(keys.standing("cmp_1").as_item())
        from_wire(work.table.client.get_item(TableName=work.table.name, Key=key)["Item"])
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}

    with spent(work.table.client) as cost:
        app(given, None)
    both = [(cpu_seconds(app, given), cpu_seconds(bare, given)) for _ in range(ROUNDS)]
    ratio = median(ours / floor for ours, floor in both)
    ours, floor = (median(each) * 1000 for each in zip(*both, strict=True))

    report("tier read: DynamoDB calls", len(cost.calls), "1")
    report("tier read: read units", f"{cost.read_units:g}", "at most 1")
    report("tier read: CPU against a bare handler", f"{ratio:.2f}x ({ours:.1f} ms, bare {floor:.1f} ms)", "at most 2x")
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1
    assert ratio <= 2


# --- rules ------------------------------------------------------------------------------------------------------------


def test_deciding_by_the_rules(work: Work) -> None:
    busy = busy_standing(work, "cmp_1")

    def decision() -> None:
        rules.next_due(rules.decided(busy))

    def calendar() -> None:
        list(rules.fall_outs(busy, 90))

    for what, rule in (("the decision and its next day", decision), ("the fall-out calendar", calendar)):
        took = []
        for _ in range(ROUNDS):
            start = time.process_time()
            for _ in range(200):
                rule()
            took.append((time.process_time() - start) / 200)
        report(f"tier rules: {what}, 90 days with purchases", f"{median(took) * 1e6:.0f} µs a company")


# --- the night ----------------------------------------------------------------------------------------------------------


@pytest.mark.timeout(900)
def test_a_night_costs_by_who_is_due(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, among_many = two_nights(work, monkeypatch, due=DUE, members=MEMBERS)
    for what, of_few, of_many, most in (
        ("calls", alone.calls, among_many.calls, 4),
        ("read units", alone.read_units, among_many.read_units, 4),
        ("write units", alone.write_units, among_many.write_units, 8),
    ):
        each = f"nightly tiers: {what} per company due"
        report(f"{each}, {DUE} due of {DUE}", f"{of_few / DUE:.2f}", f"at most {most}")
        ratio = of_many / of_few
        report(f"{each}, {DUE} due of {MEMBERS:,}", f"{of_many / DUE:.2f}, {ratio:.3f} of the former", "within 10 %")
        assert of_few <= most * DUE
        assert ratio == pytest.approx(1, abs=0.1)

    idle = night(replace(work, now=work.now + timedelta(days=1)), monkeypatch)
    report("nightly tiers: calls and read units of a night with nobody due", f"{idle.calls} and {idle.read_units:g}")
    assert idle.decisions.calls == []
