"""Display deals: the company sends a photo of the goods in a shop, a manager says whether it will do."""

from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes
from chalicelib.pricing.displays import service
from chalicelib.pricing.displays.schemas import (
    DisplayForm,
    DisplayProof,
    DisplayProofPage,
    DisplayUpload,
    RejectDisplayForm,
    StaffDisplayProof,
    StaffDisplayProofPage,
)

routes = Routes(__name__, tag="prices")

DECIDE = ("not_found", "wrong_state")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/promotions/{promotion_id}/display-proofs",
    scope="orders.write",
    body=DisplayForm,
    answer=DisplayUpload,
    problems=("not_found", "already_exists"),
)
def start_display_proof(call: Call, promotion_id: str) -> DisplayUpload:
    """Ask where to upload a photo of the goods on display, for a promotion that is a display deal.

    One shop that displays the goods earns the prices for every company of the INN.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.start(call.context, company_id, member_id, promotion_id, call.body)


@routes.post(
    "/v1/promotions/{promotion_id}/display-proofs/{proof_id}/confirm",
    scope="orders.write",
    answer=DisplayProof,
    problems=("not_found", "conflict", "already_exists"),
)
def confirm_display_proof(call: Call, promotion_id: str, proof_id: str) -> DisplayProof:
    """Lay an uploaded photo before the managers.

    The same again changes nothing. While the upload has not arrived it is a conflict.
    """
    return service.confirm(call.context, call.principal.for_company(), promotion_id, proof_id, call.language)


@routes.get("/v1/display-proofs", scope="catalog.read", query=PageQuery, answer=DisplayProofPage)
def list_display_proofs(call: Call) -> DisplayProofPage:
    """List the company's photos of goods on display, newest first, and what was said of them."""
    cursors = call.cursors()
    after = cursors.open(call.query.cursor)
    items, last = service.own(call.context, call.principal.for_company(), call.language, call.query.limit, after)
    return DisplayProofPage(items=items, next_cursor=cursors.close(last))


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/display-proofs", scope="staff.companies.read", query=PageQuery, answer=StaffDisplayProofPage)
def waiting_display_proofs(call: Call) -> StaffDisplayProofPage:
    """List the photos that wait for a manager's word, the longest first."""
    cursors = call.cursors()
    items, last = service.waiting(call.context, call.language, call.query.limit, cursors.open(call.query.cursor))
    return StaffDisplayProofPage(items=items, next_cursor=cursors.close(last))


@routes.get(
    "/v1/staff/companies/{company_id}/display-proofs",
    scope="staff.companies.read",
    query=PageQuery,
    answer=StaffDisplayProofPage,
)
def display_proofs_of_company(call: Call, company_id: str) -> StaffDisplayProofPage:
    """List a company's photos of goods on display, newest first."""
    cursors = call.cursors()
    after = cursors.open(call.query.cursor)
    items, last = service.of_company(call.context, company_id, call.language, call.query.limit, after)
    return StaffDisplayProofPage(items=items, next_cursor=cursors.close(last))


@routes.post(
    "/v1/staff/companies/{company_id}/display-proofs/{proof_id}/approve",
    scope="staff.terms.write",
    answer=StaffDisplayProof,
    problems=DECIDE,
)
def approve_display_proof(call: Call, company_id: str, proof_id: str) -> StaffDisplayProof:
    """Approve a photo: the promotion holds for the company at once, and for all companies of its INN.

    The person who sent it gets a letter. Once more changes nothing.
    """
    return service.approve(call.context, company_id, proof_id, call.principal.for_member(), call.language)


@routes.post(
    "/v1/staff/companies/{company_id}/display-proofs/{proof_id}/reject",
    scope="staff.terms.write",
    body=RejectDisplayForm,
    answer=StaffDisplayProof,
    problems=DECIDE,
)
def reject_display_proof(call: Call, company_id: str, proof_id: str) -> StaffDisplayProof:
    """Refuse a photo with a reason. The person who sent it gets a letter, and may send another one."""
    author = call.principal.for_member()
    return service.reject(call.context, company_id, proof_id, author, call.body.reason, call.language)
