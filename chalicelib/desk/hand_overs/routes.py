from chalicelib.desk.hand_overs import service
from chalicelib.desk.hand_overs.schemas import ClientHandOverForm, HandOverPage, HandOversQuery, HandOverView
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="companies")


@routes.post("/v1/staff/hand-overs", scope="staff.companies.write", status=202, located=True, keyed=True)
def start_hand_over(call: Call, form: ClientHandOverForm) -> HandOverView:
    """Hand over all companies of a manager, or those without one.

    They go to one manager, or each to the manager of its region. Read the hand-over at its own address until it is done: it then has the list
    of companies. Each receiving manager gets one letter; those who buy for a company get one that names their new manager.
    """
    return service.start(call.answering(_started), form, call.principal.for_member())


@routes.get("/v1/staff/hand-overs", scope="staff.companies.read", query=HandOversQuery)
def list_hand_overs(call: Call) -> HandOverPage:
    """List the hand-overs of many companies, newest first."""
    return call.page(HandOverPage, service.page, call.context)


@routes.get("/v1/staff/hand-overs/{hand_over_id}", scope="staff.companies.read")
def show_hand_over(call: Call, hand_over_id: str) -> HandOverView:
    """Show how far a hand-over is and, once it is done, the address of the list of its companies."""
    return service.show(call.context, hand_over_id)


def _started(started: HandOverView) -> Answer[HandOverView]:
    return Answer(started, headers={"Location": f"/v1/staff/hand-overs/{started.hand_over_id}"})
