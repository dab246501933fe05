"""The list of reports, their content, and the log of readings."""

from datetime import timedelta

from chalicelib import members
from chalicelib.market_reports.config import MarketReports
from chalicelib.market_reports.publication import rules as publication
from chalicelib.market_reports.publication import service as drafts
from chalicelib.market_reports.publication import store as publication_store
from chalicelib.market_reports.publication.model import Body, Content, Report, Version
from chalicelib.market_reports.publication.schemas import ReportFileView, ReportVersionView
from chalicelib.market_reports.reading import rules, store
from chalicelib.market_reports.reading.access import Reader
from chalicelib.market_reports.reading.model import Reading
from chalicelib.market_reports.reading.rules import ReportSearch
from chalicelib.market_reports.reading.schemas import ReadingView, ReportFiguresView, ReportSummaryView, ReportView
from chalicelib.platform import ChartView, Context, Language, Principal, Problem, clock
from chalicelib.table import Position, from_item

AMONG = 100  # versions that one page looks at


def page(
    context: Context,
    caller: Principal,
    language: Language,
    search: ReportSearch,
    *,
    only_new: bool,
    limit: int,
    after: Position,
) -> tuple[list[ReportSummaryView], Position]:
    """Newest first. The first page begins a visit. Raises 404 with the missing facts for an incomplete profile.

    Three calls, and one at the beginning of a visit; more where an audience asks for tier, stage, purchases or activity.
    """
    reader = Reader(context, caller)
    if reader.missing:
        raise Problem("not_found", "Complete your profile to read the reports.", extra={"missing": reader.missing})
    last, read = store.read_by(context.table, reader.member_id)
    over_before = clock.stamp(context.now - timedelta(minutes=context.config[MarketReports].visit_minutes))
    visited = rules.visit(last, context.at, over_before=over_before)
    if visited != last and after is None:
        store.write_visit(context.table, reader.member_id, visited)
    found, end = store.versions(context.table, context.at, AMONG, after)

    def is_new(content: Content) -> bool:
        return rules.is_new(content, visited, read.get(content.report_id))

    wanted = [
        each
        for each in found
        if publication.is_visible(each.content.visible_from, each.content.visible_until, context.at)
        and search.holds(each.content)
        and (not only_new or is_new(each.content))
    ]
    belongs = reader.audiences([each.content for each in wanted])
    kept = [each for each in wanted if belongs(each.content)]
    rows = [_summary(each.content, language, is_new=is_new(each.content)) for each in kept[:limit]]
    return rows, end if len(kept) <= limit else kept[limit - 1].position


def read(context: Context, caller: Principal, report_id: str, language: Language) -> ReportView:
    """The version whose time it is. Three reads, and one write for the log.

    Raises 404 for an unknown report, one that is not for this reader, and for an incomplete profile.
    """
    reader, report, content, body = readable(context, caller, report_id, language)
    log(context, reader, content)
    past = [each for each in report.versions if each.number <= content.number and each.visible_from <= context.at]
    return _view(content, body, past, language)


def readable(
    context: Context, caller: Principal, report_id: str, language: Language
) -> tuple[Reader, Report, Content, Body]:
    """The visible version of a report, with its text. Raises 404 as `read`."""
    reader = Reader(context, caller)
    report = None if reader.missing else publication_store.read(context.table, report_id)
    version = publication.visible(report.versions, context.at) if report else None
    if report is None or version is None:
        raise Problem("not_found")
    content, body = publication_store.read_content(context.table, report_id, version.number, (language,))
    if content is None or not reader.audiences([content])(content):
        raise Problem("not_found")
    return reader, report, content, body


def log(context: Context, reader: Reader, content: Content, file_id: str = "") -> None:
    """Keeps that the reader opened the report, or downloaded this file of it."""
    made = Reading(content.report_id, content.number, reader.member_id, context.at, reader.company_id, file_id)
    store.log(context, made, keep_days=context.config[MarketReports].log_days)


def preview(context: Context, report_id: str, language: Language) -> ReportView:
    """The latest content as readers would see it. Raises 404."""
    report = drafts.read(context, report_id)
    content, body = drafts.latest(context, report)
    if report.draft:
        files = publication.arrived(drafts.draft_files(context, report).files)
        content = content.shown_from(context.at, files)
    return _view(content, body, report.versions, language)


def readings(context: Context, report_id: str, *, limit: int, after: Position) -> tuple[list[ReadingView], Position]:
    """Readers of the report with their times, newest first. Three calls. Raises 404."""
    drafts.read(context, report_id)
    found = store.readings(context.table, report_id, limit=limit, after=after)
    rows = [from_item(Reading, item) for item in found.items]
    known = members.members(context, sorted({each.member_id for each in rows}))
    return [
        ReadingView(
            at=each.at,
            member_id=each.member_id,
            name=known[each.member_id].name if each.member_id in known else None,
            company_id=each.company_id or None,
            version=each.number,
            file_id=each.file_id or None,
        )
        for each in rows
    ], found.last


def figures(context: Context, report_id: str) -> ReportFiguresView:
    """A fold of the readers, who are at most the members of the club. Raises 404."""
    drafts.read(context, report_id)
    found = rules.figures(store.readers(context.table, report_id))
    return ReportFiguresView(
        readers=found.readers,
        companies=len(found.companies),
        opened=found.opened,
        downloaded=found.downloaded,
        readers_by_version=dict(sorted(found.by_version.items())),
    )


def _summary(content: Content, language: Language, *, is_new: bool) -> ReportSummaryView:
    return ReportSummaryView(
        report_id=content.report_id,
        title=content.title_in(language),
        segment=content.segment,
        topic=content.topic or None,
        period_from=content.period_from,
        period_to=content.period_to,
        languages=list(content.languages),
        summary=content.summary_in(language),
        version=content.number,
        published_at=content.visible_from,
        is_new=is_new,
    )


def _view(
    content: Content, body: Body, versions: tuple[Version, ...] | list[Version], language: Language
) -> ReportView:
    told = [
        ReportVersionView(
            number=each.number,
            visible_from=each.visible_from,
            note=(each.note_ru or each.note) if language == "ru" else each.note,
        )
        for each in versions
    ]
    summary = _summary(content, language, is_new=False)
    files = [ReportFileView.from_record(each) for each in content.files]
    charts = [ChartView.of(each.in_language(language)) for each in body.charts]
    return ReportView(**summary.model_dump(), body=body.texts[language], charts=charts, versions=told, files=files)
