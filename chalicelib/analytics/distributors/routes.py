"""The service of distributors, for the staff."""

from chalicelib.analytics.distributors import service
from chalicelib.analytics.distributors.schemas import DistributorsQuery, DistributorsView
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="analytics")


@routes.get("/v1/staff/analytics/distributors", scope="staff.analytics.read", query=DistributorsQuery)
def show_distributors_service(call: Call) -> DistributorsView:
    """Show how soon distributors answer and ship, and the share of orders that they reject or cut, by month."""
    return service.show(call.context, call.query, call.language)
