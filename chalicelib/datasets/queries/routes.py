from chalicelib.datasets.queries import service
from chalicelib.datasets.queries.schemas import QueryForm, QueryView
from chalicelib.platform import Answer, Call, CursorPage, PageQuery, Routes

routes = Routes(__name__, tag="analytics")
_SCOPE = "staff.queries.write"


@routes.post("/v1/staff/queries", scope=_SCOPE, status=202, located=True, problems=("wrong_state",), keyed=True)
def start_query(call: Call, form: QueryForm) -> QueryView:
    """Run one of the documented queries over all data of the club; the answer is a CSV or XLSX file.

    The datasets are made every night. Read the query at its own address until it is done: that takes seconds.
    """
    return service.start(call.answering(_started), form, call.language, call.principal.for_member())


@routes.get("/v1/staff/queries", scope=_SCOPE, query=PageQuery)
def list_queries(call: Call) -> CursorPage[QueryView]:
    """List your own queries of the last week, newest first."""
    return call.page(CursorPage[QueryView], service.page, call.context, call.principal.for_member())


@routes.get("/v1/staff/queries/{query_id}", scope=_SCOPE)
def show_query(call: Call, query_id: str) -> QueryView:
    """Show a query of yours and, once it is done, an address of its file that is good for five minutes."""
    return service.show(call.context, query_id, call.principal.for_member())


def _started(started: QueryView) -> Answer[QueryView]:
    return Answer(started, headers={"Location": f"/v1/staff/queries/{started.query_id}"})
