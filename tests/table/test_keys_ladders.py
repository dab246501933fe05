"""What the ladders' rows of the map cost, counted as AWS counts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.platform.work import Work
from chalicelib.table import Table, keys
from chalicelib.tiers.ladder_store import founding_ladder, ladders_of
from tests.conftest import NOON
from tests.support.spent import spent


@pytest.fixture
def work(local_table: Table) -> Work:
    return Work(table=local_table, now=NOON)


@pytest.mark.key_row("K40")
def test_ten_years_of_ladders_of_a_currency_are_one_call_of_a_few_units(work: Work) -> None:
    founding = founding_ladder(work.club, "RUB")
    for currency in ("RUB", "GBP"):
        for quarter in range(40):
            ladder = replace(founding, currency=currency, valid_from=work.today + timedelta(days=91 * quarter))
            key = keys.ladder_from(currency, ladder.valid_from)
            work.table.put({**key.as_item(), "ladder": ladder.as_fact()})
    with spent(work.table.client) as cost:
        found = ladders_of(work, "RUB")
    assert [ladder.currency for ladder in found] == ["RUB"] * 41  # the founding ladder of the figures, and those stored
    assert cost.calls == ["Query"]
    assert cost.read_units <= 6
