"""Approvals, for the staff."""

from chalicelib.platform import Approval, Call, Routes
from chalicelib.platform.approvals import store
from chalicelib.pricing.approvals import service
from chalicelib.pricing.approvals.schemas import ApprovalDecisionForm, ApprovalPage, ApprovalsQuery, ApprovalView

routes = Routes(__name__, tag="prices")


@routes.get("/v1/staff/approvals", scope="staff.tiers.read", query=ApprovalsQuery)
def list_approvals(call: Call) -> ApprovalPage:
    """List the manual tiers, offers and terms above the club's bounds that wait for a second person, oldest first."""
    return call.page(ApprovalPage, store.waiting, call.context.table, of=Approval, show=ApprovalView.of)


@routes.get("/v1/staff/approvals/{approval_id}", scope="staff.tiers.read")
def show_approval(call: Call, approval_id: str) -> ApprovalView:
    """Show a request for approval: its subject, its author, the decision."""
    return ApprovalView.of(service.read(call.context, approval_id))


@routes.post(
    "/v1/staff/approvals/{approval_id}/approve",
    scope="staff.terms.approve",
    keyed=True,
    problems=("wrong_state", "four_eyes", "conflict"),
)
def approve_request(call: Call, form: ApprovalDecisionForm, approval_id: str) -> ApprovalView:
    """Approve the manual tier, the offer or the terms of somebody else: they hold from now on.

    A tier and an offer have the id of the request. A tier that should have begun earlier begins today.
    """
    return service.approve(call.answering(), approval_id, call.principal.for_member(), form.note)


@routes.post(
    "/v1/staff/approvals/{approval_id}/reject", scope="staff.terms.approve", keyed=True, problems=("wrong_state",)
)
def reject_request(call: Call, form: ApprovalDecisionForm, approval_id: str) -> ApprovalView:
    """Reject a manual tier, an offer or terms: nothing is made."""
    return service.reject(call.answering(), approval_id, call.principal.for_member(), form.note)
