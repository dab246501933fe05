"""Goods on top, as they lie in the table. See `on_top_keys.py`.

GIFT (the company's partition, by the time of its order): the promise {gift_id, promotion_id, name, name_ru, terms, lines, count}, order_id,
number, company_id, distributor_id, placed_at, state, count, version, and what it has of why, reminded, due_on, document, shipped_on;
due while the passing of time changes something. An order keeps its promises too, so that it tells them without another read.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.orders.free_goods import keys
from chalicelib.orders.free_goods.rules import Gift, GiftState, Why
from chalicelib.orders.order.rules import Order
from chalicelib.orders.order.store import day_or_none, promise_item, promise_of
from chalicelib.platform import keys as platform_keys
from chalicelib.table.client import Page, Table
from chalicelib.table.transactions import Item, Transaction

DUE = "goods_on_top"  # under which they fall due


def gifts(table: Table, order: Order, *, consistent: bool = False) -> list[Gift]:
    """Those of one order, in the order of their promises. One call."""
    wanted = [keys.gift(order.company_id, order.placed_at, promise.gift_id) for promise in order.promises]
    found = table.get_many(wanted, consistent=consistent)
    return [gift_of(found[key]) for key in wanted if key in found]


def page(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """Newest order first. One call."""
    every = keys.gift(company_id)
    return table.query(every.pk, starts=every.sk, newest_first=True, limit=limit, after=after)


def due(table: Table, company_id: str, day: date) -> Iterator[str]:
    """Ids of the orders of which something is due by this day; an order may come twice. It reads the company's gifts."""
    every = keys.gift(company_id)
    where = Attr("due_on").lte(day.isoformat())
    found = table.query_all(every.pk, starts=every.sk, where=where, only=("order_id",), consistent=True)
    return (item["order_id"] for item in found)


def create(tx: Transaction, gift: Gift) -> None:
    tx.create(_item(gift), label="gift")


def replace(tx: Transaction, before: Gift, after: Gift) -> None:
    """Refused with label `gift` if it changed since `before`."""
    tx.put({**_item(after), "version": before.version + 1}, when=Attr("version").eq(before.version), label="gift")


def _item(gift: Gift) -> Item:
    listed = platform_keys.due(DUE, gift.due_on, gift.company_id).as_gsi2() if gift.due_on else {}
    told: dict[str, Any] = {
        "why": gift.why.value if gift.why else None,
        "reminded": gift.reminded.isoformat() if gift.reminded else None,
        "due_on": gift.due_on.isoformat() if gift.due_on else None,
        "document": gift.document or None,
        "shipped_on": gift.shipped_on.isoformat() if gift.shipped_on else None,
    }
    return {
        **keys.gift(gift.company_id, gift.placed_at, gift.promise.gift_id).as_item(),
        **listed,
        "promise": promise_item(gift.promise),
        "company_id": gift.company_id,
        "order_id": gift.order_id,
        "number": gift.number,
        "distributor_id": gift.distributor_id,
        "placed_at": gift.placed_at,
        "state": gift.state.value,
        "count": gift.count,
        **{name: value for name, value in told.items() if value is not None},
        "version": gift.version,
    }


def gift_of(item: Item) -> Gift:
    return Gift(
        promise=promise_of(item["promise"]),
        company_id=item["company_id"],
        order_id=item["order_id"],
        number=item["number"],
        distributor_id=item["distributor_id"],
        placed_at=item["placed_at"],
        state=GiftState(item["state"]),
        count=int(item["count"]),
        why=Why(item["why"]) if "why" in item else None,
        reminded=day_or_none(item, "reminded"),
        due_on=day_or_none(item, "due_on"),
        document=item.get("document", ""),
        shipped_on=day_or_none(item, "shipped_on"),
        version=int(item["version"]),
    )
