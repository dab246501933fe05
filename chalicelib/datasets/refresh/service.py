"""The nightly refresh: what changed in the table becomes rows of the datasets.

    00:10 ──nightly_datasets──▶ a refresh is created ──▶ DynamoDB exports all, or what changed ──▶ its files, each a part: rows as JSON
                                     ──▶ dataset by dataset: one statement writes it again, then its name moves there

Each step is looked up before it is done, and can be done again: the export by its token, a file's rows by the file's name, a statement by its
token, the name of a dataset by the place of its files. A statement that failed writes to another place next time. A refresh that is left
undone is made up for by the next one, whose window begins where the last whole one ended.

Weakest point: every night writes each dataset whole. The cost is the engine's price of reading it once (see infra/docs/costs.md), and is simple:
a reader finds one row for each fact.
"""

import gzip
import json
import tempfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.datasets.lake import engine, rules
from chalicelib.datasets.lake.tables import DATASETS, rows_of, source_of
from chalicelib.datasets.refresh import store
from chalicelib.datasets.refresh.rules import refresh_name, window
from chalicelib.datasets.refresh.store import EXPORTS, WAITING
from chalicelib.platform import Club, Context, Progress, aws, local_day, send_bodies
from chalicelib.platform.log import log
from chalicelib.platform.registry.datasets import ItemRows
from chalicelib.platform.settings import queue_url, settings
from chalicelib.table import Item, Key, Position, from_wire

EXPORT_WAIT = 15  # seconds between two looks at an export
STATEMENT_WAIT = 5
PATIENCE = 120  # seconds that one run waits for a statement


def start(context: Context, author: str) -> str | None:
    """Begins a refresh up to the last full hour and returns its id; None where the datasets tell that much already."""
    definition, zone = rules.definition(DATASETS), context.config[Club].zone
    published = store.published(context.table)
    told = local_day(published.until, zone) if published else None
    found = window(published, definition, context.now, context.today, told)
    if found is None:
        return None
    refresh_id = refresh_name(found.until)
    store.create(context, refresh_id, found, definition, author)
    _go_on(refresh_id, 0)
    return refresh_id


def advance(context: Context, message: dict[str, Any]) -> None:
    """Reads the file in the message, or does what is next in its refresh, and sends the message again while something has to be waited for. Safe to repeat."""
    body = json.loads(message["body"])
    if "work_id" in body:
        _read_file(context, message)
        return
    refresh_id = body["refresh_id"]
    found = store.load(context, refresh_id)
    if found is None or "published_at" in found.item:
        return
    if found.done:
        _publish(context, found)
    elif _exported(context, found):
        store.WORK.announce(refresh_id, 1)
    else:
        _go_on(refresh_id, EXPORT_WAIT)


def _go_on(refresh_id: str, delay: int) -> None:
    send_bodies(queue_url("datasets"), [{"refresh_id": refresh_id}], delay=delay)


# --- the export -------------------------------------------------------------------------------------------------------


def _exported(context: Context, found: Progress) -> bool:
    """Whether the export is whole; begins it if need be. Raises RuntimeError for one that failed, which the next try begins again."""
    arn = found.item.get("export_arn") or _export(context, found)
    description = aws.dynamodb().describe_export(ExportArn=arn)["ExportDescription"]
    if description["ExportStatus"] == "FAILED":
        store.note(context.table, found.work_id, remove=("export_arn",), attempt=found.count("attempt") + 1)
        raise RuntimeError(f"the export of the table failed: {description.get('FailureMessage')}")
    return description["ExportStatus"] == "COMPLETED"


def _export(context: Context, found: Progress) -> str:
    since, until = store.window_of(found)
    asked: dict[str, Any] = {"ExportTime": until} if since is None else _changes(since, until)
    arn = aws.dynamodb().export_table_to_point_in_time(
        TableArn=settings().table_arn,
        S3Bucket=settings().files_bucket,
        S3Prefix=EXPORTS.rstrip("/"),
        ExportFormat="DYNAMODB_JSON",
        ClientToken=_token(found, "export"),
        **asked,
    )["ExportDescription"]["ExportArn"]
    store.note(context.table, found.work_id, export_arn=arn)
    return arn


def _changes(since: Any, until: Any) -> dict[str, Any]:
    window = {"ExportFromTime": since, "ExportToTime": until, "ExportViewType": "NEW_IMAGE"}
    return {"ExportType": "INCREMENTAL_EXPORT", "IncrementalExportSpecification": window}


