"""A sales file from its announcement to recorded documents.

    start       announces a file and returns its upload form
    split       splits the uploaded file into parts, all rows of a document into the same part, and sends a message for each part
    runs        read the rows of a part, find or create customers, record documents and add counts
    confirm     records the file of a dry run
    take_back   gives every document of an import the state that it had before

Each step is safe to repeat after a crash: parts are the same bytes again, a recorded document has the same outcome again, and the counts
of a part are added in the transaction that marks it done.

Weakest point: one invocation splits a whole file, so a file of many short rows is refused when its time is over (tests/benchmarks/bench_import.py
measures rows a second).
"""

import json
import tempfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import IO, Any, Protocol
from urllib.parse import unquote_plus

from chalicelib import companies, sales
from chalicelib.exchange.imports import store
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.imports.model import ImportForm
from chalicelib.exchange.imports.rules import Phase
from chalicelib.exchange.reading.model import NO_PROFILE, SalesProfileForm
from chalicelib.exchange.reading.parts import cut, parts_for
from chalicelib.exchange.reading.reader import ROWS_BETWEEN_LOOKS, matching_profile, open_sales_file
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import AHEAD
from chalicelib.exchange.runs import replacement
from chalicelib.exchange.runs.bad_file import write_bad_file
from chalicelib.exchange.sales_files import views
from chalicelib.exchange.sales_files.schemas import (
    ImportConfirmForm,
    ImportView,
    StartedImportView,
    VoidedDocumentView,
    VoidForm,
)
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform import Club, Context, Problem, local_day, moment, or_not_found
from chalicelib.platform.files.uploads import Upload
from chalicelib.platform.log import log
from chalicelib.sales import DocumentRef
from chalicelib.table import Item, Transaction
from chalicelib.tiers import Tiers


class _Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...


def start(context: Context, form: ImportForm, started_by: str, language: str) -> StartedImportView:
    currency = form.currency or context.config[Club].currency
    if currency not in context.config[Tiers].ladders:
        known = ", ".join(sorted(context.config[Tiers].ladders))
        raise Problem.invalid("currency", "/currency", f"The club keeps accounts in {known} only.")
    import_id = context.new_id("imp")
    tx = Transaction()
    made = store.create(tx, context, import_id, form, currency, started_by)
    upload, *more = [_upload(context, made, name) for name in store.uploads_of(made)]
    shown = views.view_of(context, made, language).model_dump()
    started = StartedImportView(**shown, upload=upload, second_upload=more[0] if more else None)
    return context.commit(tx, started)


def _upload(context: Context, made: store.ImportRecord, name: str) -> Upload:
    limits = context.config[Imports]
    most = limits.most_bytes // len(store.uploads_of(made))
    url, fields = store.upload_form(made.import_id, name, most, limits.upload_minutes * 60)
    return Upload(url=url, fields=fields, expires_at=made.upload_until, most_bytes=most)


def list_imports(
    context: Context, language: str, limit: int, after: dict[str, str] | None
) -> tuple[list[ImportView], dict[str, str] | None]:
    """Newest first."""
    found, last = store.newest(context, limit, after)
    return [views.view_of(context, each, language) for each in found], last


def split(context: Context, event: dict[str, Any]) -> None:
    """Splits each uploaded file into parts, and queues the parts; or gives back the bad rows of a file that was read."""
    for entry in event["Records"]:
        stored = entry["s3"]["object"]
        key, etag = unquote_plus(stored["key"]), stored["eTag"].strip('"')
        if store.are_reasons(key):
            _give_back(context, store.import_of(key))
        else:
            _split(context, store.import_of(key), etag)


