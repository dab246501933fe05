"""A search among the club's orders."""

from collections.abc import Callable, Iterable, Sequence

from chalicelib import companies
from chalicelib.orders.order.rules import Order
from chalicelib.orders.order.service import moments_of
from chalicelib.orders.register import store
from chalicelib.orders.register.rules import OrderSearch, day_of_number, days_of
from chalicelib.orders.register.store import AMONG
from chalicelib.platform import Context, code_key
from chalicelib.table import Position


def find(
    context: Context, search: OrderSearch, manager_id: str | None, *, limit: int, after: Position, oldest: bool
) -> tuple[list[Order], Position]:
    """A page of the orders, by the time of placing. `manager_id`: of the companies of this manager; empty: of those without one.

    A search looks at `AMONG` orders for a page, so the page may hold fewer than `limit`, or none, and still have a position to go on from.
    """
    narrow = manager_id is not None or search != OrderSearch(first=search.first, last=search.last)
    moments = moments_of(context, *days_of(search))
    seen = store.look(context.table, search, moments, AMONG if narrow else limit, after, oldest=oldest)
    managed = _managed(context, [order for order, _ in seen.orders], manager_id)
    kept = [each for each in seen.orders if search.holds(each[0]) and managed(each[0])]
    last = seen.last if len(kept) <= limit else kept[limit - 1][1]
    return [order for order, _ in kept[:limit]], last


def _managed(context: Context, orders: Sequence[Order], manager_id: str | None) -> Callable[[Order], bool]:
    """Whether the company of an order has this manager; one read for a hundred companies."""
    if manager_id is None:
        return lambda order: True
    known = companies.read_companies(context, {order.company_id for order in orders})
    theirs = {company_id for company_id, company in known.items() if (company.manager_id or "") == manager_id}
    return lambda order: order.company_id in theirs


def find_by_numbers(context: Context, distributor_id: str, numbers: Iterable[str]) -> dict[str, list[Order]]:
    """The distributor's orders with these numbers of the club, by number as it is given; several where orders share one.

    One query for the orders around each day that the numbers name.
    """
    keys = {number: code_key(number) for number in numbers}
    days = {day for key in keys.values() if (day := day_of_number(key))}
    found: dict[str, Order] = {}
    for day in days:
        moments = moments_of(context, *days_of(OrderSearch(number=f"{day:%y%m%d}-AAAAA")))
        for order in store.orders_between(context.table, distributor_id, moments):
            found[order.order_id] = order
    return {
        number: [order for order in found.values() if code_key(order.number) == key] for number, key in keys.items()
    }
