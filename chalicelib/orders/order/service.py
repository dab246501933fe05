from collections.abc import Collection

from chalicelib.orders.order import store
from chalicelib.orders.order.rules import Order, OrderState
from chalicelib.platform.context import Context
from chalicelib.table.transactions import Transaction


def load_order(context: Context, company_id: str, order_id: str) -> Order | None:
    """An order of this company."""
    return store.read_order(context.table, company_id, order_id)


def check_state(tx: Transaction, company_id: str, order_id: str, states: Collection[OrderState], *, label: str) -> None:
    """The transaction is refused, with this label, unless the order is in one of these states."""
    store.check_state(tx, company_id, order_id, states, label)


def distributors_order(context: Context, distributor_id: str, order_id: str) -> Order | None:
    """An order that came to this distributor."""
    return store.read_distributors_order(context.table, distributor_id, order_id)