def _split(context: Context, import_id: str, etag: str) -> None:
    known = store.load(context, import_id)
    if known and known.form.second_file_name:
        if (mark := store.arrived(known)) is None:
            return  # the other file's arrival will split both
        etag = mark
    found = store.begin_splitting(context, import_id, etag) if known else None
    if found is None:
        log.warning("upload ignored", extra={"import_id": import_id, "etag": etag})
        return
    parts = found.count("parts_total")
    if found.state == "splitting":
        try:
            parts = _cut(context, found, etag)
        except Unreadable as unreadable:
            store.fail(context, import_id, unreadable.code, unreadable.facts)
            return
        except store.Replaced:
            store.fail(context, import_id, "upload_replaced", {})
            return
        except store.AuthorDismissed:
            store.fail(context, import_id, "author_dismissed", {})
            return
    store.enqueue_parts(import_id, found.run, parts)


READING_SECONDS = 720  # of the 900 that the function has; afterwards the parts are stored


SECONDS_BETWEEN_NEWS = 5


@dataclass(slots=True)
class _Watch:
    """Tells whether the time for reading is over, and the import how far the reading is."""

    context: Context
    import_id: str
    rows: int = 0
    ends: float = field(default_factory=lambda: monotonic() + READING_SECONDS)
    told: float = field(default_factory=monotonic)

    def is_late(self) -> bool:
        self.rows += ROWS_BETWEEN_LOOKS
        now = monotonic()
        if now >= self.told + SECONDS_BETWEEN_NEWS:
            self.told = now
            store.tell_rows(self.context, self.import_id, self.rows)
        return now > self.ends


def _cut(context: Context, found: store.ImportRecord, etag: str) -> int:
    watch = _Watch(context, found.import_id)
    with tempfile.TemporaryDirectory() as folder:
        upload = Path(folder, "upload")
        digest = _download(found, etag, upload)
        parts = Path(folder, "parts")
        parts.mkdir()
        profile, kept = _profile(context, found, upload, Path(folder))
        terms = replace(_terms(context, found), is_late=watch.is_late)
        made = cut(upload, profile, terms, parts_for(upload.stat().st_size), parts)
        store.put_parts(found.import_id, parts, made.parts)
    store.begin_writing(context, found, made, digest, profile, profile_kept=kept)
    return made.parts


def _download(found: store.ImportRecord, etag: str, to: Path) -> str:
    """Writes the uploaded file, or an archive of two, and returns the SHA-256 of all its bytes. Raises `Replaced`."""
    digest = sha256()
    second = found.form.second_file_name
    if second is None:
        with to.open("wb") as file:
            _copy(found, store.UPLOAD, etag, file, digest)
        return digest.hexdigest()
    names = (f"1 {found.form.file_name}", f"2 {second}")
    with zipfile.ZipFile(to, "w") as archive:
        for name, place, mark in zip(names, store.uploads_of(found), etag.split("+"), strict=True):
            with archive.open(name, "w", force_zip64=True) as file:
                _copy(found, place, mark, file, digest)
    return digest.hexdigest()


def _copy(found: store.ImportRecord, name: str, etag: str, to: IO[bytes], digest: _Hash) -> None:
    for chunk in store.read_upload(found.import_id, name, etag):
        digest.update(chunk)
        to.write(chunk)


def _give_back(context: Context, import_id: str) -> None:
    """Makes the file of the rows that a run left out. Safe to repeat; a file that was replaced meanwhile has none."""
    found = store.load(context, import_id)
    asked = json.loads(store.get(import_id, store.REASONS))
    if found is None or found.run != asked["run"]:
        return
    with tempfile.TemporaryDirectory() as name, suppress(store.Replaced):
        folder = Path(name)
        _download(found, str(found.item["etag"]), folder / "upload")
        unpacked = folder / "unpacked"
        unpacked.mkdir()
        file = open_sales_file(folder / "upload", unpacked, found.profile, _terms(context, found))
        made = write_bad_file(file, dict(asked["reasons"]), folder)
        with made.open("rb") as content:
            store.put(import_id, "bad-rows-file", content)
        store.keep_bad_file(context, import_id, found.run, made.name)


