from chalicelib.platform.http.routes import Call, Routes
from chalicelib.sales import service
from chalicelib.sales.schemas import PurchasePage, PurchasesQuery

routes = Routes(__name__, tag="sales")


@routes.get("/v1/company/purchases", scope="company.read", query=PurchasesQuery, answer=PurchasePage)
def list_purchases(call: Call) -> PurchasePage:
    """List the company's purchases and returns.

    Documents from sales files and from orders shipped through the club, each in its newest revision.
    """
    query: PurchasesQuery = call.query
    return call.page(
        PurchasePage,
        service.purchases,
        call.context,
        call.principal.for_company(),
        first=query.first,
        last=query.last,
        with_lines=query.lines,
    )
