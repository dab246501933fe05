"""The calls and the capacity of the keys of states, counted as AWS counts."""

from itertools import count

import pytest

from chalicelib.platform.context import Context
from chalicelib.retention.states import keys
from chalicelib.table.client import Table
from tests.conftest import NOON
from tests.retention.states.steps import heard
from tests.support.spent import measures, spent
from tests.tiers.steps import buy, company


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(keys.rhythm)
def test_a_sale_is_three_reads_and_one_write_a_repeat_three_reads(context: Context) -> None:
    company_id = company(context)
    first, second = (buy(context, company_id, offset, 60_000) for offset in (-10, -5))
    with spent(context.table.client) as cost:
        heard(context, first)
    assert cost.calls == ["GetItem", "GetItem", "Query", "TransactWriteItems"]
    assert (cost.read_units, cost.write_units) == (1 + 0.5 + 1, 5)  # of them 2 the event of the state, 1 the due index
    context.memo.clear()
    with spent(context.table.client) as cost:
        heard(context, second)
    assert cost.calls == ["GetItem", "GetItem", "Query"]
    context.memo.clear()
    third = buy(context, company_id, -2, 60_000)
    with spent(context.table.client) as cost:
        heard(context, third)
    assert (cost.calls, cost.write_units) == (["GetItem", "GetItem", "Query", "PutItem"], 2)
