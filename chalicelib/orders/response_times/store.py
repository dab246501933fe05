"""Open questions to distributors in the table.

WAITING, one item per order: its `OpenQuestions`. In gsi2 by the moment of the next reminder, until all are sent; in gsi1 from the
first reminder on.
"""

import dataclasses
from collections.abc import Iterator

from boto3.dynamodb.conditions import Attr

from chalicelib.orders import keys
from chalicelib.orders.order import store as order_store
from chalicelib.orders.order.rules import Order
from chalicelib.orders.response_times import keys as response_times_keys
from chalicelib.orders.response_times.rules import OpenQuestions
from chalicelib.table import Item, Page, Table, Transaction, at_version, from_item, shards, to_item


def read(table: Table, company_id: str, order_id: str) -> tuple[Order | None, OpenQuestions | None]:
    """The order and its stored open questions. One call."""
    order, waiting = keys.order(company_id, order_id), response_times_keys.waiting(company_id, order_id)
    found = table.get_many([order, waiting], consistent=True)
    return (
        order_store.order_of(found[order]) if order in found else None,
        from_item(OpenQuestions, found[waiting]) if waiting in found else None,
    )


def read_of(table: Table, event: Item) -> tuple[Order | None, OpenQuestions | None]:
    """The order of an event, no older than the event made it, and its stored open questions. Two calls, cheaper than one for both."""
    waiting = response_times_keys.waiting(event["company_id"], event["order_id"])
    return order_store.read_order_of(table, event), table.read(OpenQuestions, waiting, consistent=True)


def replace(tx: Transaction, order: Order, before: OpenQuestions | None, after: OpenQuestions | None, due: str) -> None:
    """Refused with label `order` or `waiting` if one of the two changed. `due`: moment of the next reminder."""
    order_store.check_version(tx, order)
    unchanged = at_version(before.version if before else 0)
    if after:
        tx.put(_item(after, due), when=unchanged, label="waiting")
    else:
        tx.delete(response_times_keys.waiting(order.company_id, order.order_id), when=unchanged, label="waiting")


def move(tx: Transaction, waiting: OpenQuestions, moved: Order, due: str) -> None:
    """They are those of an order of another company from now on. Refused with label `waiting` if they changed since they were read."""
    key = response_times_keys.waiting(waiting.company_id, waiting.order_id)
    tx.delete(key, when=Attr("version").eq(waiting.version), label="waiting")
    after = dataclasses.replace(waiting, company_id=moved.company_id, company_name=moved.company_name)
    tx.create(_item(after, due), label="waiting there")


def due_by(table: Table, at: str) -> Iterator[tuple[str, str]]:
    """Company and order ids of all that is due by this moment, read lazily."""
    for shard in shards():
        partition = response_times_keys.waiting_shard(shard)
        for item in table.query_all(partition, index="gsi2", between=("0", f"{at}~"), only=("company_id", "order_id")):
            yield item["company_id"], item["order_id"]


def page(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    """Orders with questions that distributors were reminded of, oldest first."""
    return table.query(response_times_keys.unanswered("", "").pk, index="gsi1", limit=limit, after=after)


def _item(waiting: OpenQuestions, due: str) -> Item:
    item = {**response_times_keys.waiting(waiting.company_id, waiting.order_id).as_item(), **to_item(waiting)}
    if due:
        item |= response_times_keys.waiting_due(due, waiting.company_id, waiting.order_id).as_gsi2()
    if since := waiting.unanswered_since:
        item |= response_times_keys.unanswered(since, waiting.order_id).as_gsi1()
    return item
