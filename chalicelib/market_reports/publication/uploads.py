"""Files of a draft: start, upload, check, remove.

The form of an upload fixes name, type and largest size. A confirmation reads the whole file, refuses one that would do more than show itself,
and writes what it has read to another name: what was checked is what readers get, whatever the form is used for afterwards.

Weakest point: the objects of files that were removed stay in the bucket.
"""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

from chalicelib.market_reports.config import MarketReports
from chalicelib.market_reports.contents import judgement
from chalicelib.market_reports.contents.model import Unfit
from chalicelib.market_reports.publication import rules, store
from chalicelib.market_reports.publication.model import DraftFiles, Report, ReportFile
from chalicelib.market_reports.publication.schemas import DraftFileView, ReportFileForm, ReportFileUploadView
from chalicelib.market_reports.publication.service import draft_files, file_view, read
from chalicelib.platform import Context, Problem, clock, or_not_found
from chalicelib.platform.files import uploads
from chalicelib.table import Transaction, retry

ABANDONED = timedelta(days=1)


def start(context: Context, report_id: str, form: ReportFileForm, *, by: str) -> ReportFileUploadView:
    """Raises 404, 409 without a draft, 422 for a report with the most files allowed."""
    limits, report = context.config[MarketReports], _draft_of(context, report_id)
    file = ReportFile(context.new_id("rpf"), form.name, form.content_type, form.language or "", by, context.at)
    before = clock.stamp(context.now - ABANDONED)

    def added(files: DraftFiles) -> DraftFiles:
        try:
            return rules.add(files, file, abandoned_before=before, most=limits.files_per_report)
        except rules.TooManyFiles:
            detail = f"A report has at most {limits.files_per_report} files."
            raise Problem.invalid("too_many_files", "", detail) from None

    _change(context, report, added)
    upload = uploads.start(
        context,
        _uploaded(report_id, file.file_id),
        form.content_type,
        most_bytes=limits.most_bytes,
        minutes=limits.upload_minutes,
    )
    return ReportFileUploadView(file_id=file.file_id, upload=upload)


def confirm(context: Context, report_id: str, file_id: str) -> DraftFileView:
    """Adds an uploaded file to the draft. Safe to repeat.

    Raises 404, 409 before the upload has arrived or without a draft, and 422 with the reason for a file that cannot be published.
    """
    report = _draft_of(context, report_id)
    file = _found(draft_files(context, report), file_id)
    if file.object:
        return file_view(file)
    most = context.config[MarketReports].most_bytes
    content = uploads.content(_uploaded(report_id, file_id), most)
    if content is None:
        raise Problem("conflict", "The upload of this file has not arrived.")
    if len(content) > most:
        raise Problem.invalid("too_large", "", f"A file has at most {most} bytes.")
    try:
        judgement.check(file.content_type, content)
    except Unfit as unfit:
        raise Problem.invalid("unfit_content", "", str(unfit)) from None
    content = judgement.harmless(file.content_type, content)
    name = f"reports/{report_id}/{file_id}/{sha256(content).hexdigest()[:32]}"
    uploads.put(name, content, file.content_type)
    whole = file._replace(object=name, bytes=len(content))

    def checked(files: DraftFiles) -> DraftFiles:
        return files if _found(files, file_id).object else rules.arrive(files, whole)

    _change(context, report, checked)
    return file_view(whole)


def remove(context: Context, report_id: str, file_id: str) -> None:
    """Takes a file out of the draft; published versions keep it. Raises 404, 409 without a draft."""

    def removed(files: DraftFiles) -> DraftFiles:
        return rules.remove(files, _found(files, file_id).file_id)

    _change(context, _draft_of(context, report_id), removed)


@retry("files")
def _change(context: Context, report: Report, change: Callable[[DraftFiles], DraftFiles]) -> None:
    before = store.read_files(context.table, report.report_id, report.draft)
    after = change(before)
    if after == before:
        return
    tx = Transaction()
    store.replace_files(tx, report.report_id, report.draft, before, after)
    tx.instead["revision"] = _no_draft()
    context.table.commit(tx)


def _draft_of(context: Context, report_id: str) -> Report:
    report = read(context, report_id)
    if not report.draft:
        raise _no_draft()
    return report


def _no_draft() -> Problem:
    return Problem("wrong_state", "Files belong to a draft: change the report first.")


def _found(files: DraftFiles, file_id: str) -> ReportFile:
    return or_not_found(rules.find(files.files, file_id))


def _uploaded(report_id: str, file_id: str) -> str:
    return f"report-uploads/{report_id}/{file_id}"
