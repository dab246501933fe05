"""A company's own analytics, for the company and for the staff."""

from functools import partial

from chalicelib import companies
from chalicelib.analytics.company import documents, service
from chalicelib.analytics.company.schemas import AnalyticsDocumentPage, AnalyticsQuery, AnalyticsView, DocumentsQuery
from chalicelib.platform import Call, Routes, or_not_found
from chalicelib.platform.access.rights import check_reader, read_beside

routes = Routes(__name__, tag="analytics")


@routes.get("/v1/company/analytics", scope="company.read", query=AnalyticsQuery, problems=("not_found",), by_token=True)
def show_analytics(call: Call) -> AnalyticsView:
    """Show the company's purchases by month, quarter, brand, category, article, distributor, delivery address or person.

    Each row has the same period of the year before, and the address of its documents. Months and quarters have the tier, the
    bonuses and the discounts of their days.
    """
    caller = call.principal
    if call.query.by in ("month", "quarter"):
        check_reader(call.context, caller, "company.read")
    read = partial(read_beside, call.context, caller, "company.read")
    return service.analytics(call.context, caller.for_company(), call.query, call.language, read=read)


@routes.get("/v1/company/analytics/documents", scope="company.read", query=DocumentsQuery)
def list_analytics_documents(call: Call) -> AnalyticsDocumentPage:
    """List the documents behind a row of the analytics, with the part of each that counts in the row.

    The parts add up to the row, whose `rows_url` leads here.
    """
    return _documents(call, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/analytics", scope="staff.companies.read", query=AnalyticsQuery)
def show_company_analytics(call: Call, company_id: str) -> AnalyticsView:
    """Show the purchases of a company as the company sees them."""
    or_not_found(companies.read_company(call.context, company_id))
    path = f"/v1/staff/companies/{company_id}"
    return service.analytics(call.context, company_id, call.query, call.language, path=path)


@routes.get("/v1/staff/companies/{company_id}/analytics/documents", scope="staff.companies.read", query=DocumentsQuery)
def list_company_analytics_documents(call: Call, company_id: str) -> AnalyticsDocumentPage:
    """List the documents behind a row of a company's analytics as the company sees them."""
    or_not_found(companies.read_company(call.context, company_id))
    return _documents(call, company_id)


def _documents(call: Call, company_id: str) -> AnalyticsDocumentPage:
    return call.page(AnalyticsDocumentPage, documents.documents, call.context, company_id, call.query)
