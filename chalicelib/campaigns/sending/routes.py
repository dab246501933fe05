from chalicelib.campaigns.sending import recipients, service
from chalicelib.campaigns.sending.schemas import IssueReasonForm, RecipientsQuery, RecipientView, SendingView, TestView
from chalicelib.platform import Call, ListPage, Routes

routes = Routes(__name__, tag="letters")


@routes.get("/v1/staff/campaigns/{issue_id}/sending", scope="staff.campaigns.read")
def show_sending(call: Call, issue_id: str) -> SendingView:
    """Show how far the letters of an issue are: slots by time zone, letters by state, and who was skipped by reason."""
    return service.show(call.context, issue_id)


@routes.post("/v1/staff/campaigns/{issue_id}/pause", scope="staff.campaigns.write", problems=("wrong_state",))
def pause_issue(call: Call, form: IssueReasonForm, issue_id: str) -> SendingView:
    """Pause an issue whose letters are on their way. A repeat changes nothing."""
    return service.pause(call.context, issue_id, form, by=call.principal.for_member())


@routes.post("/v1/staff/campaigns/{issue_id}/resume", scope="staff.campaigns.write", problems=("wrong_state",))
def resume_issue(call: Call, form: IssueReasonForm, issue_id: str) -> SendingView:
    """Resume an issue that was paused, or paused itself. Its letters leave in their slot, or in the next one."""
    return service.resume(call.context, issue_id, form, by=call.principal.for_member())


@routes.post(
    "/v1/staff/campaigns/{issue_id}/test",
    scope="staff.campaigns.write",
    status=202,
    keyed=True,
    problems=("wrong_state",),
)
def test_issue(call: Call, issue_id: str) -> TestView:
    """Send the letter of an issue to your own address, as you would get it.

    It spends no contact budget. Its subject says that it is a test.
    """
    return service.test(call.answering(), issue_id, by=call.principal.for_member())


@routes.get("/v1/staff/campaigns/{issue_id}/recipients", scope="staff.campaigns.read", query=RecipientsQuery)
def list_recipients(call: Call, issue_id: str) -> ListPage[RecipientView]:
    """List the people of an issue's audience, with the reasons of those left out, and the fate of each letter."""
    return call.page(ListPage[RecipientView], recipients.page, call.context, issue_id)
