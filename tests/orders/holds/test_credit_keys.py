"""The calls and the capacity of the keys of credit, counted as AWS counts."""

from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from chalicelib.orders.holds import credit
from chalicelib.orders.holds import keys as holds_keys
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    numbers = count(1)
    return Context(table=local_table, now=NOON, new_id=lambda prefix: f"{prefix}_{next(numbers):032x}")


@measures(holds_keys.credit)
def test_what_is_owed_is_part_of_the_one_read_of_an_order(context: Context) -> None:
    tx = Transaction()
    debts = {
        f"debt:{number}": {"document": f"УТ-{number}", "amount": Decimal(100), "due_on": "2026-12-01"}
        for number in range(40)
    }
    tx.put({**holds_keys.credit("cmp_1").as_item(), "used": Decimal(4000), **debts})
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        found = context.table.get_many([holds_keys.credit("cmp_1")])
    assert len(credit.overdue_debts(found[holds_keys.credit("cmp_1")], date(2026, 12, 2))) == 40
    assert (cost.calls, cost.read_units) == (["BatchGetItem"], 0.5)
