"""Documented questions to the datasets: asked over HTTP, answered by the engine beside the requests.

start         stores the question with its event
on_requested  sends it to the queue
answer        asks the engine, waits, and writes the answer as a file

The statement is started under the query's own token, so a message that comes again finds the statement that runs. The file has all rows and
their number, or there is none: an answer of too many rows fails.
"""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from chalicelib import companies
from chalicelib.datasets.lake import engine
from chalicelib.datasets.queries import store
from chalicelib.datasets.queries.model import AnswerColumn, Cell, ControlTotal, Question, QuestionName
from chalicelib.datasets.queries.questions import QUESTIONS
from chalicelib.datasets.queries.schemas import ControlTotalView, QueryForm, QueryView
from chalicelib.datasets.refresh.store import published
from chalicelib.platform import DAY, Club, Context, Language, Problem, aws, moment, stamp, throttle
from chalicelib.platform.files import uploads
from chalicelib.platform.files.downloads import LINK_SECONDS
from chalicelib.platform.files.tables import CONTENT_TYPES, Column, Table, write
from chalicelib.platform.log import log
from chalicelib.platform.settings import settings
from chalicelib.table import Item, Position, Refused, Transaction

PER_DAY = 50  # of one person
PATIENCE = 40  # seconds that one run waits for the engine
MOST_ROWS = 100_000


def start(context: Context, form: QueryForm, language: Language, by: str) -> QueryView:
    """Raises 409 before the first night, 422 for a brand that the question lacks or cannot have, and 429 for too many a day."""
    _check(form)
    told = published(context.table)
    if told is None:
        raise Problem("wrong_state", "The datasets are made every night: ask tomorrow.")
    throttle(context, "queries", by, PER_DAY, DAY)
    tx = Transaction()
    asked = {**form.model_dump(mode="json", exclude_none=True), "language": language, "as_of": stamp(told.until)}
    made = store.create(tx, context, context.new_id("qry"), by, asked)
    return context.commit(tx, _view(context, made))


def _check(form: QueryForm) -> None:
    if QUESTIONS[form.question].asks_brand and form.brand is None:
        raise Problem.invalid("brand_missing", "/brand", "This question is about a brand.")
    if form.brand is not None and not QUESTIONS[form.question].asks_brand:
        raise Problem.invalid("brand_unexpected", "/brand", "This question is about no brand.")


def show(context: Context, query_id: str, by: str) -> QueryView:
    """Raises 404 for the query of somebody else."""
    found = store.load(context.table, query_id)
    if found is None or found["created_by"] != by:
        raise Problem("not_found")
    return _view(context, found)


def page(context: Context, by: str, *, limit: int, after: Position) -> tuple[list[QueryView], Position]:
    """Of this person, newest first. One call."""
    found = store.page(context.table, by, limit=limit, after=after)
    return [_view(context, item) for item in found.items], found.last


def answer(context: Context, message: dict[str, Any]) -> None:
    """Answers the query in the message. Safe to repeat. Raises RuntimeError while the engine is still at work."""
    query_id = json.loads(message["body"])["query_id"]
    found = store.load(context.table, query_id)
    if found is None or found["state"] != "running":
        return
    question = QUESTIONS[QuestionName(found["question"])]
    execution = engine.start(_statement(question, found), sha256(query_id.encode()).hexdigest())
    state, reason, scanned = engine.wait(execution, PATIENCE)
    if state == "running":
        raise RuntimeError(f"{query_id} waits for the engine")
    log.info("query", extra={"query_id": query_id, "question": found["question"], "scanned": scanned, "reason": reason})
    with suppress(Refused):  # another run was faster
        store.note(context.table, query_id, **_outcome(context, question, found, execution, state))


def _statement(question: Question, found: Item) -> str:
    first, last = (date.fromisoformat(found[name]) for name in ("first", "last"))
    return question.statement(first, last, found.get("brand"))