def _profile(context: Context, found: store.ImportRecord, upload: Path, folder: Path) -> tuple[SalesProfileForm, bool]:
    """The profile of the form; without one, that of an earlier file of the source with the same headings, which is told by True."""
    own = found.form.profile
    if own != NO_PROFILE:
        return own, False
    kept = store.profiles(context, found.form.source)
    unpacked = folder / "headings"
    unpacked.mkdir()
    matching = matching_profile(upload, unpacked, kept) if kept else None
    return matching or own, matching is not None


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


def confirm(context: Context, import_id: str, form: ImportConfirmForm, by: str, language: str) -> ImportView:
    """Records the file of a dry run, the very bytes that were checked, and voids the documents that it replaces."""
    record = _known(context, import_id)
    if record.phase != "check" or record.state != "done":
        raise Problem("wrong_state", "Only a dry run that has ended can be confirmed, and only once.")
    if record.item["sha256"] != form.sha256:
        raise Problem.invalid("sha256_differs", "/sha256", "This is not the digest of the file that was checked.")
    _check_age(context, record)
    proposal = record.proposal
    if proposal.get("blocked"):
        raise Problem("wrong_state", "Rows whose document cannot be read hide what the file does not name.")
    documents = int(proposal.get("documents", 0))
    if form.void_documents not in (None, documents) or (proposal.get("needs_consent") and form.void_documents is None):
        raise Problem.invalid("void_documents", "/void_documents", "Name the number of documents that will be voided.")
    facts = {
        "confirmed_at": context.at,
        "confirmed_by": by,
        "parts_total": record.file_parts + replacement.packs(documents),
        "companies_created": 0,
        **dict.fromkeys(store.COUNTED, 0),
    }
    return _begin(context, record, "write", "done", facts, language)


def take_back(context: Context, import_id: str, by: str, language: str) -> ImportView:
    """Gives every document of the import the state that it had before, unless one of them has changed since."""
    record = _known(context, import_id)
    if record.phase != "write" or record.state != "done":
        raise Problem("wrong_state", "Only an import that has recorded its file can be taken back, and only once.")
    _check_age(context, record)
    facts = {"taken_back_at": context.at, "taken_back_by": by, "documents_in_the_way": 0}
    return _begin(context, record, "look", "done", facts, language)


def _known(context: Context, import_id: str) -> store.ImportRecord:
    return or_not_found(store.load(context, import_id))


def _check_age(context: Context, record: store.ImportRecord) -> None:
    if not views.is_kept(context, record):
        raise Problem("wrong_state", "The file of this import is no longer kept. Bring it again.")


def _begin(
    context: Context, record: store.ImportRecord, phase: Phase, state: str, facts: Item, language: str
) -> ImportView:
    """Starts a run, if nobody else was faster."""
    tx = Transaction()
    begun = store.begin_run(tx, context, record, phase, state=state, facts=facts)
    shown = views.view_of(context, begun, language)
    return context.commit(tx, shown, refusal=Problem("conflict", "Somebody else has changed this import meanwhile."))


def void_document(context: Context, form: VoidForm, by: str) -> VoidedDocumentView:
    """Voids a document of the books, in the name of the caller. The next file that names it brings it back."""
    number = sales.document_name(form.document).number
    ref = _recorded_as(context, form, number)
    shown = VoidedDocumentView(**form.model_dump(exclude={"document"}), document=number)

    if ref is None or not sales.void(context, ref, form.reason, by, lambda tx: context.reply(tx, shown)):
        raise Problem("not_found", "The club has no document of this number, kind and day from this source.")
    return shown


def _recorded_as(context: Context, form: VoidForm, number: str) -> DocumentRef | None:
    """The document of this day: near New Year it may be in the series of the other year."""
    ending = {"sale": "", "return": "-returns", "correction": "-corrections"}[form.kind]
    year = form.business_date.year
    refs = [(form.source, f"{each}{ending}/{number}") for each in (year, year - 1, year + 1)]
    heads = sales.heads(context, refs)
    return next((ref for ref in refs if ref in heads and heads[ref].business_date == form.business_date), None)
