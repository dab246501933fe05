"""Steps of a report, each in one transaction: draft, change, discard, publish, withdraw.

    draft ──publish──▶ version 1 ──change──▶ a draft of version 2, beside version 1 ──publish──▶ version 2 in the place of version 1
      └──discard──▶ nothing                       └──discard──▶ version 1 alone

Readers see the version whose time it is, and never a draft. A version may begin later; until then the one before is shown.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib import campaigns
from chalicelib.campaigns import Conditions
from chalicelib.market_reports.events import PUBLISHED, WITHDRAWN
from chalicelib.market_reports.publication import keys, notices, rules, store
from chalicelib.market_reports.publication.model import Body, Content, DraftFiles, Report, ReportFile, Version
from chalicelib.market_reports.publication.schemas import (
    DraftFileView,
    PublishForm,
    ReportContentForm,
    StaffReportSummaryView,
    StaffReportVersionView,
    StaffReportView,
)
from chalicelib.platform import Context, Problem, clock, or_not_found, record_event
from chalicelib.table import Item, Transaction, from_item, retry

MOST_AHEAD = timedelta(days=366)


def draft(context: Context, form: ReportContentForm, *, by: str) -> StaffReportView:
    """A new report. Raises 422 for an unknown topic or segment."""
    content, body = _content(context, context.new_id("rep"), 1, form)
    at = context.at
    report = Report(**_named(content), created_by=by, created_at=at, changed_by=by, changed_at=at, draft=1)
    tx = Transaction()
    store.write(tx, report, None)
    store.write_content(tx, content, body)
    return context.commit(tx, _view(context, report, content, body, ()))


def change(
    context: Context, report_id: str, revision: int, form: ReportContentForm, *, by: str
) -> tuple[StaffReportView, int]:
    """Replaces the draft. Without a draft, begins the next version with the files of the last one.

    Raises 404, 412 when the revision is no longer that one, and as `draft`; 409 for a report with the most versions allowed.
    """
    before = read(context, report_id)
    if before.revision != revision:
        raise Problem("precondition_failed")
    number = before.draft or rules.next_number(before)
    if number > rules.MOST_VERSIONS:
        raise Problem("wrong_state", f"A report has at most {rules.MOST_VERSIONS} versions: draft another one.")
    content, body = _content(context, report_id, number, form)
    after = replace(before, **_named(content), draft=number, **_changed(context, before, by))
    files = draft_files(context, before)
    tx = Transaction()
    store.write(tx, after, before)
    store.write_content(tx, content, body)
    if not before.draft:
        store.begin_files(tx, report_id, number, files)
    context.table.commit(tx, refusal=Problem("precondition_failed"))
    return _view(context, after, content, body, files.files), after.revision


def show(context: Context, report_id: str) -> tuple[StaffReportView, int]:
    """The report with its latest content, and its revision. Raises 404."""
    report = read(context, report_id)
    content, body = latest(context, report)
    return _view(context, report, content, body, draft_files(context, report).files), report.revision


def shown(context: Context, item: Item) -> StaffReportSummaryView:
    """A row of the list of all reports."""
    report = from_item(Report, item)
    return StaffReportSummaryView.from_record(report, **_told(context, report))


def discard(context: Context, report_id: str, revision: int, *, by: str) -> None:
    """Deletes the draft; a report that was never published goes with it.

    Raises 404, 409 without a draft, 412 when the revision is no longer that one.
    """
    before = read(context, report_id)
    if before.revision != revision:
        raise Problem("precondition_failed")
    if not before.draft:
        raise Problem("wrong_state", "There is no draft to discard.")
    tx = Transaction()
    store.delete_draft(tx, before)
    if before.versions:
        kept = replace(before, draft=0)
        content, _ = latest(context, kept)
        store.write(tx, replace(kept, **_named(content), **_changed(context, before, by)), before)
    else:
        store.delete(tx, before)
    context.table.commit(tx, refusal=Problem("precondition_failed"))


@retry("revision", "files")
def publish(context: Context, report_id: str, form: PublishForm, *, by: str) -> StaffReportView:
    """Raises 404; 409 without a draft; 422 for a draft without text and files, a moment that is past or too far, or a letter that cannot be."""
    before = read(context, report_id)
    if not before.draft:
        raise Problem("wrong_state", "There is no draft to publish.")
    begins = _moment(context, form)
    content, body = latest(context, before)
    files = store.read_files(context.table, report_id, before.draft)
    content = content.shown_from(begins, rules.arrived(files.files))
    if not content.files and not any(body.texts.values()) and not body.charts:
        raise Problem.invalid("empty", "", "The report is empty: give it a text, a chart or a file.")
    if form.notice_slot:
        notices.check(context, content, form.notice_slot)
    new = Version(before.draft, begins, note=form.note, note_ru=form.note_ru)
    versions = rules.publish(before.versions, new)
    shown = replace(before, draft=0, versions=versions, withdrawn_at="", withdrawn_by="", withdrawn_reason="")
    after = replace(shown, **_changed(context, before, by))
    tx = Transaction()
    store.write(tx, after, before)
    store.write_card(tx, content)
    store.check_files(tx, report_id, before.draft, files)
    _end(tx, context, before, after)
    facts = {
        "report_id": report_id,
        "number": new.number,
        "visible_from": begins,
        "by": by,
        "notice_slot": form.notice_slot or "",
    }
    record_event(tx, context, keys.report(report_id), PUBLISHED, **facts)
    context.table.commit(tx)
    return _view(context, after, content, body, content.files)


@retry("revision")
def withdraw(context: Context, report_id: str, reason: str, *, by: str) -> StaffReportView:
    """Readers see it no more. Safe to repeat. Raises 404, and 409 for a report that was never published."""
    before = read(context, report_id)
    content, body = latest(context, before)
    if not before.versions:
        raise Problem("wrong_state", "The report is not published.")
    after = before
    if not before.withdrawn_at:
        versions = rules.withdraw(before.versions, context.at)
        gone = replace(before, versions=versions, withdrawn_at=context.at, withdrawn_by=by, withdrawn_reason=reason)
        after = replace(gone, **_changed(context, before, by))
        tx = Transaction()
        store.write(tx, after, before)
        _end(tx, context, before, after)
        record_event(tx, context, keys.report(report_id), WITHDRAWN, report_id=report_id, reason=reason, by=by)
        context.table.commit(tx)
    return _view(context, after, content, body, draft_files(context, after).files)


def read(context: Context, report_id: str) -> Report:
    """Raises 404."""
    return or_not_found(store.read(context.table, report_id))


def latest(context: Context, report: Report) -> tuple[Content, Body]:
    """The content of the draft, or of the last published version."""
    number = report.draft or rules.next_number(report) - 1
    content, body = store.read_content(context.table, report.report_id, number, ("en", "ru"))
    if content is None:
        raise LookupError(f"{report.report_id} has no version {number}")
    return content, body


def draft_files(context: Context, report: Report) -> DraftFiles:
    """The files of the draft; without one, those of the last published version, with which the next draft begins."""
    if report.draft:
        return store.read_files(context.table, report.report_id, report.draft)
    return DraftFiles(latest(context, report)[0].files)


def file_view(file: ReportFile) -> DraftFileView:
    return DraftFileView.from_record(file, arrived=bool(file.object))


def _content(context: Context, report_id: str, number: int, form: ReportContentForm) -> tuple[Content, Body]:
    campaigns.check_topic(context, form.topic, "/topic")
    made = Content(
        report_id=report_id,
        number=number,
        title=form.title,
        title_ru=form.title_ru,
        segment=form.segment,
        topic=form.topic or "",
        period_from=form.period_from,
        period_to=form.period_to,
        languages=tuple(dict.fromkeys(form.languages)),
        summary=form.summary,
        summary_ru=form.summary_ru or "",
        audience=_audience(context, form),
        segment_id=form.segment_id or "",
    )
    return made, Body({"en": form.body, "ru": form.body_ru or form.body}, form.charts)


def _audience(context: Context, form: ReportContentForm) -> str | None:
    """The conditions as JSON, so that a condition which comes later needs no change of what is stored."""
    conditions = form.audience
    if form.segment_id:
        if conditions is not None:
            raise Problem.invalid("one_of", "/audience", "Give conditions or name a segment.")
        conditions = _of_segment(context, form.segment_id)
    if conditions is None:
        return None
    campaigns.check_conditions(context, conditions, "/audience")
    return conditions.model_dump_json(exclude_defaults=True)


def _of_segment(context: Context, segment_id: str) -> Conditions:
    try:
        return campaigns.read_segment(context, segment_id).rules
    except Problem:
        raise Problem.invalid("unknown_segment", "/segment_id", "There is no such segment.") from None


def _moment(context: Context, form: PublishForm) -> str:
    if form.from_ is None:
        return context.at
    if form.from_ < context.now:
        raise Problem.invalid("past", "/from", "This moment is past.")
    if form.from_ > context.now + MOST_AHEAD:
        raise Problem.invalid("too_far", "/from", "A report is published at most a year ahead.")
    return clock.stamp(form.from_)


def _end(tx: Transaction, context: Context, before: Report, after: Report) -> None:
    for old, new in zip(before.versions, after.versions, strict=False):
        if old != new:
            store.end(tx, after.report_id, new, context.at)


def _named(content: Content) -> dict[str, Any]:
    return {name: getattr(content, name) for name in ("report_id", "title", "title_ru", "segment")}


def _changed(context: Context, before: Report, by: str) -> dict[str, Any]:
    return {"changed_by": by, "changed_at": context.at, "revision": before.revision + 1}


def _told(context: Context, report: Report) -> dict[str, Any]:
    return {
        "state": rules.state(report, context.at),
        "draft": report.draft or None,
        "versions": [StaffReportVersionView.from_record(each) for each in report.versions],
    }


def _view(
    context: Context, report: Report, content: Content, body: Body, files: tuple[ReportFile, ...]
) -> StaffReportView:
    conditions = (
        Conditions.model_validate_json(content.audience) if content.audience and not content.segment_id else None
    )
    form = ReportContentForm(
        title=content.title,
        title_ru=content.title_ru,
        segment=content.segment,
        topic=content.topic or None,
        period_from=content.period_from,
        period_to=content.period_to,
        languages=list(content.languages),
        summary=content.summary,
        summary_ru=content.summary_ru or None,
        body=body.texts["en"],
        body_ru=body.texts["ru"] or None,
        charts=body.charts,
        audience=conditions,
        segment_id=content.segment_id or None,
    )
    told = _told(context, report)
    return StaffReportView.from_record(report, **told, content=form, files=[file_view(each) for each in files])
