"""Routes of reports for readers, and of their readings for marketing."""

from chalicelib import campaigns
from chalicelib.market_reports.publication.schemas import PreviewQuery
from chalicelib.market_reports.reading import downloads, service
from chalicelib.market_reports.reading.schemas import (
    ReadingsQuery,
    ReadingView,
    ReportFiguresView,
    ReportFileLinkView,
    ReportPage,
    ReportsQuery,
    ReportView,
)
from chalicelib.platform import Call, ListPage, Routes

routes = Routes(__name__, tag="reports")
_STAFF = "/v1/staff/reports/{report_id}"

# --- readers ----------------------------------------------------------------------------------------------------------


@routes.get("/v1/reports", scope="reports.read", query=ReportsQuery, problems=("not_found",))
def list_reports(call: Call) -> ReportPage:
    """List the market reports, newest first, by segment, topic, period and language; or only what is new since the last visit.

    They are open to members with a complete profile (`GET /v1/me/privileges`) who belong to the audience of the report, and to the staff. For
    an incomplete profile the answer is 404, and `missing` lists the missing facts.
    """
    query: ReportsQuery = call.query
    campaigns.check_topic(call.context, query.topic, "/query/topic")
    return call.page(
        ReportPage, service.page, call.context, call.principal, call.language, query.search(), only_new=query.new
    )


@routes.get("/v1/reports/{report_id}", scope="reports.read")
def show_report(call: Call, report_id: str) -> ReportView:
    """Show a market report in the reader's language, with its version and what changed since the ones before.

    Every reading is logged. With an incomplete profile, or for who does not belong to its audience, the answer is 404.
    """
    return service.read(call.context, call.principal, report_id, call.language)


@routes.get("/v1/reports/{report_id}/files/{file_id}", scope="reports.read")
def download_report_file(call: Call, report_id: str, file_id: str) -> ReportFileLinkView:
    """Get an address to download a file of a market report from. It is good for some minutes.

    Every download is logged. The answer is 404 whenever the report's is.
    """
    return downloads.download(call.context, call.principal, report_id, file_id, call.language)


# --- marketing --------------------------------------------------------------------------------------------------------


@routes.get(f"{_STAFF}/preview", scope="staff.reports.write", query=PreviewQuery)
def preview_report(call: Call, report_id: str) -> ReportView:
    """Show the draft of a market report as readers would see it. Without a draft, the last published version."""
    return service.preview(call.context, report_id, call.query.language or call.language)


@routes.get(f"{_STAFF}/files/{{file_id}}", scope="staff.reports.write")
def download_draft_file(call: Call, report_id: str, file_id: str) -> ReportFileLinkView:
    """Get an address to download a file of a draft from, as it was checked."""
    return downloads.download_draft(call.context, report_id, file_id)


@routes.get(f"{_STAFF}/readings", scope="staff.reports.write", query=ReadingsQuery)
def list_readings(call: Call, report_id: str) -> ListPage[ReadingView]:
    """List who opened a market report and who downloaded its files, newest first."""
    return call.page(ListPage[ReadingView], service.readings, call.context, report_id)


@routes.get(f"{_STAFF}/figures", scope="staff.reports.write")
def show_report_figures(call: Call, report_id: str) -> ReportFiguresView:
    """Show how many members and companies read a market report, and which version they saw last."""
    return service.figures(call.context, report_id)
