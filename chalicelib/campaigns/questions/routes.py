from chalicelib.campaigns.plan.schemas import IssueView
from chalicelib.campaigns.questions import service
from chalicelib.campaigns.questions.schemas import DigestForm, ProposalsView, QuestionForm, QuestionsQuery, QuestionView
from chalicelib.platform import Answer, Call, ListPage, Routes, etag

routes = Routes(__name__, tag="letters")


@routes.post("/v1/staff/questions", scope="staff.contacts.write")
def note_question(call: Call, form: QuestionForm) -> QuestionView:
    """Note a question that somebody asked, with its tags. The same one again on the same day changes nothing."""
    return service.note(call.context, form, by=call.principal.for_member())


@routes.get("/v1/staff/questions", scope="staff.contacts.read", query=QuestionsQuery)
def list_questions(call: Call) -> ListPage[QuestionView]:
    """List questions, newest first. They are kept for 400 days, or until the member leaves."""
    return call.page(ListPage[QuestionView], service.page, call.context)


@routes.get("/v1/staff/questions/proposals", scope="staff.campaigns.read")
def list_question_proposals(call: Call) -> ProposalsView:
    """Show questions of the last two weeks with the same tag that one letter can answer."""
    return service.proposals(call.context)


@routes.post(
    "/v1/staff/questions/digests", scope="staff.campaigns.write", status=201, keyed=True, problems=("conflict",)
)
def plan_question_digest(call: Call, form: DigestForm) -> IssueView:
    """Plan the letter that answers the questions with a tag, for the members who asked.

    It is an issue of the content plan, to be approved by somebody else. Its questions are proposed no more.
    """
    return service.draft(call.context, call.answering(_created), form, by=call.principal.for_member())


def _created(issue: IssueView) -> Answer[IssueView]:
    return Answer(issue, headers={"Location": f"/v1/staff/campaigns/{issue.issue_id}", **etag(1)})
