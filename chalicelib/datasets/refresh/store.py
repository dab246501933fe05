"""Items of refreshes.

LAKE     published_until, definition: up to when the datasets tell, and of which columns; current: the newest refresh, which alone may publish
REFRESH  work in parts, each a file of the export: since (absent for an export of all), until, definition; export_arn once the export was asked
         for; `rows` so far; `published`: how many datasets are; `execution`: the statement that writes the next one, `attempt`: how many failed;
         published_at: when all were

Objects lie below `datasets/`: `exports/` is what DynamoDB writes, `waiting/{refresh}/{dataset}/` its rows as JSON, `tables/{dataset}/…` the
datasets, `answers/` what the engine answers. `parts/` has a mark of each file that was read.
"""

from contextlib import suppress
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.datasets.refresh import keys
from chalicelib.datasets.refresh.rules import Published, Window
from chalicelib.platform import Context, Progress, WorkInParts, moment, queue_url, stamp
from chalicelib.table import Refused, Table, Transaction

KEEP_DAYS = 90
EXPORTS = "datasets/exports/"
WAITING = "datasets/waiting/"

WORK = WorkInParts(lambda: queue_url("datasets"), "datasets/parts/", keys.refresh, keys.refresh_part, KEEP_DAYS)


def published(table: Table) -> Published | None:
    item = table.get(keys.lake(), consistent=True)
    if item is None or "published_until" not in item:
        return None
    return Published(moment(item["published_until"]), item["definition"])


def create(context: Context, refresh_id: str, window: Window, definition: str, author: str) -> None:
    """Creates the refresh, the only one that may publish from now on. Changes nothing where it was created before."""
    tx = Transaction()
    since = {"since": stamp(window.since)} if window.since else {}
    WORK.create(tx, context, refresh_id, author, {**since, "until": stamp(window.until), "definition": definition})
    tx.update(keys.lake(), put={"current": refresh_id})
    with suppress(Refused):
        context.table.commit(tx)


def load(context: Context, refresh_id: str) -> Progress | None:
    """None for a refresh that a newer one has taken the place of. One call."""
    found = context.table.get_many([keys.lake(), keys.refresh(refresh_id)], consistent=True)
    item = found.get(keys.refresh(refresh_id))
    if item is None or found[keys.lake()]["current"] != refresh_id:
        return None
    return Progress(refresh_id, item)


def window_of(found: Progress) -> Window:
    since = found.item.get("since")
    return Window(moment(since) if since else None, moment(found.item["until"]))


def note(table: Table, refresh_id: str, *, remove: tuple[str, ...] = (), **facts: Any) -> None:
    table.update(keys.refresh(refresh_id), put=facts, remove=remove)


def publish(context: Context, found: Progress) -> None:
    """All datasets tell up to the end of the window."""
    tx = Transaction()
    facts = {"published_until": found.item["until"], "definition": found.item["definition"]}
    tx.update(keys.lake(), put=facts, when=Attr("current").eq(found.work_id), label="current")
    tx.update(keys.refresh(found.work_id), put={"published_at": context.at})
    with suppress(Refused):
        context.table.commit(tx)
