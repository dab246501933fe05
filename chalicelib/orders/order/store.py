"""Orders as they lie in the table.

packed    zlib of JSON: lines, shipments, returns, history, delivery and whatever else grows with the order. Every step writes the order whole, into
          two indexes as well, and the lines say much the same, each of every promotion that runs on it: as maps they are some ten times
          as long.
"""

import json
import zlib
from collections.abc import Collection, Iterable, Iterator
from itertools import islice
from typing import Any

from boto3.dynamodb.conditions import Attr
from pydantic_core import to_json

from chalicelib.orders import keys
from chalicelib.orders.order.model import Return
from chalicelib.orders.order.rules import Order, OrderState, numbers_of
from chalicelib.table import Item, Page, Table, Transaction, from_item, to_item

_PACKED = ("lines", "shipments", "history", "promises", "cancellation", "returns", "delivery")
_SHIPPED = (OrderState.PARTLY_SHIPPED, OrderState.COMPLETED)  # lines and prices stay as they are
AMONG = 200  # orders that one page of a filtered list looks at

# --- orders -----------------------------------------------------------------------------------------------------------


def read_order(table: Table, company_id: str, order_id: str, *, consistent: bool = True) -> Order | None:
    item = table.get(keys.order(company_id, order_id), consistent=consistent)
    return order_of(item) if item else None


def read_order_of(table: Table, event: Item) -> Order | None:
    """The order of an event, no older than the event made it; at half the price. An event of a file made no version of it."""
    key = keys.order(event["company_id"], event["order_id"])
    item = table.get_fresh(key, lambda found: bool(found["version"] >= event.get("order_version", 0)))
    return order_of(item) if item else None


def read_orders(table: Table, company_id: str, order_ids: Iterable[str]) -> dict[str, Order]:
    """The orders of the company among these, by id; one read for a hundred, at half the price for those that were shipped already."""
    wanted = [keys.order(company_id, order_id) for order_id in order_ids]
    found = table.get_many(wanted)
    unsure = [key for key in wanted if key not in found or found[key]["state"] not in _SHIPPED]
    if unsure:
        found |= table.get_many(unsure, consistent=True)
    return {order.order_id: order for order in map(order_of, found.values())}


def check_state(tx: Transaction, company_id: str, order_id: str, states: Collection[OrderState], label: str) -> None:
    """Refused with the label unless the order is in one of the states."""
    tx.check(keys.order(company_id, order_id), Attr("state").is_in([state.value for state in states]), label=label)


def read_distributors_order(
    table: Table, distributor_id: str, order_id: str, *, consistent: bool = True
) -> Order | None:
    """Two calls: whose order it is, and the order. None as well for an order of another distributor."""
    company_id = company_of(table, distributor_id, order_id, consistent=consistent)
    return read_order(table, company_id, order_id, consistent=consistent) if company_id else None


def company_of(table: Table, distributor_id: str, order_id: str, *, consistent: bool = True) -> str | None:
    """The company of the order; None for an order of another distributor."""
    pointer = table.get(keys.distributor_order(distributor_id, order_id), consistent=consistent)
    return pointer["company_id"] if pointer else None


def company_orders(
    table: Table,
    company_id: str,
    *,
    state: OrderState | None,
    moments: tuple[str, str] | None = None,
    limit: int,
    after: dict[str, str] | None,
) -> Page:
    return _list(table, keys.order_list(company_id, "", "").pk, "gsi1", state, moments, limit, after)


def order_ids(table: Table, company_id: str, most: int) -> list[str]:
    """Ids of so many orders of the company; a query for each MB of them, consistent."""
    found = table.query_all(keys.order(company_id, ""), limit=most, only=("order_id",), consistent=True)
    return [item["order_id"] for item in islice(found, most)]


def orders_since(table: Table, company_id: str, moment: str) -> Iterator[Item]:
    """The items of the orders placed at or after the moment."""
    every = keys.order_list(company_id, "", "").pk
    return table.query_all(every, index="gsi1", between=(moment, "~"))


def distributor_orders(
    table: Table,
    distributor_id: str,
    *,
    state: OrderState | None,
    moments: tuple[str, str] | None = None,
    limit: int,
    after: dict[str, str] | None,
) -> Page:
    return _list(table, keys.distributor_queue(distributor_id, "", "").pk, "gsi2", state, moments, limit, after)


def _list(
    table: Table,
    pk: str,
    index: str,
    state: OrderState | None,
    moments: tuple[str, str] | None,
    limit: int,
    after: dict[str, str] | None,
) -> Page:
    """Newest first, one call. `moments`: the first and the last one of placing."""
    asked: Any = {"index": index, "newest_first": True, "between": moments, "limit": limit, "after": after}
    if state is None:
        return table.query(pk, **asked)
    return table.query_some(pk, where=Attr("state").eq(state.value), among=AMONG, **asked)


def create_order(tx: Transaction, order: Order) -> None:
    """The order, and the pointer to it of the distributor and of the club."""
    tx.create(order_item(order), label="order")
    pointer = keys.distributor_order(order.distributor_id, order.order_id)
    tx.create(
        {
            **pointer.as_item(),
            **keys.club_order_list(order.placed_at, order.order_id).as_gsi1(),
            "company_id": order.company_id,
            "order_id": order.order_id,
            "numbers": sorted(numbers_of(order)),
        },
        label="pointer",
    )


def replace_order(tx: Transaction, order: Order) -> None:
    """Refused with label `order` unless the stored one is exactly one version behind."""
    tx.put(order_item(order), when=Attr("version").eq(order.version - 1), label="order")


def move_order(tx: Transaction, order: Order, moved: Order) -> None:
    """The order is another company's from now on. Refused with label `order` if it changed since it was read."""
    tx.delete(keys.order(order.company_id, order.order_id), when=Attr("version").eq(order.version), label="order")
    tx.create(order_item(moved), label="order there")
    tx.update(keys.distributor_order(order.distributor_id, order.order_id), put={"company_id": moved.company_id})


def hold_document(tx: Transaction, order: Order) -> None:
    """Claims the document of the last shipment. Refused with label `document` if it was used before."""
    shipment = order.shipments[-1]
    mark = keys.shipment(order.distributor_id, shipment.day.year, shipment.document)
    tx.create({**mark.as_item(), "order_id": order.order_id, "company_id": order.company_id}, label="document")


def hold_return_document(tx: Transaction, order: Order, returned: Return) -> None:
    """Claims the document of a return: returns have numbers of their own."""
    if returned.day is None:
        raise ValueError(f"the return {returned.return_id} is not accepted")
    mark = keys.returned(order.distributor_id, returned.day.year, returned.document)
    tx.create({**mark.as_item(), "order_id": order.order_id, "company_id": order.company_id}, label="document")


def check_version(tx: Transaction, order: Order) -> None:
    """Refused with label `order` if the order changed since it was read."""
    tx.check(keys.order(order.company_id, order.order_id), Attr("version").eq(order.version), label="order")


def order_item(order: Order) -> Item:
    item = to_item(order)
    packed = {name: item.pop(name) for name in _PACKED if name in item}
    return {
        **keys.order(order.company_id, order.order_id).as_item(),
        **keys.order_list(order.company_id, order.placed_at, order.order_id).as_gsi1(),
        **keys.distributor_queue(order.distributor_id, order.placed_at, order.order_id).as_gsi2(),
        **item,
        "packed": zlib.compress(to_json(packed)),
    }


def order_of(item: Item) -> Order:
    return from_item(Order, {**item, **json.loads(zlib.decompress(bytes(item["packed"])))})
