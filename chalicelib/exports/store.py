"""Exports in the table: work in parts whose item also has the source, the format and the language, and the row count and control total so far.

Objects lie below `exports/{export}/`: `parts/{n}-{digest}` are rows, `table.csv` or `table.xlsx` is the file.
"""

from typing import Any

from chalicelib.exports import keys
from chalicelib.exports.events import REQUESTED
from chalicelib.platform import Context, Progress, WorkInParts, queue_url, record_event
from chalicelib.table import Page, Table, Transaction

KEEP_DAYS = 7  # as long as the bucket keeps the files

WORK = WorkInParts(lambda: queue_url("exports"), "exports/", keys.export, keys.export_part, KEEP_DAYS)


def create(tx: Transaction, context: Context, export_id: str, author: str, asked: dict[str, Any]) -> Progress:
    """Creates an export; its event starts it."""
    record_event(tx, context, keys.export(export_id), REQUESTED, export_id=export_id)
    listed = keys.export_list(author, context.at, export_id).as_gsi1()
    return WORK.create(tx, context, export_id, author, {**listed, **asked, "export_id": export_id})


def page(table: Table, member_id: str, *, limit: int, after: dict[str, str] | None) -> Page:
    """Newest first."""
    pk = keys.export_list(member_id, "", "").pk
    return table.query(pk, index="gsi1", newest_first=True, limit=limit, after=after)


def file_name(ending: str) -> str:
    return f"table.{ending}"
