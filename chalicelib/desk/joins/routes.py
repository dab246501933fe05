from chalicelib.desk.joins import service
from chalicelib.desk.joins.schemas import JoinForm, JoinPreviewView, JoinReasonForm, JoinsQuery, JoinView
from chalicelib.platform import Answer, Call, ListPage, Routes

routes = Routes(__name__, tag="companies")


@routes.post("/v1/staff/company-joins/preview", scope="staff.companies.write")
def preview_company_join(call: Call, form: JoinForm) -> JoinPreviewView:
    """Preview a join of two companies: its changes and its obstacles.

    Orders, documents, purchases, bonuses, people, and the tiers of both. At most 2,000 documents are looked at.
    """
    return service.preview(call.context, form, call.language)


@routes.post(
    "/v1/staff/company-joins",
    scope="staff.companies.write",
    status=202,
    located=True,
    keyed=True,
    problems=("wrong_state", "conflict"),
)
def join_companies(call: Call, form: JoinReasonForm) -> JoinView:
    """Join two companies that are one: the same firm with a new KPP, a new name, or named in two ways by files.

    Documents, orders, customers of files, people and bonuses of the first company go to the other one; tiers of both are decided again. The first
    company leaves the lists; files and new members that name its INN find the other one. It can be undone for a day.
    """
    return service.start(call.answering(_started), form, call.principal.for_member(), call.language)


@routes.get("/v1/staff/company-joins", scope="staff.companies.read", query=JoinsQuery)
def list_company_joins(call: Call) -> ListPage[JoinView]:
    """List the joins of companies, newest first."""
    return call.page(ListPage[JoinView], service.page, call.context, call.language)


@routes.get("/v1/staff/company-joins/{join_id}", scope="staff.companies.read")
def show_company_join(call: Call, join_id: str) -> JoinView:
    """Show how far a join is."""
    return service.show(call.context, join_id, call.language)


@routes.post(
    "/v1/staff/company-joins/{join_id}/undo",
    scope="staff.companies.write",
    keyed=True,
    problems=("wrong_state", "conflict"),
)
def undo_company_join(call: Call, join_id: str) -> JoinView:
    """Part two companies again, within a day after they were joined.

    Documents, orders, customers, people and bonuses go back, with what came of these orders and customers meanwhile.
    """
    return service.undo(call.answering(), join_id, call.principal.for_member(), call.language)


def _started(started: JoinView) -> Answer[JoinView]:
    return Answer(started, headers={"Location": f"/v1/staff/company-joins/{started.join_id}"})
