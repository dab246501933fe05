from chalicelib.campaigns.plan.schemas import PreviewForm, PreviewView
from chalicelib.campaigns.series import service
from chalicelib.campaigns.series.schemas import EnrolmentsQuery, EnrolmentView, SeriesForm, SeriesPage, SeriesView
from chalicelib.platform import Answer, Call, ListPage, Routes, etag

routes = Routes(__name__, tag="letters")


@routes.get("/v1/staff/series", scope="staff.campaigns.read")
def list_series(call: Call) -> SeriesPage:
    """List all series: those that the club ships, changed or not, and the club's own."""
    return SeriesPage(items=service.every(call.context))


@routes.post("/v1/staff/series", scope="staff.campaigns.write", status=201, keyed=True, problems=("conflict",))
def create_series(call: Call, form: SeriesForm) -> SeriesView:
    """Write a series: what starts and ends it, and its steps. It is a draft until somebody else approves it."""
    return service.create(call.answering(_created), form, by=call.principal.for_member())


@routes.get("/v1/staff/series/{series_id}", scope="staff.campaigns.read")
def show_series(call: Call, series_id: str) -> Answer[SeriesView]:
    """Show a series with its texts, and how many members wait for each step."""
    return Answer.at(*service.show(call.context, series_id))


@routes.put("/v1/staff/series/{series_id}", scope="staff.campaigns.write", matched=True, problems=("conflict",))
def change_series(call: Call, form: SeriesForm, series_id: str) -> Answer[SeriesView]:
    """Change a series. It must be approved again, and those inside wait until then.

    A change that gives them other steps or other times is refused with these effects, unless `accept_effects` is set. Nobody gets a
    step twice, nor one that is put in before the last step that they passed.
    """
    by = call.principal.for_member()
    return Answer.at(*service.change(call.context, series_id, call.expected_version(), form, by=by))


@routes.post(
    "/v1/staff/series/{series_id}/approve",
    scope="staff.campaigns.write",
    matched=True,
    problems=("four_eyes", "wrong_state"),
)
def approve_series(call: Call, series_id: str) -> Answer[SeriesView]:
    """Approve a series as you read it, so that it starts. Its authors cannot. A repeat changes nothing."""
    by = call.principal.for_member()
    return Answer.at(*service.approve(call.context, series_id, call.expected_version(), by=by))


@routes.post("/v1/staff/series/{series_id}/stop", scope="staff.campaigns.write")
def stop_series(call: Call, series_id: str) -> SeriesView:
    """Stop a series: nobody starts it, and those inside wait until it is approved again. A repeat changes nothing."""
    return service.stop(call.context, series_id, by=call.principal.for_member())


@routes.post(
    "/v1/staff/series/{series_id}/steps/{step_id}/preview", scope="staff.campaigns.read", problems=("wrong_state",)
)
def preview_step(call: Call, form: PreviewForm, series_id: str, step_id: str) -> PreviewView:
    """Show the letter of a step as a member would get it."""
    return service.preview(call.context, series_id, step_id, form)


@routes.get("/v1/staff/series/{series_id}/members", scope="staff.campaigns.read", query=EnrolmentsQuery)
def list_series_members(call: Call, series_id: str) -> ListPage[EnrolmentView]:
    """List the members of a series: those inside by the step that they wait for, then those for whom it ended, and why."""
    return call.page(ListPage[EnrolmentView], service.members_page, call.context, series_id)


def _created(series: SeriesView) -> Answer[SeriesView]:
    return Answer(series, headers={"Location": f"/v1/staff/series/{series.series_id}", **etag(1)})
