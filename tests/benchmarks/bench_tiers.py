"""Tiers: what reading a standing costs, what a night costs, and that it costs by who is due, not by who is a member.

The night is counted twice. On the local cloud's table, at a fiftieth of the design's size: 200 due of 200, and of 2,000. And at its full
size, 10,000 due of 10,000 and of 1,000,000, on a membership that is simulated at the table: the same code asks a table in memory that
counts capacity by the documented rules and holds the million standings in the partitions of the due index. tests/tiers/nights.py says
how it is made, tests/tiers/test_nights.py holds its count against the local cloud's.
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

from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.sales.rules import DayTotals
from chalicelib.table.client import Table
from chalicelib.table.transactions import from_wire, to_wire
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.ladders.rules import Ladder
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import model as standing_model
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.rules import Facts
from tests.benchmarks.bare import cpu_ratio
from tests.benchmarks.report import report
from tests.conftest import NOON
from tests.support.api import Caller, gateway_event
from tests.support.spent import spent
from tests.tiers.nights import Membership, Night, night, seasonal_ladders, two_nights

ROUNDS, READS = 9, 60
DUE, MEMBERS = 200, 2_000
FULL_DUE, FULL_MEMBERS = 10_000, 1_000_000


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def daily(context: Context, ladders: tuple[Ladder, ...]) -> Facts:
    """A company that has bought every day for two years."""
    days = {context.today - timedelta(days=back): Decimal("12345.67") for back in range(730)}
    return Facts(DayTotals(days, {}), ladders, (), context.today - timedelta(days=730))


def plain_facts(context: Context) -> Facts:
    return daily(context, ladders_of(context, "RUB"))


def personal_facts(context: Context) -> Facts:
    return daily(context, seasonal_ladders(context))


# --- reading ----------------------------------------------------------------------------------------------------------


def event(company_id: str) -> dict[str, Any]:
    owner = Caller.person("mbr_1", "company", "owner", company_id)
    return gateway_event("GET", "/v1/company/tier", owner, headers={"accept-language": "ru"})


@pytest.mark.parametrize(
    ("what", "facts"), [("daily purchases", plain_facts), ("the same, seasons, a personal step", personal_facts)]
)
def test_reading_a_standing(
    context: Context, monkeypatch: pytest.MonkeyPatch, what: str, facts: Callable[[Context], Facts]
) -> None:
    from app import app

    monkeypatch.setattr(respond, "context_now", lambda: context)
    standing_store.save(
        context, standing_model.standing_on_day("cmp_1", "RUB", context.today, facts(context)), context.today
    )
    given = event("cmp_1")
    answer = json.loads(app(given, None)["body"])  # and what is done once per process
    assert len(answer["falls_out"]) == 90

    def bare(event: dict[str, Any], _: Any) -> dict[str, Any]:
        """The same call and an answer of the same size, with nothing between."""
        key = to_wire(tiers_keys.standing("cmp_1").as_item())
        from_wire(context.table.client.get_item(TableName=context.table.name, Key=key)["Item"])
        return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(answer)}

    with spent(context.table.client) as cost:
        app(given, None)
    ratio, told = cpu_ratio(app, bare, lambda: [given] * READS, rounds=ROUNDS, status=200)

    report(f"tier read, {what}: DynamoDB calls", len(cost.calls), "1")
    report(f"tier read, {what}: read units", f"{cost.read_units:g}", "at most 1")
    report(
        f"tier read, {what}: CPU against a bare handler",
        told,
        "at most 1.35x",
    )
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1
    assert ratio <= 1.35


# --- rules ------------------------------------------------------------------------------------------------------------


def test_deciding_by_the_rules(context: Context) -> None:
    fortnightly = Facts(
        DayTotals({context.today - timedelta(days=14 * back): Decimal("12345.67") for back in range(15)}, {}),
        ladders_of(context, "RUB"),
        (),
        None,
    )
    for whose, facts in (("fortnightly purchases", fortnightly), ("daily purchases", plain_facts(context))):
        standing = standing_model.standing_on_day("cmp_1", "RUB", context.today, facts)

        def decision(facts: Facts = facts) -> None:
            anew = Facts(facts.totals, facts.ladders, facts.grants, facts.first_purchase)
            standing_model.next_due(standing_model.standing_on_day("cmp_1", "RUB", context.today, anew))

        def calendar(standing: standing_model.Standing = standing) -> None:
            list(standing_model.fall_outs(replace(standing), 90))

        def year(facts: Facts = facts) -> None:
            anew = Facts(facts.totals, facts.ladders, facts.grants, facts.first_purchase)
            anew.timeline(context.today - timedelta(days=365), context.today)

        rules = (("a standing made anew", decision), ("the fall-out calendar", calendar), ("a year of tiers", year))
        for what, rule in rules:
            took = []
            for _ in range(ROUNDS):
                start = time.process_time()
                for _ in range(50):
                    rule()
                took.append((time.process_time() - start) / 50)
            report(f"tier rules: {what}, {whose}", f"{median(took) * 1e6:.0f} µs a company")


# --- the night --------------------------------------------------------------------------------------------------------


def tell(alone: Night, among_many: Night, due: int, members: int, where: str) -> None:
    for what, of_few, of_many, most in (
        ("calls", alone.calls, among_many.calls, 4),
        ("read units", alone.read_units, among_many.read_units, 4),
        ("write units", alone.write_units, among_many.write_units, 12),
    ):
        each = f"nightly tiers ({where}): {what} per company due"
        report(f"{each}, {due:,} due of {due:,}", f"{of_few / due:.2f}", f"at most {most}")
        ratio = of_many / of_few
        report(f"{each}, {due:,} due of {members:,}", f"{of_many / due:.2f}, {ratio:.3f} of the former", "within 10 %")
        assert of_few <= most * due
        assert ratio == pytest.approx(1, abs=0.1)


@pytest.mark.timeout(900)
def test_a_night_costs_by_who_is_due(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    alone, among_many = two_nights(context, monkeypatch, due=DUE, members=MEMBERS)
    tell(alone, among_many, DUE, MEMBERS, "local cloud")
    idle = night(replace(context, now=context.now + timedelta(days=1)), monkeypatch)
    report("nightly tiers: calls and read units of a night with nobody due", f"{idle.calls} and {idle.read_units:g}")
    assert idle.doing.calls == []


@pytest.mark.timeout(1800)
def test_a_million_members_of_whom_one_in_a_hundred_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context(table=Table(Membership(), "club"), now=NOON)  # type: ignore[arg-type]
    start = time.process_time()
    alone, among_many = two_nights(context, monkeypatch, due=FULL_DUE, members=FULL_MEMBERS)
    tell(alone, among_many, FULL_DUE, FULL_MEMBERS, "simulated membership")
    report(
        "nightly tiers (simulated membership): CPU of both nights and their making",
        f"{time.process_time() - start:.0f} s",
    )
