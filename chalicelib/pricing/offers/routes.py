"""Offers: as the staff makes them to a company, and as the company sees them."""

from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.pricing.offers import service
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.offers.schemas import OfferAnswer, OfferPage, OwnOffers

routes = Routes(__name__, tag="prices")


@routes.get("/v1/offers", scope="catalog.read", answer=OwnOffers)
def own_offers(call: Call) -> OwnOffers:
    """List what the company was offered and has not used.

    An offer makes the prices of one order, of all its lines that it is for and where it is the best price. It comes back when that order is
    rejected or cancelled.
    """
    return OwnOffers(items=service.own(call.context, call.principal.for_company()))


@routes.post(
    "/v1/staff/companies/{company_id}/offers",
    scope="staff.terms.write",
    body=OfferForm,
    answer=OfferAnswer,
    status=201,
    keyed=True,
    problems=("not_found", "conflict"),
)
def issue_offer(call: Call, company_id: str) -> OfferAnswer:
    """Offer a company a price, or a percent down to a floor, for one order.

    It makes prices from its first day to its last, everywhere that the company sees a price, until an order uses it.
    """
    return service.issue(call.answering(_issued), company_id, call.body, author=call.principal.for_member())


def _issued(offer: OfferAnswer) -> Answer:
    location = f"/v1/staff/companies/{offer.company_id}/offers/{offer.offer_id}"
    return Answer(offer, status=201, headers={"Location": location})


@routes.get("/v1/staff/companies/{company_id}/offers", scope="staff.companies.read", query=PageQuery, answer=OfferPage)
def offers_of_company(call: Call, company_id: str) -> OfferPage:
    """List the offers that were made to a company, newest first, with what became of them."""
    cursors = call.cursors()
    items, last = service.page(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    return OfferPage(items=items, next_cursor=cursors.close(last))


@routes.get(
    "/v1/staff/companies/{company_id}/offers/{offer_id}",
    scope="staff.companies.read",
    answer=OfferAnswer,
    problems=("not_found",),
)
def show_offer(call: Call, company_id: str, offer_id: str) -> OfferAnswer:
    """Read an offer, and what became of it."""
    return service.show(call.context, company_id, offer_id)


@routes.post(
    "/v1/staff/companies/{company_id}/offers/{offer_id}/withdraw",
    scope="staff.terms.write",
    answer=OfferAnswer,
    problems=("not_found", "wrong_state"),
)
def withdraw_offer(call: Call, company_id: str, offer_id: str) -> OfferAnswer:
    """Take an offer back that no order uses. Once more changes nothing."""
    return service.withdraw(call.context, company_id, offer_id, author=call.principal.for_member())
