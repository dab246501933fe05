from chalicelib.platform.http.routes import Call, Routes
from chalicelib.sales import service
from chalicelib.sales.schemas import Purchases, PurchasesQuery

routes = Routes(__name__, tag="sales")


@routes.get("/v1/company/purchases", scope="company.read", query=PurchasesQuery, answer=Purchases)
def list_purchases(call: Call) -> Purchases:
    """List what the company bought and gave back.

    Every document that was recorded for the company: from sales files and from orders shipped through the club. Corrected documents
    are shown as they are now.
    """
    query: PurchasesQuery = call.query
    cursors = call.cursors()
    items, last = service.purchases(
        call.context,
        call.principal.for_company(),
        first=query.first,
        last=query.last,
        with_lines=query.lines,
        limit=query.limit,
        after=cursors.open(query.cursor),
    )
    return Purchases(items=items, next_cursor=cursors.close(last))
