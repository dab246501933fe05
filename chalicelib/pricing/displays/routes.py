"""Display deals: a company sends a photo of the goods in a shop, a manager approves or rejects it."""

from chalicelib.platform import Call, PageQuery, Routes
from chalicelib.pricing.displays import service
from chalicelib.pricing.displays.schemas import (
    DisplayProofForm,
    DisplayProofPage,
    DisplayProofsQuery,
    DisplayProofView,
    DisplayRejectionForm,
    DisplayUploadView,
    StaffDisplayProofPage,
    StaffDisplayProofView,
)

routes = Routes(__name__, tag="prices")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.post("/v1/promotions/{promotion_id}/display-proofs", scope="orders.write", problems=("already_exists",))
def start_display_proof(call: Call, form: DisplayProofForm, promotion_id: str) -> DisplayUploadView:
    """Get the address for the upload of a photo of displayed goods, for a display deal.

    One shop that displays the goods earns the prices for all companies of the INN.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.start(call.context, company_id, member_id, promotion_id, form)


@routes.post(
    "/v1/promotions/{promotion_id}/display-proofs/{proof_id}/confirm",
    scope="orders.write",
    problems=("conflict", "already_exists"),
)
def confirm_display_proof(call: Call, promotion_id: str, proof_id: str) -> DisplayProofView:
    """Submit an uploaded photo to the managers.

    A repeated call changes nothing. Before the upload has arrived, the call is refused as a conflict.
    """
    return service.confirm(call.context, call.principal.for_company(), promotion_id, proof_id, call.language)


@routes.get("/v1/display-proofs", scope="catalog.read", query=PageQuery)
def list_display_proofs(call: Call) -> DisplayProofPage:
    """List the company's photos of displayed goods with their states, newest first."""
    return call.page(DisplayProofPage, service.own, call.context, call.principal.for_company(), call.language)


# --- the staff --------------------------------------------------------------------------------------------------------


@routes.get("/v1/staff/display-proofs", scope="staff.companies.read", query=DisplayProofsQuery)
def list_waiting_display_proofs(call: Call) -> StaffDisplayProofPage:
    """List the photos that wait for a decision, oldest first."""
    return call.page(StaffDisplayProofPage, service.waiting, call.context, call.language)


@routes.get("/v1/staff/companies/{company_id}/display-proofs", scope="staff.companies.read", query=DisplayProofsQuery)
def list_company_display_proofs(call: Call, company_id: str) -> StaffDisplayProofPage:
    """List a company's photos of displayed goods, newest first."""
    return call.page(StaffDisplayProofPage, service.of_company, call.context, company_id, call.language)


@routes.post(
    "/v1/staff/companies/{company_id}/display-proofs/{proof_id}/approve",
    scope="staff.terms.write",
    problems=("wrong_state",),
)
def approve_display_proof(call: Call, company_id: str, proof_id: str) -> StaffDisplayProofView:
    """Approve a photo. The promotion holds for the company at once, and for all companies of its INN.

    The sender gets a letter. A repeated call changes nothing.
    """
    return service.approve(call.context, company_id, proof_id, call.principal.for_member(), call.language)


@routes.post(
    "/v1/staff/companies/{company_id}/display-proofs/{proof_id}/reject",
    scope="staff.terms.write",
    problems=("wrong_state",),
)
def reject_display_proof(
    call: Call, form: DisplayRejectionForm, company_id: str, proof_id: str
) -> StaffDisplayProofView:
    """Reject a photo with a reason. The sender gets a letter and may send another photo."""
    author = call.principal.for_member()
    return service.reject(call.context, company_id, proof_id, author, form.reason, call.language)
