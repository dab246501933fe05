"""Runs over the parts of an import, a message for each part, and the end of each run."""

import heapq
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby, islice
from typing import Any

from chalicelib.exchange.documents.summary import SUMMARY, Summary, merged
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.store import Counts, ImportRecord
from chalicelib.exchange.runs import effects, recording, replacement, withdrawal
from chalicelib.exchange.runs.recording import unpacked
from chalicelib.exchange.runs.reports import MOST_LISTED, BadRow, change_listing, listing
from chalicelib.platform import Context
from chalicelib.table import Item, Refused, Transaction


def work_part(context: Context, message: dict[str, Any]) -> None:
    """Does the part of the message, and ends the run after its last part."""
    body = json.loads(message["body"])
    import_id, run, part = body["import_id"], body["run"], body["part"]
    record, done = store.load_with_part(context, import_id, run, part)
    if record is None or not _is_open(record, run):
        return
    if not done:
        store.finish_part(context, record, part, _work(context, record, part))
    record = store.load(context, import_id)
    if record and _is_open(record, run) and record.count("parts_done") >= record.count("parts_total"):
        _end(context, record)


def _is_open(record: ImportRecord, run: int) -> bool:
    return record.run == run and record.state in ("writing", "taking_back")


def _work(context: Context, record: ImportRecord, part: int) -> Counts:
    if record.phase == "look":
        return {"documents_in_the_way": withdrawal.look(context, record, part)}
    if record.phase == "restore":
        return {"documents_kept": withdrawal.restore(context, record, part)}
    return recording.record_part(context, record, part)


def _end(context: Context, record: ImportRecord) -> None:
    if record.phase == "restore":
        store.finish(context, record, {}, "taken_back")
    elif record.phase == "look":
        _end_look(context, record)
    else:
        _end_file(context, record)


def _end_look(context: Context, record: ImportRecord) -> None:
    if record.count("documents_in_the_way"):
        store.finish(context, record, {"phase": "write"})
        return
    tx = Transaction()
    store.begin_run(tx, context, record, "restore", state="taking_back", facts={})
    with suppress(Refused):  # another message of this run was faster
        context.table.commit(tx)


def _end_file(context: Context, record: ImportRecord) -> None:
    import_id = record.import_id
    done = list(store.parts_done(context, import_id, record.run))
    parts = [part for part in done if int(part["part"]) <= record.file_parts]
    bad = [unpacked(store.get(import_id, f"bad/{int(part['part']):06d}")) for part in parts if part["rows_failed"]]
    rows = [BadRow(*entry) for entry in islice(heapq.merge(*bad), MOST_LISTED)]
    if rows:
        store.put(import_id, "bad-rows.csv", listing(rows, record.count("rows_failed")))
        _ask_for_bad_file(record, rows)
    facts: Item = {"bad_rows_listed": len(rows)}
    summary = merged(_summaries(record))
    if summary.changes:
        store.put(import_id, "changes.csv", change_listing(summary.changes))
    store.put(import_id, "summary.json", SUMMARY.write(summary))
    facts["changes_listed"] = len(summary.changes)
    if record.phase == "check":
        facts["proposal"] = replacement.propose(context, record, _summaries(record))
        if record.form.unknown_customers == "create":
            made = (unpacked(store.get(import_id, f"new/{int(part['part']):06d}")) for part in parts)
            # A customer may be in several parts.
            facts["companies_created"] = sum(1 for _ in groupby(heapq.merge(*made)))
    else:
        facts["effects_listed"] = effects.gather(record, done)
        if any(record.count(f"documents_{outcome}") for outcome in ("created", "changed", "unchanged")):
            store.keep_profile(context, record)
    store.finish(context, record, facts)


def _ask_for_bad_file(record: ImportRecord, rows: list[BadRow]) -> None:
    """Not where the list ends before the last row: a document of which some rows are missing would be brought in part."""
    reasons: dict[int, list[str]] = {}
    for bad in rows:
        reasons.setdefault(bad.row, []).append(bad.code)
    if len(reasons) < record.count("rows_failed"):
        return
    asked = {"run": record.run, "reasons": list(reasons.items())}
    store.put(record.import_id, store.REASONS, json.dumps(asked).encode())


def _summaries(record: ImportRecord) -> Iterator[Summary]:
    for part in range(1, record.file_parts + 1):
        yield SUMMARY.read(store.get(record.import_id, f"summaries/{part:06d}"))
