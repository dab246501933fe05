"""The journal: who wrote what, when, in which request.

An entry lies in the transaction of the first write of its request: so there is none without a write, and no write without one. It names the
operation and the path, and nothing of the content.

JOURNAL: at, by (a member or a machine client), kind (machine, staff, distributor), role, operation, path. Kept for `journal_days`.

Weakest point: a further transaction of the same request leaves no entry of its own.
"""

from collections.abc import Mapping
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.platform.access import keys
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.config.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.table.client import Page, Position
from chalicelib.table.records import to_item
from chalicelib.table.transactions import Item

MACHINE = "machine"
AMONG = 1000  # entries that one page of the list looks through


class JournalEntry(NamedTuple):
    """A write. `by`: a member, or a machine client, which has no role."""

    at: str
    by: str
    kind: str
    role: str
    operation: str
    path: str


def entry(context: Context, caller: Principal, operation: str, path: str, request_id: str) -> Item:
    """The item of a request's entry."""
    kind = MACHINE if caller.member_id is None else caller.kind
    made = JournalEntry(context.at, caller.subject, kind, caller.role, operation, path)
    key = keys.journal(context.today.strftime("%Y-%m"), f"{context.at}#{request_id}")
    kept_until = context.expiry(days=context.config[Club].journal_days)
    return {**key.as_item(), **to_item(made), "expires_at": kept_until}


def entries(
    context: Context, month: str, filters: Mapping[str, str], under: str | None, limit: int, after: Position
) -> Page:
    """A page of a month, newest first. `filters`: attributes that must be so; `under`: the beginning of the path. One call."""
    where: ConditionBase = Attr("path").begins_with(under or "/")
    for name, value in filters.items():
        where &= Attr(name).eq(value)
    pk = keys.journal(month).pk
    return context.table.query_some(pk, where=where, newest_first=True, limit=limit, among=AMONG, after=after)
