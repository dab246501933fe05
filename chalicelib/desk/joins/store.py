"""Joins in the table: one item, replaced under its version."""

from collections.abc import Mapping
from dataclasses import replace

from boto3.dynamodb.conditions import Attr

from chalicelib.desk.joins import keys
from chalicelib.desk.joins.events import BEGAN
from chalicelib.desk.joins.model import CompanyJoin
from chalicelib.platform.context import Context
from chalicelib.platform.events import EventType, record
from chalicelib.table.client import Page, Position, Table
from chalicelib.table.records import to_item
from chalicelib.table.transactions import Item, Transaction


def create(tx: Transaction, context: Context, join: CompanyJoin) -> None:
    tx.create(_item(join), label="join")
    record(tx, context, keys.join(join.join_id), BEGAN, join_id=join.join_id)


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
    record(tx, context, keys.join(join.join_id), BEGAN, join_id=join.join_id)
    return save(tx, context, join)


def end(tx: Transaction, context: Context, join: CompanyJoin, event: EventType, told: Mapping[str, str]) -> None:
    """The last version, with an event for each company whose people are told of the other one."""
    owner = keys.join(join.join_id)
    for company_id, other in told.items():
        record(tx, context, owner, event, join_id=join.join_id, company_id=company_id, other=other)
    save(tx, context, join)


def _item(join: CompanyJoin) -> Item:
    listed = keys.join_list(join.at, join.join_id).as_gsi1()
    return {**keys.join(join.join_id).as_item(), **listed, **to_item(join)}
