"""A company's own analytics, for the company and for the staff."""

from chalicelib import companies
from chalicelib.analytics.company import service
from chalicelib.analytics.company.schemas import AnalyticsQuery, AnalyticsView
from chalicelib.platform.http.problems import Problem
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="analytics")


@routes.get("/v1/company/analytics", scope="company.read", query=AnalyticsQuery, answer=AnalyticsView, current=True)
def show_analytics(call: Call) -> AnalyticsView:
    """Show the company's purchases by month, quarter, brand, category, article, distributor, delivery address or person.

    Each row stands beside the same period of the year before, and leads to the documents behind it. Months and quarters have the tier, the
    bonuses and the discounts of their days. The rows add up to the total exactly.
    """
    return service.analytics(call.context, call.principal.for_company(), call.query, call.language)


@routes.get(
    "/v1/staff/companies/{company_id}/analytics",
    scope="staff.companies.read",
    query=AnalyticsQuery,
    answer=AnalyticsView,
    problems=("not_found",),
    current=True,
)
def show_company_analytics(call: Call, company_id: str) -> AnalyticsView:
    """Show the purchases of a company as the company sees them."""
    if companies.read_company(call.context, company_id) is None:
        raise Problem("not_found")
    path = f"/v1/staff/companies/{company_id}"
    return service.analytics(call.context, company_id, call.query, call.language, path=path)
