"""Closed market reports."""

from chalicelib.market_reports import service
from chalicelib.market_reports.model import ReportSummaryView, ReportView
from chalicelib.market_reports.schemas import ReportForm, ReportPage
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes

routes = Routes(__name__, tag="reports")


@routes.get("/v1/reports", scope="reports.read", query=PageQuery, answer=ReportPage, problems=("cabinet_locked",))
def list_reports(call: Call) -> ReportPage:
    """List the market reports, newest first.

    They are open to members with a complete profile (`GET /v1/me/privileges`), and to the staff. For an incomplete profile, `missing` lists
    the missing facts.
    """
    return call.page(ReportPage, service.page, call.context, call.principal, call.language)


@routes.get("/v1/reports/{report_id}", scope="reports.read", answer=ReportView)
def show_report(call: Call, report_id: str) -> ReportView:
    """Show a market report in the reader's language.

    Every reading is logged. With an incomplete profile, the answer is 404.
    """
    return service.read(call.context, call.principal, report_id, call.language)


@routes.post(
    "/v1/staff/reports", scope="staff.reports.write", body=ReportForm, answer=ReportSummaryView, status=201, keyed=True
)
def publish_report(call: Call) -> ReportSummaryView:
    """Publish a market report."""
    return service.publish(call.answering(_published), call.principal.for_member(), call.body, call.language)


def _published(card: ReportSummaryView) -> Answer:
    return Answer(card, headers={"Location": f"/v1/reports/{card.report_id}"})