def _outcome(context: Context, question: Question, found: Item, execution: str, state: engine.State) -> dict[str, Any]:
    if state == "failed":
        return {"state": "failed", "failure": "engine"}
    _, *rows = islice(engine.rows(execution), MOST_ROWS + 2)
    if len(rows) > MOST_ROWS:
        return {"state": "failed", "failure": "too_many_rows"}
    read = [question.cells(row) for row in rows]
    totals = question.totals(read)
    _write(context, question, found, read, totals)
    kept = [[*total] for total in totals]
    return {"state": "done", "rows": len(rows), "control_totals": kept, "finished_at": context.at}


def _write(
    context: Context, question: Question, found: Item, rows: list[list[Cell]], totals: Iterable[ControlTotal]
) -> None:
    club, language = context.config[Club], found["language"]
    words = _WORDS[language]
    titles = {column.name: column.title_in(language) for column in question.columns}
    notes: list[tuple[str, Cell]] = [(words["rows"], str(len(rows)))]
    for name, currency, total in totals:
        label = ", ".join(filter(None, (titles[name], currency)))
        notes.append((f"{words['control']}: {label}", total))
    notes += [(words["as_of"], found["as_of"])]
    notes += [(words["period"], f"{found['first']} - {found['last']}")]
    notes += [(words["brand"], found["brand"])] if "brand" in found else []
    names = _names(context, question, rows)
    table = Table(
        title=question.title_in(language),
        notes=notes,
        columns=[column for each in question.columns for column in _columns(each, language)],
        rows=[[*_cells(question, row, names)] for row in rows],
        sums=[],
        sender=club.name_ru if language == "ru" else club.name,
        language=language,
    )
    with tempfile.TemporaryFile() as file:
        write(table, found["format"], file)
        file.seek(0)
        name = store.object_name(found["query_id"], found["format"])
        aws.s3().upload_fileobj(file, settings().files_bucket, name)


_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "rows": "Rows",
        "control": "Control total",
        "as_of": "As of",
        "period": "Period",
        "brand": "Brand",
        "company": "company",
    },
    "ru": {
        "rows": "Строк",
        "control": "Контрольная сумма",
        "as_of": "По состоянию на",
        "period": "Период",
        "brand": "Бренд",
        "company": "Компания",
    },
}


def _names(context: Context, question: Question, rows: Iterable[list[Cell]]) -> Mapping[Cell, str]:
    """The present names of the companies in the answer, by id: the datasets have none. A read for a hundred."""
    places = [place for place, column in enumerate(question.columns) if column.kind == "company"]
    ids = {str(row[place]) for row in rows for place in places}
    return {company_id: each.name for company_id, each in companies.read_companies(context, sorted(ids)).items()}


def _columns(column: AnswerColumn, language: Language) -> Iterator[Column]:
    yield Column(column.title_in(language), 14, column.kind in ("number", "sum"))
    if column.kind == "company":
        yield Column(_WORDS[language]["company"], 30)


def _cells(question: Question, row: list[Cell], names: Mapping[Cell, str]) -> Iterator[Cell]:
    for column, cell in zip(question.columns, row, strict=True):
        yield cell
        if column.kind == "company":
            yield names.get(cell, "")


def _view(context: Context, found: Item) -> QueryView:
    kept = found["state"] == "done" and context.now < moment(found["created_at"]) + timedelta(days=store.KEEP_DAYS)
    name = store.object_name(found["query_id"], found["format"])
    saved_as = f"{found['question']}.{found['format']}"
    shown = ("query_id", "question", "first", "last", "format", "state", "as_of", "created_at")
    return QueryView(
        **{name: found[name] for name in shown},
        brand=found.get("brand"),
        failure=found.get("failure"),
        row_count=int(found["rows"]) if "rows" in found else None,
        control_totals=[
            ControlTotalView.from_record(ControlTotal(*total)) for total in found.get("control_totals", ())
        ],
        url=uploads.link(name, saved_as=saved_as, content_type=CONTENT_TYPES[found["format"]], seconds=LINK_SECONDS)
        if kept
        else None,
        expires_at=context.now + timedelta(seconds=LINK_SECONDS) if kept else None,
    )
