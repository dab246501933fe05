"""The calls and the capacity of the keys of approvals, counted as AWS counts."""

from chalicelib.platform.approvals import keys, store
from chalicelib.platform.approvals.model import Approval
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.spent import measures, spent


@measures(keys.approval, keys.approvals_waiting)
def test_those_that_wait_are_one_query_and_one_is_one_read(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    tx = Transaction()
    for number in range(25):
        store.create(tx, Approval(f"off_{number}", "offer", "cmp_1", "{}", "mbr_1", f"{context.at}{number:02}"))
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        assert len(store.waiting(context.table, 25, None).items) == 25
    assert cost.calls == ["Query"] and cost.read_units <= 2
    with spent(context.table.client) as cost:
        assert store.read(context.table, "off_7")
    assert cost.calls == ["GetItem"] and cost.read_units == 1
