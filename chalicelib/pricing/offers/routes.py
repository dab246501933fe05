"""Personal offers, for the staff and for the company."""

from chalicelib.platform import Answer, Call, Routes
from chalicelib.pricing.offers import service
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.offers.schemas import CompanyOfferPage, OfferPage, OffersQuery, OfferView

routes = Routes(__name__, tag="prices")


@routes.get("/v1/offers", scope="catalog.read")
def list_open_offers(call: Call) -> CompanyOfferPage:
    """List the offers that the company has not used.

    An offer makes the prices of one order, in each line that has its goods and where it is the best price; or the delivery by carrier of one
    order with any of its goods is free. It can be used again if that order is rejected or cancelled.
    """
    return CompanyOfferPage(items=service.own(call.context, call.principal.for_company()))


@routes.post(
    "/v1/staff/companies/{company_id}/offers", scope="staff.terms.write", status=201, keyed=True, problems=("conflict",)
)
def issue_offer(call: Call, form: OfferForm, company_id: str) -> OfferView:
    """Offer a company a price, a percent down to a floor, or free delivery, for one order.

    The offer makes prices from its first day to its last, wherever the company sees a price, until an order uses it. Above the club's bound of
    discount, and for a price whose articles are not named, it waits, in the state `waiting`, until somebody else approves it.
    """
    return service.issue(call.answering(_issued), company_id, form, author=call.principal.for_member())


def _issued(offer: OfferView) -> Answer[OfferView]:
    waits = f"/v1/staff/approvals/{offer.offer_id}"
    place = f"/v1/staff/companies/{offer.company_id}/offers/{offer.offer_id}"
    location = waits if offer.state == "waiting" else place
    return Answer(offer, status=201, headers={"Location": location})


@routes.get("/v1/staff/companies/{company_id}/offers", scope="staff.companies.read", query=OffersQuery)
def list_company_offers(call: Call, company_id: str) -> OfferPage:
    """List the offers to a company with their states, newest first."""
    return call.page(OfferPage, service.page, call.context, company_id)


@routes.get("/v1/staff/offers", scope="staff.companies.read", query=OffersQuery)
def list_all_offers(call: Call) -> OfferPage:
    """List the offers to all companies with their states, newest first."""
    return call.page(OfferPage, service.every, call.context)


@routes.get("/v1/staff/companies/{company_id}/offers/{offer_id}", scope="staff.companies.read")
def show_offer(call: Call, company_id: str, offer_id: str) -> OfferView:
    """Show an offer and its state."""
    return service.show(call.context, company_id, offer_id)


@routes.post(
    "/v1/staff/companies/{company_id}/offers/{offer_id}/withdraw", scope="staff.terms.write", problems=("wrong_state",)
)
def withdraw_offer(call: Call, company_id: str, offer_id: str) -> OfferView:
    """Withdraw an offer that no order uses. A repeated call changes nothing."""
    return service.withdraw(call.context, company_id, offer_id, author=call.principal.for_member())
