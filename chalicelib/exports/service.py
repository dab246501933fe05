"""Exports of whole tables, from the request to the letter: work in parts, some companies or members each.

start         stores the export with its event
on_requested  sends the first part to the queue
export_part   keeps the rows of the companies or members of a part; the last part writes the file, row by row, and an event for the letter

The file says how many rows it has and the control total of each currency, which the parts counted; a file that comes to another count is not kept.

Weakest point: the file is what the parts found when each was read, within some minutes, and not at one moment.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib.exports import keys, rules, store
from chalicelib.exports.events import READY
from chalicelib.exports.model import Cell, Description, ExportSource
from chalicelib.exports.schemas import ExportForm, ExportView
from chalicelib.exports.sources import DESCRIPTIONS, Rows, rows_of, some_of
from chalicelib.platform import DAY, Club, Context, Language, Problem, aws, derived_id, moment, record_event, throttle
from chalicelib.platform.files.tables import Column, Table, write
from chalicelib.platform.money import Money, totals_of
from chalicelib.platform.parts import LINK_SECONDS, Progress
from chalicelib.platform.settings import settings
from chalicelib.table import Item, Position, Transaction

TOGETHER = 25  # companies or members of a part
PER_DAY = 20  # of one person
_CONTROL = "control_total_"  # attributes of the work, by currency


def start(context: Context, form: ExportForm, language: Language, by: str) -> ExportView:
    """Raises 429 for too many a day."""
    throttle(context, "exports", by, PER_DAY, DAY)
    tx = Transaction()
    made = store.create(tx, context, context.new_id("exp"), by, {**form.model_dump(mode="json"), "language": language})
    return context.commit(tx, _view(context, made))


def show(context: Context, export_id: str, by: str) -> ExportView:
    """Raises 404 for the export of somebody else."""
    found = store.WORK.load(context, export_id)
    if found is None or found.item["created_by"] != by:
        raise Problem("not_found")
    return _view(context, found)


def page(context: Context, by: str, *, limit: int, after: Position) -> tuple[list[ExportView], Position]:
    """Of this person, newest first. One call."""
    found = store.page(context.table, by, limit=limit, after=after)
    return [_view(context, Progress(item["export_id"], item)) for item in found.items], found.last


def export_part(context: Context, message: dict[str, Any]) -> None:
    """Keeps the rows of the part in the message. Safe to repeat."""

    def some(found: Progress, after: Position) -> tuple[list[str], Position]:
        return some_of(context, ExportSource(found.item["source"]), TOGETHER, after)

    def do(found: Progress, ids: list[str]) -> tuple[Iterator[list[str | None]], dict[str, Any]]:
        source, counts = ExportSource(found.item["source"]), {"rows": 0}
        return _counted(rows_of(context, source, ids), DESCRIPTIONS[source], counts), counts

    def finish(found: Progress, parts: Iterator[Iterator[list[str | None]]]) -> Item:
        _write(context, found, parts)
        _tell(context, found)
        return {}

    store.WORK.run(context, message, companies=some, do=do, finish=finish)


def _counted(rows: Rows, description: Description, counts: dict[str, Any]) -> Iterator[list[str | None]]:
    """The rows as they are kept; `counts` are those of the rows that have come."""
    totals: dict[str, Decimal] = {}
    for row in rows:
        if control := rules.control_of(row, description):
            totals = totals_of([*totals.items(), control])
        counts |= {"rows": counts["rows"] + 1, **{f"{_CONTROL}{name}": total for name, total in totals.items()}}
        yield rules.packed(row)


def _write(context: Context, found: Progress, parts: Iterator[Iterator[list[str | None]]]) -> None:
    """Raises RuntimeError for other rows than were counted."""
    written = 0

    def rows() -> Iterator[list[Cell]]:
        nonlocal written
        for part in parts:
            for row in part:
                written += 1
                yield rules.unpacked(row, description.columns)

    description, language = DESCRIPTIONS[ExportSource(found.item["source"])], found.item["language"]
    kind = found.item["format"]
    with tempfile.TemporaryFile() as file:
        write(_table(context, found, description, language, rows()), kind, file)
        if written != found.count("rows"):
            raise RuntimeError(f"{found.work_id} has {written} rows, and its parts counted {found.count('rows')}")
        file.seek(0)
        name = store.WORK.object_name(found.work_id, store.file_name(kind))
        aws.s3().upload_fileobj(file, settings().files_bucket, name)


def _table(
    context: Context, found: Progress, description: Description, language: Language, rows: Iterator[list[Cell]]
) -> Table:
    club = context.config[Club]
    words = _WORDS[language]
    notes: list[tuple[str, Cell]] = [(words["rows"], found.count("rows"))]
    notes += [(f"{words['control']}, {total.currency}", total.amount) for total in _totals(found)]
    notes.append((words["as_of"], f"{found.item['created_at']} - {context.at}"))
    return Table(
        title=description.title_in(language),
        notes=notes,
        columns=[Column(each.title_in(language), 14, each.kind in ("amount", "count")) for each in description.columns],
        rows=rows,
        sums=[],
        sender=club.name_ru if language == "ru" else club.name,
        language=language,
    )


_WORDS: dict[Language, dict[str, str]] = {
    "en": {"rows": "Rows", "control": "Control total", "as_of": "Read between"},
    "ru": {"rows": "Строк", "control": "Контрольная сумма", "as_of": "Прочитано за время"},
}


def _totals(found: Progress) -> list[Money]:
    """By currency, in the order of their names."""
    names = sorted(name for name in found.item if name.startswith(_CONTROL))
    return [Money(amount=found.item[name], currency=name.removeprefix(_CONTROL)) for name in names]


def _tell(context: Context, found: Progress) -> None:
    """An event at one address however often it is written: the letter goes out once."""
    again = replace(
        context, now=moment(found.item["created_at"]), new_id=lambda prefix: derived_id(prefix, found.work_id, "ready")
    )
    tx = Transaction()
    facts = {"member_id": found.item["created_by"], "source": found.item["source"], "rows": found.count("rows")}
    record_event(tx, again, keys.export(found.work_id), READY, export_id=found.work_id, **facts)
    context.table.commit(tx)


def _view(context: Context, found: Progress) -> ExportView:
    source = ExportSource(found.item["source"])
    ends = context.now + timedelta(seconds=LINK_SECONDS)
    kept = found.done and context.now < moment(found.item["created_at"]) + timedelta(days=store.KEEP_DAYS)
    return ExportView(
        **found.facts(context),
        export_id=found.work_id,
        source=source,
        format=found.item["format"],
        row_count=found.count("rows"),
        control_totals=_totals(found),
        url=store.WORK.link(found.work_id, store.file_name(found.item["format"])) if kept else None,
        expires_at=ends if kept else None,
    )
