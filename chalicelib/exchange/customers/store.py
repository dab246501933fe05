"""Items of moves of customers.

MOVE   customer, companies, author, reason, state; `after`: the place from which its documents are still to be moved
"""

from contextlib import suppress
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr

from chalicelib.exchange.customers import keys
from chalicelib.exchange.customers.events import MOVE_BEGAN
from chalicelib.platform import Context, Record, queue_url, record_event, send_bodies
from chalicelib.table import Page, Position, Refused, Table, Transaction


class CustomerMove(Record):
    """A customer that goes from one company to another, with its documents. `page`: the pages that are done, `counted`: those whose `documents` are
    counted. `undoes`: the move that it takes back, for the same reason.
    """

    move_id: str
    source: str
    customer: str
    from_company_id: str
    to_company_id: str
    reason: str
    by: str
    at: str
    state: Literal["moving", "done"] = "moving"
    documents: int = 0
    page: int = 0
    counted: int = 0
    after: dict[str, str] | None = None
    undoes: str | None = None
    undone_by: str | None = None
    undone_at: str | None = None


def create(tx: Transaction, context: Context, move: CustomerMove) -> None:
    key = keys.move(move.move_id)
    listed = keys.move_list(move.at, move.move_id).as_gsi1()
    tx.create({**key.as_item(), **listed, **move.model_dump(exclude_none=True)}, label="move")
    record_event(tx, context, key, MOVE_BEGAN, move_id=move.move_id)


def load(context: Context, move_id: str) -> CustomerMove | None:
    item = context.table.get(keys.move(move_id), consistent=True)
    return CustomerMove.from_item(item) if item else None


def page(table: Table, limit: int, after: Position) -> Page:
    """Newest first."""
    return table.query(keys.move_list("", "").pk, index="gsi1", newest_first=True, limit=limit, after=after)


def count_page(context: Context, move: CustomerMove, documents: int) -> None:
    """Counts the documents of the page, once: before the first of them moves, so that a page begun anew counts none of them less."""
    with suppress(Refused):
        context.table.update(
            keys.move(move.move_id),
            put={"counted": move.page + 1},
            add={"documents": documents},
            when=Attr("counted").eq(move.page),
        )


def finish_page(context: Context, move: CustomerMove, after: dict[str, str] | None) -> None:
    """Notes that a page is done; nothing if another message has done it."""
    done: dict[str, Any] = {"after": after} if after else {"state": "done"}
    with suppress(Refused):
        context.table.update(
            keys.move(move.move_id),
            put=done,
            add={"page": 1},
            remove=() if after else ("after",),
            when=Attr("page").eq(move.page),
        )


def undo(tx: Transaction, context: Context, move: CustomerMove, by: str) -> None:
    """Marks the move as undone. Refused with label `undone` if it is already, or still moves."""
    tx.update(
        keys.move(move.move_id),
        put={"undone_by": by, "undone_at": context.at},
        when=Attr("state").eq("done") & Attr("undone_at").not_exists(),
        label="undone",
    )


def enqueue(move_id: str, page: int) -> None:
    send_bodies(queue_url("customers"), [{"move_id": move_id, "page": page}])
