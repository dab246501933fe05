"""The club's people, for the staff."""

from chalicelib.analytics.people import service
from chalicelib.analytics.people.schemas import PeopleQuery, PeopleView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="analytics")


@routes.get("/v1/staff/analytics/people", scope="staff.analytics.read", query=PeopleQuery)
def show_people(call: Call) -> PeopleView:
    """Show joins, complete profiles, visits and active members by quarter, each with its growth."""
    return service.show(call.context, call.query, call.language)
