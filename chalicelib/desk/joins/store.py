"""Joins in the table: one item, replaced under its version."""

from collections.abc import Mapping
from dataclasses import replace

from boto3.dynamodb.conditions import Attr

from chalicelib.desk.joins import keys
from chalicelib.desk.joins.events import BEGAN
from chalicelib.desk.joins.model import CompanyJoin, OrderOfJoin
from chalicelib.platform import Context, EventType, record_event
from chalicelib.table import Item, Page, Position, Table, Transaction, from_item, to_item


def create(tx: Transaction, context: Context, join: CompanyJoin) -> None:
    tx.create(_item(join), label="join")
    _begin(tx, context, join)


def _begin(tx: Transaction, context: Context, join: CompanyJoin) -> None:
    """A company takes part in one join at a time. Refused with label `under way`."""
    for company_id in (join.company_id, join.into):
        tx.create({**keys.under_way(company_id).as_item(), "join_id": join.join_id}, label="under way")
    record_event(tx, context, keys.join(join.join_id), BEGAN, join_id=join.join_id)


def load(context: Context, join_id: str) -> CompanyJoin | None:
    return context.table.read(CompanyJoin, keys.join(join_id), consistent=True)


def page(table: Table, limit: int, after: Position) -> Page:
    """Newest first."""
    return table.query(keys.join_list("", "").pk, index="gsi1", newest_first=True, limit=limit, after=after)


def save(tx: Transaction, context: Context, join: CompanyJoin) -> CompanyJoin:
    """The next version. Refused with label `join` if it changed since `join` was read."""
    after = replace(join, progress_at=context.at, version=join.version + 1)
    tx.put(_item(after), when=Attr("version").eq(join.version), label="join")
    return after


def begin_again(tx: Transaction, context: Context, join: CompanyJoin) -> CompanyJoin:
    """The next version, whose work is still to be done."""
    _begin(tx, context, join)
    return save(tx, context, join)


def end(tx: Transaction, context: Context, join: CompanyJoin, event: EventType, told: Mapping[str, str]) -> None:
    """The last version, with an event for each company whose people are told of the other one."""
    owner = keys.join(join.join_id)
    for company_id, other in told.items():
        record_event(tx, context, owner, event, join_id=join.join_id, company_id=company_id, other=other)
    for company_id in (join.company_id, join.into):
        tx.delete(keys.under_way(company_id))
    save(tx, context, join)


def is_under_way(table: Table, *company_ids: str) -> bool:
    """Whether one of the companies takes part in a join, or an undoing, that is under way. One call, consistent."""
    return bool(table.get_many(map(keys.under_way, company_ids), consistent=True))


def note_order(tx: Transaction, moved: OrderOfJoin) -> None:
    tx.put({**keys.order_of_join(moved.join_id, moved.order_id).as_item(), **to_item(moved)})


def orders_of(table: Table, join_id: str, *, waits: bool = False) -> list[OrderOfJoin]:
    """The orders that the join moved; those that wait alone. A query for each MB, consistent."""
    where = Attr("waits").exists() if waits else None
    found = table.query_all(keys.order_of_join(join_id), where=where, consistent=True)
    return [from_item(OrderOfJoin, item) for item in found]


def end_order(tx: Transaction, moved: OrderOfJoin, forgotten_at: int) -> None:
    """All of the order has followed. One that went back is forgotten at once, the others when the join cannot be undone any more."""
    key = keys.order_of_join(moved.join_id, moved.order_id)
    if moved.back:
        tx.delete(key)
    else:
        tx.update(key, put={"expires_at": forgotten_at}, remove=("waits",))


def _item(join: CompanyJoin) -> Item:
    listed = keys.join_list(join.at, join.join_id).as_gsi1()
    return {**keys.join(join.join_id).as_item(), **listed, **to_item(join)}
