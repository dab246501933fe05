"""The calls and the capacity of the files of an order, counted as AWS counts."""

from chalicelib.orders.files import keys, service
from chalicelib.orders.files.model import OrderFile, OrderFileKind, OrderFiles
from chalicelib.orders.files.store import replace
from chalicelib.platform.context import Context
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from tests.conftest import NOON
from tests.support.letters import an_order
from tests.support.spent import measures, spent


@measures(keys.order_files)
def test_the_files_of_an_order_are_one_call(local_table: Table) -> None:
    context = Context(table=local_table, now=NOON)
    order = an_order(context)
    name = "application/pdf"
    files = [
        OrderFile(f"ofl_{each}", OrderFileKind.INVOICE, "a.pdf", name, "mbr_1", context.at, f"orders/{each}")
        for each in range(30)
    ]
    tx = Transaction()
    replace(tx, order.company_id, order.order_id, OrderFiles(), OrderFiles(tuple(files), 1))
    context.table.commit(tx)
    with spent(context.table.client) as cost:
        assert len(service.list_files(context, order).items) == 30
    assert cost.calls == ["GetItem"]
    assert cost.read_units <= 2
