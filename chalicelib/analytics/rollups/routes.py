"""Rebuilds of the rollups, for the staff."""

from chalicelib.analytics.rollups import service
from chalicelib.analytics.rollups.schemas import RebuildsQuery, RebuildView
from chalicelib.platform import Answer, Call, ListPage, Routes

routes = Routes(__name__, tag="analytics")


@routes.post("/v1/staff/analytics/rebuilds", scope="staff.analytics.write", status=202, located=True, keyed=True)
def start_rebuild(call: Call) -> RebuildView:
    """Rebuild the purchase figures of all companies from their documents.

    A change of brands or categories in the catalogue reaches the months before only so. The figures answer meanwhile.
    """
    return service.start_rebuild(call.answering(_started), call.principal.for_member())


@routes.get("/v1/staff/analytics/rebuilds", scope="staff.analytics.read", query=RebuildsQuery)
def list_rebuilds(call: Call) -> ListPage[RebuildView]:
    """List the rebuilds of the last 90 days, newest first."""
    return call.page(ListPage[RebuildView], service.rebuilds, call.context)


@routes.get("/v1/staff/analytics/rebuilds/{rebuild_id}", scope="staff.analytics.read")
def show_rebuild(call: Call, rebuild_id: str) -> RebuildView:
    """Show the progress of a rebuild."""
    return service.show_rebuild(call.context, rebuild_id)


def _started(rebuild: RebuildView) -> Answer[RebuildView]:
    return Answer(rebuild, headers={"Location": f"/v1/staff/analytics/rebuilds/{rebuild.rebuild_id}"})
