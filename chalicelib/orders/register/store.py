"""Reads of orders by time: of the club, a company or a distributor."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.orders import keys
from chalicelib.orders.order.rules import Order
from chalicelib.orders.order.store import order_of
from chalicelib.orders.register.rules import OrderSearch
from chalicelib.table import Page, Position, Table, position_of

AMONG = 200  # orders that one page of a search looks at
AMONG_NUMBERS = 1000  # numbers that one page of a search for a number looks at


class Found(NamedTuple):
    """Orders in the order of a list, each with the position after it, and the position after the last that was looked at."""

    orders: Sequence[tuple[Order, dict[str, str]]]
    last: Position


def look(
    table: Table, search: OrderSearch, moments: tuple[str, str], limit: int, after: Position, *, oldest: bool
) -> Found:
    """The next orders of the narrowest list that holds what is looked for, `limit` of them; some of them may be others.

    One call for a company or a distributor. For the club one more for each hundred orders.
    """
    if search.company_id:
        listed, index = keys.order_list(search.company_id, "", "").pk, "gsi1"
    elif search.distributor_id:
        listed, index = keys.distributor_queue(search.distributor_id, "", "").pk, "gsi2"
    else:
        return _look_at_all(table, search, moments, limit, after, oldest=oldest)
    page = table.query(listed, index=index, between=moments, newest_first=not oldest, limit=limit, after=after)
    return Found([(order_of(item), position_of(item, index)) for item in page.items], page.last)


def orders_between(table: Table, distributor_id: str, moments: tuple[str, str]) -> Iterator[Order]:
    """The orders that came to the distributor between these moments, page after page."""
    queue = keys.distributor_queue(distributor_id, "", "").pk
    return map(order_of, table.query_all(queue, index="gsi2", between=moments))


def _look_at_all(
    table: Table, search: OrderSearch, moments: tuple[str, str], limit: int, after: Position, *, oldest: bool
) -> Found:
    page = _pointers(table, search, moments, limit, after, oldest=oldest)
    wanted = {keys.order(item["company_id"], item["order_id"]): item for item in page.items}
    found = table.get_many(wanted)
    return Found(
        [(order_of(found[key]), position_of(item, "gsi1")) for key, item in wanted.items() if key in found], page.last
    )


def _pointers(
    table: Table, search: OrderSearch, moments: tuple[str, str], limit: int, after: Position, *, oldest: bool
) -> Page:
    asked: dict[str, Any] = {
        "index": "gsi1",
        "between": moments,
        "newest_first": not oldest,
        "after": after,
        "limit": limit,
    }
    listed = keys.club_order_list("", "").pk
    if not search.number:
        return table.query(listed, **asked)
    return table.query_some(listed, where=Attr("numbers").contains(search.number), among=AMONG_NUMBERS, **asked)
