"""Downloads of a report's files, by addresses that are good for some minutes."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.market_reports.config import MarketReports
from chalicelib.market_reports.contents import judgement
from chalicelib.market_reports.publication import rules as publication
from chalicelib.market_reports.publication import service as drafts
from chalicelib.market_reports.publication.model import ReportFile
from chalicelib.market_reports.reading import service
from chalicelib.market_reports.reading.schemas import ReportFileLinkView
from chalicelib.platform import DAY, Context, Language, Principal, clock, or_not_found, throttle
from chalicelib.platform.files import uploads


def download(
    context: Context, caller: Principal, report_id: str, file_id: str, language: Language
) -> ReportFileLinkView:
    """An address of a file of the visible version; the download is logged. Raises 404 as `service.read`, 429 for too many a day."""
    reader, _, content, _ = service.readable(context, caller, report_id, language)
    file = _found(content.files, file_id)
    most = context.config[MarketReports].downloads_per_member_per_day
    throttle(context, "report-downloads", reader.member_id, most, DAY)
    service.log(context, reader, content, file_id)
    return _link(context, file)


def download_draft(context: Context, report_id: str, file_id: str) -> ReportFileLinkView:
    """An address of a file of the latest content, for marketing. Raises 404."""
    report = drafts.read(context, report_id)
    return _link(context, _found(publication.arrived(drafts.draft_files(context, report).files), file_id))


def _found(files: Sequence[ReportFile], file_id: str) -> ReportFile:
    return or_not_found(publication.find(files, file_id))


def _link(context: Context, file: ReportFile) -> ReportFileLinkView:
    minutes = context.config[MarketReports].link_minutes
    saved_as = judgement.download_name(file.name, file.content_type)
    url = uploads.link(file.object, saved_as=saved_as, content_type=file.content_type, seconds=minutes * 60)
    ends = clock.stamp(context.now + timedelta(minutes=minutes))
    return ReportFileLinkView.from_record(file, url=url, expires_at=ends)
