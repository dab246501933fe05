"""An import's items and objects.

    IMPORT  the form, the progress and the counts, which grow part by part
    PROFILE the profile that a file of a source was read with, by the headings of the file
    PART    a finished part of a run with its counts, written once

An import goes through its parts once or several times, each time is a run of a phase:

    check   a dry run            write     recording
    look    before it is taken back: does anything rest on it?    restore   taking back

In the bucket, below `imports/{import}/`: `upload`, and `second/upload` where documents and their rows are two files; `parts/{n}` rows to record, `bad/{n}` rows that were left out, `new/{n}` customers
that a dry run would create, `summaries/{n}`, `before/{n}` the documents and companies of a part before it was recorded, `gone/{n}` documents
to void, `changes/{n}` what a part changed; at the end `bad/upload`, the reasons of bad rows by line, then `bad-rows-file`, these rows; and `bad-rows.csv`, `changes.csv`, `summary.json` and `effects.json`.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from chalicelib.exchange.columns.fields import FieldName
from chalicelib.exchange.imports import keys
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.imports.events import RUN_BEGAN
from chalicelib.exchange.imports.model import READ_BYTES, ImportForm
from chalicelib.exchange.imports.rules import ImportState, Phase
from chalicelib.exchange.reading.model import NO_PROFILE, SalesProfileForm, SplitFile, part_name
from chalicelib.platform import Context, Problem, aws, moment, record_event, send_bodies, stamp
from chalicelib.platform.access.rights import guard_of_author
from chalicelib.platform.files import uploads
from chalicelib.platform.settings import queue_url, settings
from chalicelib.table import Item, Page, Refused, Transaction

MOST_PROFILES = 50  # of a source that are looked at
KEEP_UNUSED_DAYS = 7  # an import whose file never came
LINK_SECONDS = 900
# An upload of its own, so that the function with the disk and the time for a whole file makes the file of bad rows.
REASONS = "bad/upload"
UPLOAD, SECOND = "upload", "second/upload"

OUTCOMES = ("created", "changed", "unchanged", "failed")
COUNTED = tuple(f"{what}_{outcome}" for what in ("rows", "documents") for outcome in OUTCOMES)
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """The item of an import."""

    item: Item
    form: ImportForm

    @property
    def import_id(self) -> str:
        return str(self.item["import_id"])

    @property
    def state(self) -> ImportState:
        state: ImportState = self.item["state"]
        return state

    @property
    def uploaded_at(self) -> str:
        return str(self.item["uploaded_at"])

    @property
    def upload_until(self) -> datetime:
        return moment(self.item["upload_until"])

    @property
    def columns(self) -> dict[FieldName, str]:
        columns: dict[FieldName, str] = self.item.get("columns", {})
        return columns

    @property
    def currency(self) -> str:
        return str(self.item["currency"])

    @property
    def phase(self) -> Phase:
        phase: Phase = self.item["phase"]
        return phase

    @property
    def run(self) -> int:
        return self.count("run")

    @property
    def file_parts(self) -> int:
        return self.count("file_parts")

    @property
    def confirmed_by(self) -> str:
        return str(self.item.get("confirmed_by", self.item["created_by"]))

    @property
    def taken_back_by(self) -> str:
        return str(self.item["taken_back_by"])

    @property
    def back_id(self) -> str:
        """Names the revisions that take the import back."""
        return f"{self.import_id}#back"

    @property
    def profile(self) -> SalesProfileForm:
        """The profile that the file was read with."""
        return SalesProfileForm.model_validate(self.item.get("profile", {}))

    @property
    def proposal(self) -> dict[str, Any]:
        """The documents to void, in figures; empty if no period is replaced."""
        proposal: dict[str, Any] = self.item.get("proposal", {})
        return proposal

    def count(self, name: str) -> int:
        return int(self.item.get(name, 0))

    def counts(self, what: str) -> Counts:
        """The counts of `rows` or `documents`, by outcome."""
        return {outcome: self.count(f"{what}_{outcome}") for outcome in OUTCOMES}


def _import(item: Item) -> ImportRecord:
    return ImportRecord(item, ImportForm.model_validate(item["form"]))


# --- reads ------------------------------------------------------------------------------------------------------------


def load(context: Context, import_id: str) -> ImportRecord | None:
    item = context.table.get(keys.import_(import_id), consistent=True)
    return _import(item) if item else None


def load_with_part(context: Context, import_id: str, run: int, part: int) -> tuple[ImportRecord | None, bool]:
    """The import, and True if this part of the run is finished."""
    whole, done = keys.import_(import_id), keys.import_part(import_id, run, part)
    found = context.table.get_many([whole, done], consistent=True)
    return (_import(found[whole]) if whole in found else None), done in found


def profiles(context: Context, source: str) -> dict[str, SalesProfileForm]:
    """The profiles that files of this source were read with, by the fingerprint of their headings; at most `MOST_PROFILES`."""
    every = keys.profile(source, "")
    found = context.table.query(every, limit=MOST_PROFILES, consistent=True)
    return {item["sk"].removeprefix(every.sk): SalesProfileForm.model_validate(item["profile"]) for item in found.items}


def keep_profile(context: Context, record: ImportRecord) -> None:
    """Keeps the profile of a file that was read with it, in place of an earlier one for the same headings."""
    own = record.form.profile
    if own == NO_PROFILE:
        return
    kept = {
        "profile": own.model_dump(mode="json"),
        "import_id": record.import_id,
        "columns": record.columns,
        "changed_at": context.at,
        "changed_by": record.confirmed_by,
    }
    key = keys.profile(record.form.source, str(record.item["fingerprint"]))
    context.table.update(key, put=kept, add={"version": 1})


@dataclass(frozen=True, slots=True)
class KeptProfile:
    """A profile under the fingerprint of its headings. `columns`: the heading of each field when an import kept it last."""

    source: str
    profile_id: str
    profile: SalesProfileForm
    columns: dict[FieldName, str]
    import_id: str
    changed_at: str
    changed_by: str
    version: int


def load_profile(context: Context, source: str, profile_id: str) -> KeptProfile | None:
    item = context.table.get(keys.profile(source, profile_id), consistent=True)
    return _kept(item) if item else None


def list_profiles(
    context: Context, source: str, limit: int, after: dict[str, str] | None
) -> tuple[list[KeptProfile], dict[str, str] | None]:
    """The profiles of a source, by fingerprint."""
    page = context.table.query(keys.profile(source, ""), limit=limit, after=after, consistent=True)
    return [_kept(item) for item in page.items], page.last


def change_profile(
    tx: Transaction, context: Context, before: KeptProfile, profile: SalesProfileForm, by: str
) -> KeptProfile:
    """Refused with label `profile` where it is gone or has another version."""
    after = replace(before, profile=profile, changed_at=context.at, changed_by=by, version=before.version + 1)
    tx.update(
        keys.profile(before.source, before.profile_id),
        put={
            "profile": profile.model_dump(mode="json"),
            "changed_at": after.changed_at,
            "changed_by": by,
            "version": after.version,
        },
        when=Attr("version").eq(before.version),
        label="profile",
    )
    return after


def delete_profile(tx: Transaction, source: str, profile_id: str) -> None:
    tx.delete(keys.profile(source, profile_id))


def _kept(item: Item) -> KeptProfile:
    source, profile_id = str(item["pk"]).partition("#")[2], str(item["sk"]).partition("#")[2]
    return KeptProfile(
        source=source,
        profile_id=profile_id,
        profile=SalesProfileForm.model_validate(item["profile"]),
        columns=item["columns"],
        import_id=str(item["import_id"]),
        changed_at=str(item["changed_at"]),
        changed_by=str(item["changed_by"]),
        version=int(item["version"]),
    )


def parts_done(context: Context, import_id: str, run: int) -> Iterator[Item]:
    first = keys.import_part(import_id, run, 0)
    return context.table.query_all(first.pk, starts=first.sk[: -len("000000")], consistent=True)


def newest(
    context: Context, limit: int, after: dict[str, str] | None
) -> tuple[list[ImportRecord], dict[str, str] | None]:
    page: Page = context.table.query(
        keys.import_list("", "").pk, index="gsi1", newest_first=True, limit=limit, after=after
    )
    return [_import(item) for item in page.items], page.last


# --- changes ----------------------------------------------------------------------------------------------------------


def create(
    tx: Transaction, context: Context, import_id: str, form: ImportForm, currency: str, created_by: str
) -> ImportRecord:
    item = {
        **keys.import_(import_id).as_item(),
        **keys.import_list(context.at, import_id).as_gsi1(),
        "import_id": import_id,
        "form": form.model_dump(mode="json", by_alias=True),
        "currency": currency,
        "state": "waiting_for_upload",
        "phase": "check" if form.dry_run else "write",
        "run": 1,
        "created_at": context.at,
        "created_by": created_by,
        "upload_until": stamp(context.now + timedelta(minutes=context.config[Imports].upload_minutes)),
        "progress_at": context.at,
        "expires_at": context.expiry(days=KEEP_UNUSED_DAYS),
    }
    tx.create(item, label="import")
    return ImportRecord(item, form)


def begin_splitting(context: Context, import_id: str, etag: str) -> ImportRecord | None:
    """Starts splitting of the uploaded file. None for an unknown import, for a second file, or for an import that is done."""
    waits, again = Attr("state").eq("waiting_for_upload"), Attr("state").eq("splitting") & Attr("etag").eq(etag)
    try:
        item = context.table.update(
            keys.import_(import_id),
            put={"state": "splitting", "etag": etag, "progress_at": context.at},
            default={"uploaded_at": context.at},
            remove=("expires_at",),
            when=waits | again,
        )
    except Refused as refused:
        found = refused.items[""]
        if found and found["state"] == "writing" and found["etag"] == etag:
            return _import(found)
        return None
    return _import(item)


def tell_rows(context: Context, import_id: str, rows: int) -> None:
    """Notes how many rows the splitting has looked at."""
    with suppress(Refused):
        context.table.update(keys.import_(import_id), put={"rows_looked_at": rows}, when=Attr("state").eq("splitting"))


def begin_writing(
    context: Context,
    import_: ImportRecord,
    cut: SplitFile,
    sha256: str,
    profile: SalesProfileForm = NO_PROFILE,
    *,
    profile_kept: bool = False,
) -> None:
    """Starts the first run of the parts. `profile`: the file was read with it; `profile_kept`: it is that of an earlier file. Safe to repeat.

    Raises `AuthorDismissed`.
    """
    found = cut.found
    facts: Item = {
        "state": "writing" if cut.parts else "done",
        "progress_at": context.at,
        "rows_total": cut.rows,
        "rows_looked_at": 2 * cut.rows,
        "rows_skipped": cut.skipped,
        "parts_total": cut.parts,
        "file_parts": cut.parts,
        "sha256": sha256,
        "format": found.kind,
        "sheet": found.sheet,
        "heading_row": found.heading_line,
        "fingerprint": found.fingerprint,
        "profile": profile.model_dump(mode="json", exclude_defaults=True),
        "profile_kept": profile_kept,
        "letters": found.letters,
        "decimal": found.decimal,
        "notes": [[code, facts] for code, facts in found.notes],
        **({"own_total": found.own_total} if found.own_total else {}),
        "encoding": cut.found.encoding,
        "delimiter": cut.found.delimiter,
        "columns": cut.found.columns,
        **({} if cut.parts else {"finished_at": context.at}),
    }
    rightful = context.table.guarded_by(guard_of_author(str(import_.item["created_by"]), "staff.imports.write"))
    try:
        rightful.update(keys.import_(import_.import_id), put=facts, when=Attr("state").eq("splitting"))
    except Problem:  # of the guard, which says whose right it is in the words of an answer
        raise AuthorDismissed from None
    except Refused:
        return


def fail(context: Context, import_id: str, code: str, facts: dict[str, Any]) -> None:
    reason = {"code": code, "facts": facts}
    with suppress(Refused):
        context.table.update(
            keys.import_(import_id),
            put={"state": "failed", "reason": reason, "finished_at": context.at},
            when=Attr("state").eq("splitting"),
        )


def begin_run(
    tx: Transaction, context: Context, record: ImportRecord, phase: Phase, *, state: str, facts: Item
) -> ImportRecord:
    """Starts the next run over the parts, of this phase; returns the import as it is then. Refused with label `import` if it has left the state."""
    run, gone = record.run + 1, ("finished_at", "bad_file")
    begun = {
        "state": "writing" if phase == "write" else "taking_back",
        "phase": phase,
        "run": run,
        "parts_done": 0,
        "progress_at": context.at,
        **facts,
    }
    unmoved = Attr("run").eq(record.run) & Attr("state").eq(state)
    tx.update(keys.import_(record.import_id), put=begun, remove=gone, when=unmoved, label="import")
    record_event(tx, context, keys.import_(record.import_id), RUN_BEGAN, import_id=record.import_id, run=run)
    kept = {name: value for name, value in record.item.items() if name not in gone}
    return ImportRecord(kept | begun, record.form)


def finish_part(context: Context, record: ImportRecord, part: int, counts: Counts) -> None:
    """Marks the part of the run as finished and adds its counts, in one transaction. Safe to repeat."""
    tx = Transaction()
    done = keys.import_part(record.import_id, record.run, part)
    tx.create({**done.as_item(), **counts, "part": part, "at": context.at}, label="part")
    tx.update(keys.import_(record.import_id), put={"progress_at": context.at}, add={"parts_done": 1, **counts})
    with suppress(Refused):
        context.table.commit(tx)


def finish(context: Context, record: ImportRecord, facts: dict[str, Any], state: ImportState = "done") -> None:
    """Ends the run."""
    with suppress(Refused):
        context.table.update(
            keys.import_(record.import_id),
            put={"state": state, "finished_at": context.at, **facts},
            when=Attr("run").eq(record.run) & Attr("state").is_in(["writing", "taking_back"]),
        )


def keep_bad_file(context: Context, import_id: str, run: int, name: str) -> None:
    """Notes the file of the rows that this run left out."""
    with suppress(Refused):
        context.table.update(keys.import_(import_id), put={"bad_file": name}, when=Attr("run").eq(run))


def enqueue_parts(import_id: str, run: int, parts: int) -> None:
    """One message for each part."""
    bodies = ({"import_id": import_id, "run": run, "part": part} for part in range(1, parts + 1))
    send_bodies(queue_url("imports"), bodies)


# --- objects ----------------------------------------------------------------------------------------------------------


class Replaced(Exception):
    """Another file was uploaded in the meantime."""


class AuthorDismissed(Exception):
    """The author of the import may not bring files any more."""


def upload_form(import_id: str, name: str, most_bytes: int, seconds: int) -> tuple[str, dict[str, str]]:
    """Address and fields of a form post for a file of at most this size. `name`: UPLOAD or SECOND."""
    made = aws.s3().generate_presigned_post(
        settings().files_bucket,
        _object(import_id, name),
        Conditions=[["content-length-range", 0, most_bytes]],
        ExpiresIn=seconds,
    )
    return made["url"], made["fields"]


def import_of(object_key: str) -> str:
    """The import id of an uploaded object."""
    return object_key.split("/")[1]


def are_reasons(object_key: str) -> bool:
    """True for the reasons of bad rows, which ask for their file."""
    return object_key == _object(import_of(object_key), REASONS)


def uploads_of(record: ImportRecord) -> list[str]:
    """The names of the objects that the import waits for."""
    return [UPLOAD, SECOND] if record.form.second_file_name else [UPLOAD]


def arrived(record: ImportRecord) -> str | None:
    """A mark of all files of the import, or None while one of them has not arrived."""
    marks = [uploads.mark(_object(record.import_id, name)) for name in uploads_of(record)]
    arrived = [each for each in marks if each]
    return "+".join(arrived) if len(arrived) == len(marks) else None


def read_upload(import_id: str, name: str, etag: str) -> Iterator[bytes]:
    """The file, chunk by chunk. Raises `Replaced`."""
    try:
        found = aws.s3().get_object(Bucket=settings().files_bucket, Key=_object(import_id, name), IfMatch=f'"{etag}"')
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
            raise Replaced from None
        raise
    yield from found["Body"].iter_chunks(READ_BYTES)


def put_parts(import_id: str, folder: Path, parts: int) -> None:
    for part in range(1, parts + 1):
        with (folder / part_name(part)).open("rb") as content:
            put(import_id, f"parts/{part:06d}", content)


def put(import_id: str, name: str, content: bytes | BinaryIO) -> None:
    aws.s3().put_object(Bucket=settings().files_bucket, Key=_object(import_id, name), Body=content)


def get(import_id: str, name: str) -> bytes:
    return aws.s3().get_object(Bucket=settings().files_bucket, Key=_object(import_id, name))["Body"].read()


def get_if_any(import_id: str, name: str) -> bytes | None:
    try:
        return get(import_id, name)
    except ClientError as error:
        if uploads.is_missing(error):
            return None
        raise


def link(import_id: str, name: str, file_name: str) -> str:
    """A download link, valid for `LINK_SECONDS`."""
    return uploads.link(_object(import_id, name), saved_as=file_name, seconds=LINK_SECONDS)


def _object(import_id: str, name: str) -> str:
    return f"imports/{import_id}/{name}"
