from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

from chalicelib import companies
from chalicelib.orders.order import store
from chalicelib.orders.order.rules import Order
from chalicelib.platform import Club, Context, clock
from chalicelib.platform.fields import FIRST_DAY, LAST_DAY
from chalicelib.table import Item


def moments_of(context: Context, first: date | None, last: date | None) -> tuple[str, str]:
    """The first and the last moment of these days of the club, as lists of orders are sorted. None: any day."""
    zone = context.config[Club].zone
    begin = datetime.combine(max(first or FIRST_DAY, FIRST_DAY), time.min, tzinfo=zone)
    end = clock.day_end(min(last or LAST_DAY, LAST_DAY), zone) - timedelta(milliseconds=1)
    return clock.stamp(begin), f"{clock.stamp(end)}~"


def load_order(context: Context, company_id: str, order_id: str) -> Order | None:
    """An order of this company."""
    return store.read_order(context.table, company_id, order_id)


def order_told_of(context: Context, facts: Mapping[str, str]) -> Order | None:
    """The order that an event or a message names, even where it went to another company since."""
    return load_order(context, facts["company_id"], facts["order_id"]) or distributors_order(
        context, facts["distributor_id"], facts["order_id"]
    )


def order_for_staff(context: Context, company_id: str, order_id: str) -> Order | None:
    """An order of this company, or of the one that it turned out to be: an address of an order leads to it for ever."""
    return load_order(context, company_id, order_id) or load_order(
        context, companies.company_that_stays(context, company_id), order_id
    )


def order_of_event(context: Context, event: Item) -> Order | None:
    """As `order_told_of`, no older than the event made the order; at half the price."""
    return store.read_order_of(context.table, event) or distributors_order(
        context, event["distributor_id"], event["order_id"]
    )


def load_orders(context: Context, company_id: str, order_ids: Iterable[str]) -> dict[str, Order]:
    """The orders of this company among these, by id, with their lines and prices as they are now; one read for a hundred."""
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


def order_to_change(context: Context, distributor_id: str, order_id: str) -> Order | None:
    """As `distributors_order`, at half the price, for a step: perhaps as it was a moment ago."""
    for consistent in (False, True):  # it may have been placed, or have gone to another company, a moment ago
        if order := store.read_distributors_order(context.table, distributor_id, order_id, consistent=consistent):
            return order
    return None
