from collections.abc import Iterable, Iterator

from chalicelib.orders.order import store
from chalicelib.orders.order.rules import Order
from chalicelib.platform.context import Context


def load_order(context: Context, company_id: str, order_id: str) -> Order | None:
    """An order of this company."""
    return store.read_order(context.table, company_id, order_id)


def load_orders(context: Context, company_id: str, order_ids: Iterable[str]) -> dict[str, Order]:
    """The orders of this company among these, by id; one read for a hundred, consistent."""
    return store.read_orders(context.table, company_id, order_ids)


def newest_orders(context: Context, company_id: str, limit: int) -> list[Order]:
    """The newest orders of this company. One call."""
    page = store.company_orders(context.table, company_id, state=None, limit=limit, after=None)
    return [store.order_of(item) for item in page.items]


def orders_since(context: Context, company_id: str, moment: str) -> Iterator[Order]:
    """The orders of this company placed at or after a stored moment; one query for each MB."""
    return map(store.order_of, store.orders_since(context.table, company_id, moment))


def distributors_order(context: Context, distributor_id: str, order_id: str) -> Order | None:
    """An order that came to this distributor."""
    return store.read_distributors_order(context.table, distributor_id, order_id)