def _token(found: Progress, what: str) -> str:
    """The same for each try of the same attempt."""
    return sha256(f"{found.work_id} {what} {found.count('attempt')}".encode()).hexdigest()


# --- files of the export ----------------------------------------------------------------------------------------------


def _read_file(context: Context, message: dict[str, Any]) -> None:
    """Writes the rows of the file of the export that is the part in the message."""

    def next_file(found: Progress, after: Position) -> tuple[list[str], Position]:
        files = _files(found.item["export_arn"])
        number = int(after["file"]) if after else 0
        return files[number : number + 1], {"file": str(number + 1)} if number + 1 < len(files) else None

    def do(found: Progress, files: list[str]) -> tuple[None, Mapping[str, Any]]:
        return None, {"rows": sum(_write_rows(context, found.work_id, each) for each in files)}

    def finish(found: Progress, parts: Iterator[Any]) -> Item:
        _go_on(found.work_id, STATEMENT_WAIT)
        return {}

    store.WORK.run(context, message, companies=next_file, do=do, finish=finish)


def _files(export_arn: str) -> list[str]:
    """The objects of an export, in the order of its manifest."""
    export_id = export_arn.rpartition("/")[2]
    listed = _object(f"{EXPORTS}AWSDynamoDB/{export_id}/manifest-files.json").read().decode().splitlines()
    return [json.loads(each)["dataFileS3Key"] for each in listed if each]


def _object(name: str) -> Any:
    return aws.s3().get_object(Bucket=settings().files_bucket, Key=name)["Body"]


def _write_rows(context: Context, refresh_id: str, name: str) -> int:
    """Writes an object for each dataset that the file has rows of, and returns the number of rows."""
    # DynamoDB names its objects with the prefix that it was given, or without.
    source = name if name.startswith(EXPORTS) else f"{EXPORTS}{name}"
    stem, rows = Path(name).name.partition(".")[0], 0
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        written: dict[str, Any] = {}
        for found in _changes_in(source, context.config[Club].zone):
            into = found.dataset.name
            if into not in written:
                written[into] = opened.enter_context(gzip.open(Path(folder, into), "wt", encoding="utf-8"))
            for line in rules.waiting_lines(found):
                written[into].write(f"{line}\n")
            rows += len(found.rows)
        opened.close()
        for dataset in sorted(written):
            to = f"{WAITING}{refresh_id}/{dataset}/{stem}.json.gz"
            aws.s3().upload_file(str(Path(folder, dataset)), settings().files_bucket, to)
    return rows


def _changes_in(source: str, zone: ZoneInfo) -> Iterator[ItemRows]:
    with gzip.open(_object(source), "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            image = told.get("Item") or told.get("NewImage")
            named = image or told["Keys"]
            key = Key(named["pk"]["S"], named["sk"]["S"])
            if found := source_of(key):
                yield from rows_of(found, key, from_wire(_with_bytes(image)) if image else None, zone)


def _with_bytes(image: dict[str, Any]) -> dict[str, Any]:
    """An image of JSON, in which bytes are base64, as the SDK would bring it."""
    return {name: {"B": b64decode(each["B"])} if "B" in each else each for name, each in image.items()}


# --- the datasets -----------------------------------------------------------------------------------------------------


def _publish(context: Context, found: Progress) -> None:
    """Writes the datasets that are left, one after the other. Raises RuntimeError for a statement that failed."""
    refresh_id, onto = found.work_id, store.window_of(found).since is not None
    for number in range(found.count("published"), len(DATASETS)):
        dataset = DATASETS[number]
        to = engine.place("tables", dataset.name, f"{refresh_id}-{found.count('attempt')}")
        execution = found.item.pop("execution", None)
        if execution is None:
            engine.point_waiting(dataset, engine.place("waiting", refresh_id, dataset.name))
            execution = engine.start(rules.merge(dataset, to, onto=onto), _token(found, dataset.name))
            store.note(context.table, refresh_id, execution=execution)
        state, reason, scanned = engine.wait(execution, PATIENCE)
        if state == "running":
            _go_on(refresh_id, STATEMENT_WAIT)
            return
        if state == "failed":
            store.note(context.table, refresh_id, remove=("execution",), attempt=found.count("attempt") + 1)
            raise RuntimeError(f"{dataset.name} was not written: {reason}")
        engine.point(dataset, to)
        store.note(context.table, refresh_id, remove=("execution",), published=number + 1)
        log.info("dataset", extra={"dataset": dataset.name, "scanned": scanned})
    store.publish(context, found)
