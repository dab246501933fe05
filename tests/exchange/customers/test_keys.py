"""The calls of moves of customers."""

import pytest

from chalicelib.exchange.customers import keys, service, store
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(keys.move, keys.move_list)
def test_a_move_is_shown_by_one_call_and_so_are_all(context: Context) -> None:
    tx = Transaction()
    made = store.CustomerMove(
        move_id="mov_1",
        source="1c",
        customer="К-1",
        from_company_id="com_1",
        to_company_id="com_2",
        reason="One firm",
        by="mbr_1",
        at=context.at,
    )
    store.create(tx, context, made)
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        assert service.show(context, "mov_1").state == "moving"
    assert (cost.calls, cost.read_units) == (["GetItem"], 1)
    with spent(context.table.client) as cost:
        assert [each.move_id for each in service.page(context, 25, None)[0]] == ["mov_1"]
    assert (cost.calls, cost.read_units) == (["Query"], 0.5)
