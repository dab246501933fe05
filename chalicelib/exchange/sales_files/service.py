"""A sales file from its announcement to recorded documents.

    start       announces a file and returns its upload form
    split       splits the uploaded file into parts, all rows of a document into the same part, and sends a message for each part
    write_part  reads the rows of a part, finds or creates customers, records documents and adds counts
    show        shows progress and faults

Each step is safe to repeat after a crash: parts are the same bytes again, a recorded document has the same outcome again, and the counts
of a part are added in the transaction that marks it done.

Weakest point: one invocation splits a whole file, so `most_bytes` must fit its time limit (tests/benchmarks/bench_import.py measures it).
"""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

from chalicelib import companies
from chalicelib.exchange.reading.parts import cut, parts_for
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import AHEAD
from chalicelib.exchange.sales_files import reports, rules, store
from chalicelib.exchange.sales_files.config import Imports
from chalicelib.exchange.sales_files.model import ImportForm
from chalicelib.exchange.sales_files.schemas import (
    BadRowsView,
    ImportCountsView,
    ImportProgressView,
    ImportRowCountsView,
    ImportView,
    StartedImportView,
)
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform.clock import local_day, moment
from chalicelib.platform.club_config import Club
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.log import log
from chalicelib.platform.uploads import Upload
from chalicelib.table.transactions import Transaction
from chalicelib.tiers import Tiers


def start(
    context: Context,
    form: ImportForm,
    started_by: str,
    language: str,
) -> StartedImportView:
    currency = form.currency or context.config[Club].currency
    if currency not in context.config[Tiers].ladders:
        known = ", ".join(sorted(context.config[Tiers].ladders))
        raise Problem.invalid("currency", "/currency", f"The club keeps accounts in {known} only.")
    import_id = context.new_id("imp")
    tx = Transaction()
    made = store.create(tx, context, import_id, form, currency, started_by)
    limits = context.config[Imports]
    url, fields = store.upload_form(import_id, limits.most_bytes, limits.upload_minutes * 60)
    upload = Upload(url=url, fields=fields, expires_at=made.upload_until, most_bytes=limits.most_bytes)
    started = StartedImportView(**_view_of(context, made, language).model_dump(), upload=upload)
    context.reply(tx, started)
    context.table.commit(tx)
    return started


def show(context: Context, import_id: str, language: str) -> ImportView:
    found = store.load(context, import_id)
    if found is None:
        raise Problem("not_found")
    return _view_of(context, found, language)


def list_imports(
    context: Context, language: str, limit: int, after: dict[str, str] | None
) -> tuple[list[ImportView], dict[str, str] | None]:
    """Newest first."""
    found, last = store.newest(context, limit, after)
    return [_view_of(context, each, language) for each in found], last


def split(context: Context, event: dict[str, Any]) -> None:
    """Splits each uploaded file into parts, and queues the parts."""
    for entry in event["Records"]:
        stored = entry["s3"]["object"]
        _split(context, store.import_of(unquote_plus(stored["key"])), int(stored["size"]), stored["eTag"].strip('"'))


def _split(context: Context, import_id: str, size: int, etag: str) -> None:
    found = store.begin_splitting(context, import_id, etag)
    if found is None:
        log.warning("upload ignored", extra={"import_id": import_id, "etag": etag})
        return
    parts = found.count("parts_total")
    if found.state == "splitting":
        try:
            parts = _cut(context, found, size, etag)
        except Unreadable as unreadable:
            store.fail(context, import_id, unreadable.code, unreadable.facts)
            return
        except store.Replaced:
            store.fail(context, import_id, "upload_replaced", {})
            return
    store.enqueue_parts(import_id, parts)


def _cut(context: Context, found: store.ImportRecord, size: int, etag: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        upload = Path(folder, "upload")
        with upload.open("wb") as file:
            file.writelines(store.read_upload(found.import_id, etag))
        parts = Path(folder, "parts")
        parts.mkdir()
        made = cut(upload, found.form, _terms(context, found), parts_for(size), parts)
        store.put_parts(found.import_id, parts, made.parts)
    store.begin_writing(context, found.import_id, made)
    return made.parts


def _terms(context: Context, found: store.ImportRecord) -> Terms:
    zone = context.config[Club].zone
    return Terms(
        currency=found.currency,
        currencies=frozenset(context.config[Tiers].ladders),
        # The day of the upload, so that a row means the same whenever the file is split.
        latest=local_day(moment(found.uploaded_at), zone) + AHEAD,
        zone=zone,
        inn_is_valid=companies.inn_is_valid,
    )


def _view_of(context: Context, found: store.ImportRecord, language: str) -> ImportView:
    item, form = found.item, found.form
    failure = item.get("reason")
    return ImportView(
        import_id=found.import_id,
        kind=form.kind,
        source=form.source,
        file_name=form.file_name,
        dry_run=form.dry_run,
        state=rules.visible_state(found.state, found.upload_until, context.now),
        stalled=rules.is_stalled(found.state, moment(item["progress_at"]), context.now),
        created_at=item["created_at"],
        created_by=item["created_by"],
        uploaded_at=item.get("uploaded_at"),
        finished_at=item.get("finished_at"),
        encoding=item.get("encoding"),
        delimiter=item.get("delimiter"),
        columns=found.columns,
        progress=ImportProgressView(parts_done=found.count("parts_done"), parts_total=found.count("parts_total")),
        rows=ImportRowCountsView(
            total=found.count("rows_total"), skipped=found.count("rows_skipped"), **found.counts("rows")
        ),
        documents=ImportCountsView(**found.counts("documents")),
        companies_created=found.count("companies_created"),
        reason=reports.reason(failure["code"], failure["facts"], language) if failure else None,
        bad_rows=_bad_rows(context, found) if found.count("bad_rows_listed") else None,
    )


def _bad_rows(context: Context, found: store.ImportRecord) -> BadRowsView:
    return BadRowsView(
        listed=found.count("bad_rows_listed"),
        url=store.link(found.import_id, "bad-rows.csv", f"{found.import_id}-bad-rows.csv"),
        expires_at=context.now + timedelta(seconds=store.LINK_SECONDS),
    )
