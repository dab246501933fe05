"""Free goods in the table.

GIFT (the company's partition, by the time of its order): an `OrderFreeGoods`. Indexed as due while time alone can change the state. The order keeps its promises too, which saves a read.
"""

import dataclasses
from collections.abc import Iterator
from datetime import date

from boto3.dynamodb.conditions import Attr

from chalicelib.orders.free_goods import keys
from chalicelib.orders.free_goods.rules import OrderFreeGoods
from chalicelib.orders.order.rules import Order
from chalicelib.platform import keys as platform_keys
from chalicelib.table import Item, Page, Table, Transaction, from_item, to_item

DUE = "goods_on_top"  # kind of due item


def read_free_goods(table: Table, order: Order, *, consistent: bool = False) -> list[OrderFreeGoods]:
    """The free goods of an order, in the order of its promises. One call."""
    wanted = [keys.free_goods(order.company_id, order.placed_at, promise.gift_id) for promise in order.promises]
    found = table.get_many(wanted, consistent=consistent)
    return [from_item(OrderFreeGoods, found[key]) for key in wanted if key in found]


def page(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Newest order first. One call."""
    return table.query(keys.free_goods(company_id), newest_first=True, limit=limit, after=after)


def due(table: Table, company_id: str, day: date) -> Iterator[str]:
    """Ids of the orders with free goods due by this day; an id may come twice. Reads all free goods of the company."""
    where = Attr("due_on").lte(day.isoformat())
    found = table.query_all(keys.free_goods(company_id), where=where, only=("order_id",), consistent=True)
    return (item["order_id"] for item in found)


def create(tx: Transaction, goods: OrderFreeGoods) -> None:
    tx.create(_item(goods), label="free_goods")


def replace(tx: Transaction, before: OrderFreeGoods, after: OrderFreeGoods) -> None:
    """Refused with label `free_goods` if they changed since `before`."""
    tx.put({**_item(after), "version": before.version + 1}, when=Attr("version").eq(before.version), label="free_goods")


def move(tx: Transaction, goods: OrderFreeGoods, to: str) -> None:
    """They are another company's from now on. Refused with label `free_goods` if they changed since they were read."""
    key = keys.free_goods(goods.company_id, goods.placed_at, goods.promise.gift_id)
    tx.delete(key, when=Attr("version").eq(goods.version), label="free_goods")
    tx.create(_item(dataclasses.replace(goods, company_id=to)), label="free_goods there")


def _item(goods: OrderFreeGoods) -> Item:
    listed = platform_keys.due(DUE, goods.due_on, goods.company_id).as_gsi2() if goods.due_on else {}
    return {
        **keys.free_goods(goods.company_id, goods.placed_at, goods.promise.gift_id).as_item(),
        **listed,
        **to_item(goods),
    }
