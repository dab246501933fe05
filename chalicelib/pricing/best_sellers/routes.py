"""Best sellers of a period, for promotions that name them."""

from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.pricing.best_sellers import service
from chalicelib.pricing.best_sellers.schemas import BestSellers, BestSellersForm

routes = Routes(__name__, tag="prices")


@routes.post(
    "/v1/staff/best-sellers",
    scope="staff.promotions.write",
    body=BestSellersForm,
    answer=BestSellers,
    status=202,
    keyed=True,
)
def list_best_sellers(call: Call) -> BestSellers:
    """Have the best sellers of a period listed, from the club's own sales: last year's season, for one.

    It takes a while: ask for the list by its id. A draft of a promotion that names the list (`best_sellers`) is for its articles, as they
    stand on it when the promotion is approved.
    """
    return service.start(call.answering(_asked), call.body, call.principal.for_member(), call.language)


def _asked(asked: BestSellers) -> Answer:
    return Answer(asked, status=202, headers={"Location": f"/v1/staff/best-sellers/{asked.list_id}"})


@routes.get(
    "/v1/staff/best-sellers/{list_id}", scope="staff.promotions.write", answer=BestSellers, problems=("not_found",)
)
def show_best_sellers(call: Call, list_id: str) -> BestSellers:
    """Read a list of best sellers, or how far it has come."""
    return service.show(call.context, list_id, call.language)
