"""A search among the club's orders."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from chalicelib import companies
from chalicelib.orders.order.rules import Order
from chalicelib.orders.register import store
from chalicelib.orders.register.rules import OrderSearch, days_of
from chalicelib.orders.register.store import AMONG
from chalicelib.platform import clock
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.fields import FIRST_DAY, LAST_DAY
from chalicelib.table.client import Position


def find(
    context: Context, search: OrderSearch, manager_id: str | None, *, limit: int, after: Position, oldest: bool
) -> tuple[list[Order], Position]:
    """A page of the orders, by the time of placing. `manager_id`: of the companies of this manager; empty: of those without one.

    A search looks at `AMONG` orders for a page, so the page may hold fewer than `limit`, or none, and still have a position to go on from.
    """
    narrow = manager_id is not None or search != OrderSearch(first=search.first, last=search.last)
    moments = _moments(context, *days_of(search))
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


def _moments(context: Context, first: date | None, last: date | None) -> tuple[str, str]:
    """The first and the last moment of the days, in the club's time zone."""
    zone = context.config[Club].zone
    begin = datetime.combine(max(first or FIRST_DAY, FIRST_DAY), time.min, tzinfo=zone)
    end = clock.day_end(min(last or LAST_DAY, LAST_DAY), zone) - timedelta(milliseconds=1)
    return clock.stamp(begin), f"{clock.stamp(end)}~"
