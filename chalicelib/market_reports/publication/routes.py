from chalicelib.market_reports.publication import service, store, uploads
from chalicelib.market_reports.publication.schemas import (
    DraftFileView,
    PublishForm,
    ReportContentForm,
    ReportFileForm,
    ReportFileUploadView,
    StaffReportPage,
    StaffReportsQuery,
    StaffReportView,
    WithdrawForm,
)
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="reports")
_REPORT = "/v1/staff/reports/{report_id}"
_WRITE = "staff.reports.write"


@routes.post("/v1/staff/reports", scope=_WRITE, status=201, keyed=True)
def draft_report(call: Call, form: ReportContentForm) -> StaffReportView:
    """Draft a market report. No reader sees it before it is published."""
    return service.draft(call.answering(_drafted), form, by=call.principal.for_member())


@routes.get("/v1/staff/reports", scope=_WRITE, query=StaffReportsQuery)
def list_all_reports(call: Call) -> StaffReportPage:
    """List all market reports, drafts and withdrawn ones too, newest first."""
    context = call.context
    return call.page(StaffReportPage, store.all_reports, context.table, show=lambda item: service.shown(context, item))


@routes.get(_REPORT, scope=_WRITE)
def show_staff_report(call: Call, report_id: str) -> Answer[StaffReportView]:
    """Show a market report with its latest content, its versions and its files."""
    return Answer.at(*service.show(call.context, report_id))


@routes.put(_REPORT, scope=_WRITE, matched=True, problems=("wrong_state",))
def change_report(call: Call, form: ReportContentForm, report_id: str) -> Answer[StaffReportView]:
    """Change the draft of a market report. For a published one, this begins the draft of the next version.

    Readers see the published version until the draft is published in its place. The draft begins with the files of the version before.
    """
    by = call.principal.for_member()
    return Answer.at(*service.change(call.context, report_id, call.expected_version(), form, by=by))


@routes.delete(f"{_REPORT}/draft", scope=_WRITE, status=204, matched=True, problems=("wrong_state",))
def discard_report_draft(call: Call, report_id: str) -> None:
    """Discard the draft of a market report. A report that was never published is deleted; of another one, its versions stay."""
    service.discard(call.context, report_id, call.expected_version(), by=call.principal.for_member())


@routes.post(f"{_REPORT}/files", scope=_WRITE, problems=("wrong_state",))
def start_report_file(call: Call, form: ReportFileForm, report_id: str) -> ReportFileUploadView:
    """Get an address to upload a file to a draft: PDF, XLSX or HTML.

    Post the form to the address, then confirm.
    """
    return uploads.start(call.context, report_id, form, by=call.principal.for_member())


@routes.post(f"{_REPORT}/files/{{file_id}}/confirm", scope=_WRITE, problems=("conflict", "wrong_state", "invalid"))
def confirm_report_file(call: Call, report_id: str, file_id: str) -> DraftFileView:
    """Add an uploaded file to the draft, once its content is checked.

    Refused with the reason are: scripts, actions and attachments in a PDF; macros and links to other workbooks in an XLSX; scripts, forms and
    anything that a page loads from elsewhere; an empty file, and one of another type. A repeated call changes nothing.
    """
    return uploads.confirm(call.context, report_id, file_id)


@routes.delete(f"{_REPORT}/files/{{file_id}}", scope=_WRITE, status=204, problems=("wrong_state",))
def remove_report_file(call: Call, report_id: str, file_id: str) -> None:
    """Take a file out of a draft. Published versions keep it."""
    uploads.remove(call.context, report_id, file_id)


@routes.post(f"{_REPORT}/publish", scope=_WRITE, problems=("wrong_state",))
def publish_report(call: Call, form: PublishForm, report_id: str) -> StaffReportView:
    """Publish the draft, at once or from a moment on. It takes the place of the version before.

    Readers see the number of the version, and the note of what changed. With `notice_slot` a letter to the audience is planned, as an issue of the content plan:
    somebody else approves it, and it keeps to the contact budget of its readers. A withdrawal cancels it.
    """
    return service.publish(call.context, report_id, form, by=call.principal.for_member())


@routes.post(f"{_REPORT}/withdraw", scope=_WRITE, problems=("wrong_state",))
def withdraw_report(call: Call, form: WithdrawForm, report_id: str) -> StaffReportView:
    """Withdraw a market report: readers see it no more, nor a version that was to come. A repeated call changes nothing."""
    return service.withdraw(call.context, report_id, form.reason, by=call.principal.for_member())


def _drafted(report: StaffReportView) -> Answer[StaffReportView]:
    return Answer(report, headers={"Location": f"/v1/staff/reports/{report.report_id}"})
