"""The service of distributors: hours to the answer and to the shipment, what is rejected and cut, by month."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.analytics.distributors import keys, service
from chalicelib.analytics.distributors.rules import DistributorMonth
from chalicelib.analytics.distributors.schemas import DistributorsQuery
from chalicelib.analytics.rollups.rules import month_of
from chalicelib.platform.context import Context
from chalicelib.platform.http import respond
from chalicelib.table.client import Table
from chalicelib.table.records import to_item
from tests.conftest import NOON
from tests.orders.steps import Market
from tests.support.api import Caller
from tests.support.spent import measures, spent

HEAD = Caller.person("mbr_admin", "staff", "admin", "club")
THURSDAY = datetime(2026, 11, 19, 9, tzinfo=UTC)
Later = Callable[[float], None]


@pytest.fixture
def later(memory_market: Market, monkeypatch: pytest.MonkeyPatch) -> Later:
    """So many hours after Thursday noon, for all requests from here on."""

    def later(hours: float) -> None:
        now = replace(memory_market.context, now=THURSDAY + timedelta(hours=hours))
        monkeypatch.setattr(respond, "context_now", lambda: now)

    later(0)
    return later


def told(market: Market, hours: float, asked: str = "") -> Any:
    """The answer after a fold so many hours after Thursday noon."""
    context = replace(market.context, now=THURSDAY + timedelta(hours=hours))
    for _ in range(2):
        running = month_of(context.today)
        service.write(context, service.rows_of(context, market.company_id, running), running, context.at)
    answer = market.api.call("GET", f"/v1/staff/analytics/distributors{asked}", HEAD)
    assert answer.status == 200, answer.text
    return answer.json


def test_an_answer_is_in_time_by_the_deadline_and_a_late_one_counts_before_it_comes(
    memory_market: Market, later: Later
) -> None:
    market = memory_market
    quick, slow, _, cancelled = (market.placed() for _ in range(4))
    market.cancel(cancelled)
    later(2)
    assert market.accept(quick).status == 200
    (row,) = told(market, 2)["rows"]
    assert (row["month"], row["name"], row["orders"], row["due"]) == ("2026-11", "Svet Opt", 3, 1)
    assert (row["in_time_percent"], row["answer_hours"]) == ("100", "2")
    assert row["as_of"] == replace(market.context, now=THURSDAY + timedelta(hours=2)).at
    behind = market.api.call("GET", row["rows_url"], HEAD).json["items"]
    assert sorted(each["state"] for each in behind if each["order_id"] != cancelled) == ["accepted", "placed", "placed"]
    later(30)  # a working day ends at Friday noon
    assert market.accept(slow).status == 200
    (row,) = told(market, 30)["rows"]
    assert (row["due"], row["in_time_percent"], row["answered"], row["answer_hours"]) == (3, "33.3", 2, "2")


def test_what_is_rejected_cut_and_shipped(memory_market: Market, later: Later) -> None:
    market = memory_market
    rejected, cut, whole, more = (market.placed() for _ in range(4))
    later(1)
    assert market.reject(rejected).status == 200
    assert market.accept(cut, {"LMP-1": 9}).status == 200
    assert market.accept(whole).status == 200
    assert market.accept(more, {"LMP-1": 11}).status == 200
    later(6)
    assert market.ship(whole, {"LMP-1": 1}).status == 200
    later(9)
    assert market.ship(cut, document="УТ-2").status == 200
    assert market.ship(whole, document="УТ-3").status == 200
    (row,) = told(market, 9)["rows"]
    assert (row["answered"], row["rejected_percent"], row["cut_percent"]) == (4, "25", "25")
    assert (row["shipped"], row["ship_hours"]) == (2, "5")
    chart = told(market, 9, "?chart=true")["chart"]
    assert [row["value"] for row in chart["vega_lite"]["data"]["values"]] == [100]


def test_a_month_that_is_over_for_two_months_stays_as_it_was(memory_market: Market, later: Later) -> None:
    market = memory_market
    market.placed()
    told(market, 1)
    winter = told(market, 24 * 110, "?from=2026-11&to=2027-03")["rows"]
    assert [(row["month"], row["orders"], row["due"]) for row in winter] == [("2026-11", 1, 0)]
    faults = [
        market.api.call("GET", f"/v1/staff/analytics/distributors?{asked}", HEAD).json["errors"][0]["code"]
        for asked in ("from=2026-12&to=2026-11", "from=2020-01&to=2026-11")
    ]
    assert faults == ["range", "too_long"]


def test_a_month_without_orders_any_more_is_no_row(memory_market: Market, later: Later) -> None:
    market = memory_market
    order = market.placed()
    assert [row["orders"] for row in told(market, 1)["rows"]] == [1]
    market.cancel(order)
    assert told(market, 2)["rows"] == []


@measures(keys.distributor_month)
def test_the_service_of_fifty_distributors_in_a_year_is_one_query(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    for number in range(50):
        for month in range(1, 13):
            found = DistributorMonth(
                f"2025-{month:02}", f"dst_{number:032x}", "Svet Opt Moscow", 99, 90, 80, 85, 3, 9, 70
            )
            local_table.put({**keys.distributor_month(found.month, found.distributor_id).as_item(), **to_item(found)})
    with spent(local_table.client) as cost:
        asked = DistributorsQuery.model_validate({"from": "2025-01", "to": "2025-12"})
        assert service.show(context, asked, "ru").row_count == 600
    assert cost.calls == ["Query"]
    assert cost.read_units <= 25
