"""Items of queries.

QUERY    question, first, last, brand (absent where the question has none), format, language; as_of: up to when the datasets told when it was asked;
         state: running, done or failed; execution: the statement; rows, or the reason of a failure
The file lies at `queries/{query}/answer.csv`, or `.xlsx`.
"""

from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.datasets.queries import keys
from chalicelib.datasets.queries.events import REQUESTED
from chalicelib.platform import Context, queue_url, record_event, send_bodies
from chalicelib.table import Item, Page, Position, Table, Transaction

KEEP_DAYS = 7  # as long as the bucket keeps the files


def create(tx: Transaction, context: Context, query_id: str, author: str, asked: dict[str, Any]) -> Item:
    """Its event asks the question."""
    item = {
        **keys.query(query_id).as_item(),
        **keys.query_list(author, context.at, query_id).as_gsi1(),
        **asked,
        "query_id": query_id,
        "state": "running",
        "created_at": context.at,
        "created_by": author,
        "expires_at": context.expiry(days=KEEP_DAYS),
    }
    tx.create(item, label="query")
    record_event(tx, context, keys.query(query_id), REQUESTED, query_id=query_id)
    return item


def announce(query_id: str) -> None:
    send_bodies(queue_url("queries"), [{"query_id": query_id}])


def load(table: Table, query_id: str) -> Item | None:
    return table.get(keys.query(query_id), consistent=True)


def page(table: Table, member_id: str, *, limit: int, after: Position) -> Page:
    """Newest first."""
    pk = keys.query_list(member_id, "", "").pk
    return table.query(pk, index="gsi1", newest_first=True, limit=limit, after=after)


def note(table: Table, query_id: str, **facts: Any) -> None:
    """Raises Refused once the query has ended."""
    table.update(keys.query(query_id), put=facts, when=Attr("state").eq("running"))


def object_name(query_id: str, ending: str) -> str:
    return f"queries/{query_id}/answer.{ending}"
