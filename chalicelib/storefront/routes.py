from chalicelib import catalog, companies
from chalicelib.catalog import (
    ProductFacetsView,
    ProductFilters,
    ProductQuery,
    ProductResultsView,
    ProductRowsForm,
    product_facets,
)
from chalicelib.platform import Answer, Call, Routes, Text, or_not_found
from chalicelib.platform.list_files.schemas import ListFileView
from chalicelib.storefront import price_list as storefront_price_list
from chalicelib.storefront import service
from chalicelib.storefront.lighting import service as lighting
from chalicelib.storefront.lighting.schemas import LightingForm, LightingView
from chalicelib.storefront.schemas import PriceListQuery, ProductPage, ProductView
from chalicelib.tiers import tier_codes

routes = Routes(__name__, tag="catalogue")

# --- partners ---------------------------------------------------------------------------------------------------------


@routes.get("/v1/products", scope="catalog.read", query=ProductQuery)
def list_products(call: Call) -> ProductPage:
    """List and search products at the company's own prices.

    Each price names the rule that set it, and the reason why each other rule did not.
    """
    return service.page_of_priced_products(
        call.context, call.principal.for_company(), call.query, call.cursors(), call.language
    )


@routes.get("/v1/products/{sku}", scope="catalog.read")
def show_product(call: Call, sku: str) -> ProductView:
    """Show a product at the company's own price, with pictures, attributes and stock.

    Percent-encode the article number with its slashes: `GET /v1/products/A%2F1`.
    """
    return service.show_product(call.context, call.principal.for_company(), sku, call.language)


@routes.get("/v1/product-facets", scope="catalog.read", query=ProductFilters)
def show_product_facets(call: Call) -> ProductFacetsView:
    """Show brands, categories and statuses with the number of products of each, for the same filters as the list."""
    return product_facets(call.context, call.query)


@routes.get("/v1/price-list", scope="catalog.read", query=PriceListQuery, content_type="text/csv; charset=utf-8")
def download_price_list(call: Call) -> Answer[Text]:
    """Download the price list of the company as CSV for spreadsheets.

    The delimiter is a semicolon; headings and reasons are in the reader's language. An article has one row for its smallest order, and one
    more for each quantity from which a unit costs less.
    """
    return _price_list(call, call.principal.for_company())


@routes.get("/v1/price-list/file", scope="catalog.read", query=PriceListQuery)
def make_price_list_file(call: Call) -> ListFileView:
    """Make the price list of the company as a workbook (XLSX), with numbers as numbers.

    Rows, headings and reasons are those of `GET /v1/price-list`.
    """
    reader_id, company_id = call.principal.for_member(), call.principal.for_company()
    return storefront_price_list.price_list_file(call.context, company_id, reader_id, call.query, call.language)


def _price_list(call: Call, company_id: str) -> Answer[Text]:
    made = storefront_price_list.price_list(call.context, company_id, call.query, call.language)
    return Answer(Text(content=made), headers={"Content-Disposition": 'attachment; filename="price-list.csv"'})


@routes.post("/v1/tools/lighting", scope="catalog.read", problems=("cabinet_locked",))
def calculate_lighting(call: Call, form: LightingForm) -> LightingView:
    """Calculate the number of luminaires that rooms need, by the lumen method.

    Each product is calculated for all rooms. Its `lines` can be sent to `POST /v1/cart/lines` or `POST /v1/orders` unchanged. Calculators
    are open to members with a complete profile (`GET /v1/me/privileges`).
    """
    return lighting.calculate(call.context, call.principal.for_member(), form, call.language)


# --- staff ------------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/companies/{company_id}/products", scope="staff.catalog.read", query=ProductQuery)
def list_products_of_company(call: Call, company_id: str) -> ProductPage:
    """List and search products at a company's prices, with their stock, as the company sees them."""
    or_not_found(companies.read_company(call.context, company_id))
    return service.page_of_priced_products(call.context, company_id, call.query, call.cursors(), call.language)


@routes.get(
    "/v1/staff/companies/{company_id}/price-list",
    scope="staff.catalog.read",
    query=PriceListQuery,
    content_type="text/csv; charset=utf-8",
)
def download_price_list_of_company(call: Call, company_id: str) -> Answer[Text]:
    """Download the price list of a company as CSV for spreadsheets, as the company itself gets it."""
    or_not_found(companies.read_company(call.context, company_id))
    return _price_list(call, company_id)


@routes.put("/v1/staff/products", scope="staff.catalog.write")
def write_products(call: Call, form: ProductRowsForm) -> ProductResultsView:
    """Create or replace up to 100 products.

    Each row has its own result: a bad row never stops the others. Sending the same rows again changes nothing. A row without a cost price
    removes the one that was there.
    """
    return catalog.write_products(call.context, form.products, tier_codes)


# --- machines ---------------------------------------------------------------------------------------------------------


@routes.put("/v1/machine/products", scope="machine.catalog")
def write_products_by_machine(call: Call, form: ProductRowsForm) -> ProductResultsView:
    """Create or replace up to 100 products, as `PUT /v1/staff/products` does."""
    return catalog.write_products(call.context, form.products, tier_codes)
