from chalicelib import companies
from chalicelib.platform import Call, Problem, Routes
from chalicelib.sales import service
from chalicelib.sales.schemas import PurchaseListQuery, PurchasePage, PurchasesQuery

routes = Routes(__name__, tag="sales")


@routes.get("/v1/company/purchases", scope="company.read", query=PurchaseListQuery)
def list_purchases(call: Call) -> PurchasePage:
    """List the company's purchases and returns.

    Documents from sales files and from orders shipped through the club, each in its newest revision.
    """
    return _purchases(call, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/purchases", scope="staff.companies.read", query=PurchaseListQuery)
def list_company_purchases(call: Call, company_id: str) -> PurchasePage:
    """List a company's purchases and returns as the company sees them."""
    if companies.read_company(call.context, company_id) is None:
        raise Problem("not_found")
    return _purchases(call, company_id)


def _purchases(call: Call, company_id: str) -> PurchasePage:
    query: PurchasesQuery = call.query
    return call.page(
        PurchasePage,
        service.purchases,
        call.context,
        company_id,
        first=query.first,
        last=query.last,
        with_lines=query.lines,
    )
