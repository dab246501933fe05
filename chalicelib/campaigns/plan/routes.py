from datetime import timedelta

from chalicelib.campaigns.plan import service, store
from chalicelib.campaigns.plan.calendar import icalendar
from chalicelib.campaigns.plan.model import Issue, IssueTexts
from chalicelib.campaigns.plan.schemas import IssueForm, IssuesQuery, IssueView, MoveForm, PreviewForm, PreviewView
from chalicelib.platform import Answer, Call, Club, ListPage, Routes, Text, etag

routes = Routes(__name__, tag="letters")

_HALF_A_YEAR = timedelta(days=184)


@routes.post("/v1/staff/campaigns", scope="staff.campaigns.write", status=201, keyed=True, problems=("conflict",))
def create_issue(call: Call, form: IssueForm) -> IssueView:
    """Plan an issue: its topic, segment, class, slot and texts.

    Too near to other issues, it is refused with those that would be skipped, and where to move them; `accept_skips` plans it all the same.
    """
    return service.create(call.answering(_created), form, by=call.principal.for_member())


@routes.get("/v1/staff/campaigns", scope="staff.campaigns.read", query=IssuesQuery)
def list_issues(call: Call) -> ListPage[IssueView]:
    """Show the content plan as a calendar, by slot."""
    first = call.query.from_ or call.context.today
    last = call.query.to or first + _HALF_A_YEAR
    return call.page(
        ListPage[IssueView],
        store.page,
        call.context.table,
        first,
        last,
        of=Issue,
        show=lambda issue: IssueView.of(issue, IssueTexts(), []),
    )


@routes.get("/v1/staff/campaigns/calendar", scope="staff.campaigns.read", content_type="text/calendar; charset=utf-8")
def show_calendar(call: Call) -> Answer[Text]:
    """Show the content plan of half a year as iCalendar.

    Times have no zone: a letter comes at that hour in each member's own zone.
    """
    today, club = call.context.today, call.context.config[Club]
    issues = store.between(call.context.table, today - timedelta(days=31), today + _HALF_A_YEAR)
    name = club.name_ru if call.language == "ru" else club.name
    return Answer(Text(content=icalendar(issues, name)))


@routes.get("/v1/staff/campaigns/{issue_id}", scope="staff.campaigns.read")
def show_issue(call: Call, issue_id: str) -> Answer[IssueView]:
    """Show an issue, and the issues that are too near to it."""
    return Answer.at(*service.show(call.context, issue_id))


@routes.put(
    "/v1/staff/campaigns/{issue_id}", scope="staff.campaigns.write", matched=True, problems=("conflict", "wrong_state")
)
def change_issue(call: Call, form: IssueForm, issue_id: str) -> Answer[IssueView]:
    """Change an issue. An approved one must be approved again."""
    by = call.principal.for_member()
    return Answer.at(*service.change(call.context, issue_id, call.expected_version(), form, by=by))


@routes.post("/v1/staff/campaigns/{issue_id}/preview", scope="staff.campaigns.read", problems=("wrong_state",))
def preview_issue(call: Call, form: PreviewForm, issue_id: str) -> PreviewView:
    """Show the letter of an issue as a member would get it."""
    return service.preview(call.context, issue_id, form)


@routes.post("/v1/staff/campaigns/{issue_id}/move", scope="staff.campaigns.write", problems=("conflict", "wrong_state"))
def move_issue(call: Call, form: MoveForm, issue_id: str) -> IssueView:
    """Move an issue to another slot. Its approval stays."""
    return service.move(call.context, issue_id, form, by=call.principal.for_member())


@routes.post(
    "/v1/staff/campaigns/{issue_id}/approve",
    scope="staff.campaigns.write",
    matched=True,
    problems=("four_eyes", "wrong_state"),
)
def approve_issue(call: Call, issue_id: str) -> Answer[IssueView]:
    """Approve an issue as you read it. Its authors cannot. A repeat changes nothing."""
    by = call.principal.for_member()
    return Answer.at(*service.approve(call.context, issue_id, call.expected_version(), by=by))


@routes.post("/v1/staff/campaigns/{issue_id}/cancel", scope="staff.campaigns.write")
def cancel_issue(call: Call, issue_id: str) -> IssueView:
    """Cancel an issue. A repeat changes nothing."""
    return service.cancel(call.context, issue_id, by=call.principal.for_member())


def _created(issue: IssueView) -> Answer[IssueView]:
    return Answer(issue, headers={"Location": f"/v1/staff/campaigns/{issue.issue_id}", **etag(1)})
