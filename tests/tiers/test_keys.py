"""The calls and the capacity of the keys of standings, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from chalicelib import tiers
from chalicelib.platform.context import Context
from chalicelib.sales.rules import DayTotals
from chalicelib.table.client import Table
from chalicelib.tiers import keys as tiers_keys
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.store import ladders_of
from chalicelib.tiers.standing import store as standing_store
from chalicelib.tiers.standing.model import Standing, standing_on_day
from chalicelib.tiers.standing.rules import Facts
from tests.conftest import NOON
from tests.support.spent import measures, spent
from tests.tiers.nights import seasonal_ladders


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


def busy_standing(context: Context, company_id: str) -> Standing:
    """The largest there is: a company that buys every day, under ladders with seasons and a personal first step."""
    days = {context.today - timedelta(days=back): Decimal("1234567.89") for back in range(700)}
    facts = Facts(DayTotals(days, {}), seasonal_ladders(context), (), context.today - timedelta(days=700))
    return standing_on_day(company_id, "RUB", context.today, facts)


def plain_standing(context: Context, company_id: str) -> Standing:
    """A company that bought on every day of the window, under the club's own ladder."""
    days = {
        context.today - timedelta(days=back): Decimal("1234567.89") for back in range(context.config[Tiers].window_days)
    }
    return standing_on_day(
        company_id, "RUB", context.today, Facts(DayTotals(days, {}), ladders_of(context, "RUB"), (), None)
    )


@measures(tiers_keys.standing)
def test_where_a_company_stands_is_one_call_of_at_most_one_unit(context: Context) -> None:
    for make in (plain_standing, busy_standing):
        standing_store.save(context, replace(make(context, "cmp_1"), version=0), context.today)
        with spent(context.table.client) as cost:
            standing = tiers.standing_of(context, "cmp_1")
        assert standing.tier.tier == "platinum"
        assert cost.calls == ["GetItem"]
        assert cost.read_units <= 1
        context.table.client.delete_item(
            TableName=context.table.name, Key={"pk": {"S": "COMPANY#cmp_1"}, "sk": {"S": "STANDING"}}
        )


@measures(tiers_keys.standing)
def test_a_standing_is_written_in_one_call(context: Context) -> None:
    before = plain_standing(context, "cmp_1")
    standing_store.save(context, before, context.today)
    with spent(context.table.client) as cost:
        standing_store.save(context, replace(before, version=1), context.today)
    assert cost.calls == ["PutItem"]
    assert cost.write_units <= 2 * 3  # 3 KB in the table and as many in its index
