"""The calls and the capacity of the keys of ladders, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders import keys as ladders_keys
from chalicelib.tiers.ladders import store as ladders_store
from chalicelib.tiers.ladders.rules import LadderRecord
from chalicelib.tiers.ladders.service import record_founding
from chalicelib.tiers.ladders.store import founding_ladder, ladders_of
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(ladders_keys.ladder_from)
def test_ten_years_of_ladders_of_a_currency_are_one_call_of_a_few_units(context: Context) -> None:
    founding = founding_ladder(context.config[Tiers], "RUB")
    for currency in ("RUB", "GBP"):
        for quarter in range(40):
            ladder = founding._replace(currency=currency, valid_from=context.today + timedelta(days=91 * quarter))
            key = ladders_keys.ladder_from(currency, ladder.valid_from)
            context.table.put({**key.as_item(), "ladder": ladder.as_fact()})
    with spent(context.table.client) as cost:
        found = ladders_of(context, "RUB")
    assert [ladder.currency for ladder in found] == ["RUB"] * 41  # the founding ladder of the figures, and those stored
    assert cost.calls == ["Query"]
    assert cost.read_units <= 6


@measures(ladders_keys.ladder)
def test_a_ladder_is_one_call_of_one_unit(context: Context) -> None:
    record_founding(context)
    with spent(context.table.client) as cost:
        found = ladders_store.load(context, "ldr_founding_rub")
    assert found is not None
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 1


@measures(ladders_keys.ladder_list)
def test_a_page_of_ladders_is_one_call_and_half_a_unit_for_each_four_kilobytes(context: Context) -> None:
    founding = founding_ladder(context.config[Tiers], "RUB")
    for number in range(30):
        later = replace(context, now=context.now + timedelta(hours=number))
        tx = Transaction()
        ladders_store.create(tx, later, LadderRecord(founding._replace(ladder_id=f"ldr_{number}"), created_at=later.at))
        context.table.commit(tx)
    with spent(context.table.client) as cost:
        found, last = ladders_store.newest(context, 25, None)
    assert [each.ladder.ladder_id for each in found] == [f"ldr_{number}" for number in range(29, 4, -1)]
    assert last is not None
    assert cost.calls == ["Query"]
    assert cost.read_units <= 5
