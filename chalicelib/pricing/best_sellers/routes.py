"""Lists of best sellers, for promotions that name them."""

from chalicelib.platform import Answer, Call, Routes
from chalicelib.pricing.best_sellers import service
from chalicelib.pricing.best_sellers.model import BestSellersForm
from chalicelib.pricing.best_sellers.schemas import BestSellerListsQuery, BestSellersPage, BestSellersView

routes = Routes(__name__, tag="prices")


@routes.post("/v1/staff/best-sellers", scope="staff.promotions.write", status=202, located=True, keyed=True)
def request_best_sellers(call: Call, form: BestSellersForm) -> BestSellersView:
    """Request a list of the best sellers of a period, such as last year's season, from the club's own sales.

    The count takes a while: read the list by its id. A promotion that names the list in `best_sellers` holds for its articles, as listed
    when the promotion is approved.
    """
    return service.start(call.answering(_asked), form, call.principal.for_member(), call.language)


def _asked(best_sellers: BestSellersView) -> Answer[BestSellersView]:
    return Answer(best_sellers, status=202, headers={"Location": f"/v1/staff/best-sellers/{best_sellers.list_id}"})


@routes.get("/v1/staff/best-sellers", scope="staff.promotions.write", query=BestSellerListsQuery)
def list_best_sellers(call: Call) -> BestSellersPage:
    """List the lists of best sellers, newest first."""
    return call.page(BestSellersPage, service.page, call.context, call.language)


@routes.get("/v1/staff/best-sellers/{list_id}", scope="staff.promotions.write")
def show_best_sellers(call: Call, list_id: str) -> BestSellersView:
    """Show a list of best sellers, or the progress of its count."""
    return service.show(call.context, list_id, call.language)
