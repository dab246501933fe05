"""The calls and the capacity of the keys that every room uses, counted as AWS counts."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from chalicelib.market_reports.publication import keys as market_reports_keys
from chalicelib.platform import events, jobs, keys
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.platform.http.idempotency import Once
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.throttle import HOUR, throttle
from chalicelib.sales.rules import DayTotals
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.model import Standing, standing_on_day
from chalicelib.tiers.standing.rules import Facts
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Api
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@pytest.fixture
def market(context: Context, monkeypatch: pytest.MonkeyPatch) -> Market:
    from app import app

    monkeypatch.setattr(respond, "context_now", lambda: context)
    return Market(Api(app), context)


def due_on(context: Context, day: date, numbers: Iterable[int]) -> None:
    for number in numbers:
        standing_store.save(context, plain_standing(context, f"cmp_{number:032x}"), day)


def plain_standing(context: Context, company_id: str) -> Standing:
    """A company that bought on every day of the window, under the club's own ladder."""
    days = {
        context.today - timedelta(days=back): Decimal("1234567.89") for back in range(context.config[Tiers].window_days)
    }
    return standing_on_day(
        company_id, "RUB", context.today, Facts(DayTotals(days, {}), ladders_of(context, "RUB"), (), None)
    )


@measures(keys.throttle)
def test_counting_in_an_hour_is_one_write(context: Context) -> None:
    with spent(context.table.client) as cost:
        throttle(context, "code-to", "somebody", 1, HOUR)
    with pytest.raises(Problem, match="too_many_requests"):
        throttle(context, "code-to", "somebody", 1, HOUR)
    assert cost.calls == ["UpdateItem"]
    assert cost.write_units == 1


@measures(keys.once)
def test_whether_a_request_was_done_is_one_call_and_a_strong_one_only_after_a_refusal(
    market: Market, context: Context
) -> None:
    market.place(key="cart-7")
    once = Once(caller="mbr_1", key="cart-8", fingerprint="")
    for consistent, units in ((False, 0.5), (True, 1)):
        with spent(context.table.client) as cost:
            assert once.recall(context, consistent=consistent) is None
        assert (cost.calls, cost.read_units) == (["GetItem"], units)
    with spent(context.table.client) as cost:
        assert market.place(key="cart-7").headers["idempotency-replayed"] == "true"
    assert (cost.calls, cost.read_units) == (["GetItem"], 0.5)


@measures(keys.event)
def test_what_happened_to_an_owner_is_read_by_time_in_one_call(context: Context) -> None:
    owner = market_reports_keys.report("rep_1")
    for minutes in (2, 1):
        later = Context(context.table, context.now + timedelta(minutes=minutes))
        tx = Transaction()
        events.record(tx, later, owner, "report.published", minutes=minutes)
        with spent(context.table.client) as cost:
            context.table.commit(tx)
        assert (cost.calls, cost.write_units) == (["TransactWriteItems"], 2)
    with spent(context.table.client) as cost:
        found = context.table.query(owner.pk, starts=keys.event(owner, "", "").sk.rstrip("#")).items
    assert [int(item["minutes"]) for item in found] == [1, 2]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)


@measures(keys.due)
def test_who_is_due_costs_a_call_a_shard_and_the_size_of_what_is_due(context: Context) -> None:
    due_on(context, context.today, range(80))
    with spent(context.table.client) as cost:
        found = list(jobs.due_between(context, "tiers", context.today, context.today))
    assert sorted(found) == sorted(f"cmp_{number:032x}" for number in range(80))
    assert cost.calls == ["Query"] * 8
    assert cost.read_units <= 80 * 0.5

    due_on(context, context.today + timedelta(days=1), range(80, 160))
    with spent(context.table.client) as among_more:
        assert list(jobs.due_between(context, "tiers", context.today, context.today)) == found
    assert among_more == cost


@measures(keys.run)
def test_the_last_run_is_one_call_however_many_there_were(context: Context) -> None:
    for days in range(40):
        night = replace(context, now=context.now + timedelta(days=days))
        jobs.record_run(night, "tiers", {"day": night.today.isoformat(), "companies": 1})
    with spent(context.table.client) as cost:
        last = jobs.last_run(context, "tiers")
    assert last is not None
    assert last["day"] == (context.today + timedelta(days=39)).isoformat()
    assert cost.calls == ["Query"]
    assert cost.read_units <= 1
