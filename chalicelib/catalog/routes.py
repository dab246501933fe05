"""The catalogue."""

from chalicelib.catalog import service
from chalicelib.catalog.schemas import ProductPage, ProductQuery, ProductRows, RowResults
from chalicelib.platform.http import Call, Routes

routes = Routes(__name__, tag="catalogue")


@routes.get("/v1/products", scope="catalog.read", query=ProductQuery, answer=ProductPage)
def products(call: Call) -> ProductPage:
    """List products by article number, with the company's own prices.

    Each price names the rule that made it and why the other rules did not.
    """
    return service.products_for(call.work, call.principal.for_company(), call.query, call.cursors(), call.language)


@routes.put("/v1/staff/products", scope="staff.catalog.write", body=ProductRows, answer=RowResults)
def write_products(call: Call) -> RowResults:
    """Create and replace up to 100 products.

    Each row is judged by itself and has its own result; a bad row never stops the others. The same rows again change nothing.
    """
    return service.write_rows(call.work, call.body.products)
