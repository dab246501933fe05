"""An order goes to the company that its own turned out to be, in two steps.

    move     the order, its files, free goods, open questions, debts and uses of promotions, whole, in one transaction
    follow   its documents, by their next revision; then `order.moved`, at which all that is derived from the order is derived again

Everything finds an order by its company, so nothing else needs to know of a move; offers alone stay with the company that they were made to.
An event of a step that comes late still names the company of that time. Its documents are waited for; the rest of its consequences comes with
`order.moved`.

Weakest point: an upload that a distributor starts while the order moves may be lost; its confirmation is 404, and it is started again.
"""

from collections.abc import Callable
from typing import NamedTuple

from chalicelib import sales
from chalicelib.orders.files import store as files_store
from chalicelib.orders.free_goods import store as free_goods_store
from chalicelib.orders.holds import credit, limits
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.events import MOVED
from chalicelib.orders.order.model import ReturnState
from chalicelib.orders.order.rules import Order
from chalicelib.orders.placement import steps
from chalicelib.orders.response_times import rules as response_times_rules
from chalicelib.orders.response_times import service as response_times
from chalicelib.orders.response_times import store as response_times_store
from chalicelib.platform import Context
from chalicelib.table import Transaction, retry


class Orderer(NamedTuple):
    """The company of an order, as the order names it."""

    company_id: str
    name: str
    inn: str


@retry("order", "files", "free_goods", "waiting", "credit")
def move(
    context: Context, company_id: str, order_id: str, to: Orderer, also: Callable[[Transaction, Order], None]
) -> None:
    """Moves the order; `also` adds to the transaction, from the order as it was. Nothing for an order that is not the company's any more."""
    order, waiting = response_times_store.read(context.table, company_id, order_id)
    if order is None:
        return
    moved = order._replace(
        company_id=to.company_id,
        company_name=to.name,
        company_inn=to.inn,
        offers_of=order.offers_of or company_id,
        version=order.version + 1,
    )
    tx = Transaction()
    order_store.move_order(tx, order, moved)
    credit.move(tx, context, order, moved)
    limits.move(tx, order, moved)
    files_store.move(tx, order_id, company_id, to.company_id, files_store.read(context.table, company_id, order_id))
    for goods in free_goods_store.read_free_goods(context.table, order, consistent=True):
        free_goods_store.move(tx, goods, to.company_id)
    if waiting:
        due = response_times_rules.next_due(waiting, response_times.deadlines(context))
        response_times_store.move(tx, waiting, moved, due)
    also(tx, order)
    context.table.commit(tx)


def follow(context: Context, order: Order, also: Callable[[Transaction], None]) -> bool:
    """Brings the documents of a moved order to its company; `also` adds to the transaction of `order.moved`, which comes after them. Safe to repeat.

    False while a document has yet to be recorded or moved.
    """
    refs = documents_of(order)
    heads = sales.heads(context, refs)
    if len(heads) < len(refs):
        return False
    for ref in refs:
        head = heads[ref]
        if head.company_id != order.company_id:
            document = sales.with_company(sales.newest(context, ref, head), order.company_id)
            # The portal tells of a document once: an event of it that is told again is older. The books may tell of it again.
            as_of = head.as_of if head.booked_as else context.at
            if sales.record(context, [document], as_of=as_of) == ["unchanged"]:
                return False  # the books told of it a moment ago
    tx = Transaction()
    steps.record(tx, context, order, MOVED)
    also(tx)
    context.table.commit(tx)
    return True


def documents_of(order: Order) -> list[sales.DocumentRef]:
    """The documents of its shipments, and then of its returns, which has one for each shipment of which goods came back."""
    series = f"{order.distributor_id}:{order.order_id}"
    shipped = [f"{series}/{shipment.document}" for shipment in order.shipments]
    returned = [
        f"{series}:{number}/{back.document}"
        for back in order.returns
        if back.state is ReturnState.ACCEPTED
        for number, shipment in enumerate(order.shipments, start=1)
        if any(line.document == shipment.document and line.counted for line in back.lines)
    ]
    return [(sales.ORDERS, name) for name in (*shipped, *returned)]
