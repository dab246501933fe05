from chalicelib import companies
from chalicelib.bonuses.redemptions import service, store
from chalicelib.bonuses.redemptions.model import Redemption
from chalicelib.bonuses.redemptions.schemas import (
    CancelRedemptionForm,
    RedemptionForm,
    RedemptionPage,
    RedemptionsQuery,
    RedemptionView,
    WaitingRedemptionPage,
    WaitingRedemptionsQuery,
    WaitingRedemptionView,
)
from chalicelib.platform import Answer, Call, Routes, or_not_found

routes = Routes(__name__, tag="bonuses")


@routes.post(
    "/v1/company/redemptions",
    scope="bonuses.write",
    answer=RedemptionView,
    status=201,
    keyed=True,
    problems=("not_enough_bonus", "not_found", "wrong_state", "already_exists", "too_many_requests"),
)
def redeem_bonuses(call: Call, form: RedemptionForm) -> Redemption:
    """Reserve bonuses, oldest expiry first.

    A redemption with `order_id` follows the order: it is redeemed when the order is completed and given back when the order is rejected or
    cancelled; if the distributor accepts less than the redemption, the rest is given back. Without `order_id` the staff complete it.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.redeem(call.answering(_created), company_id, member_id, form)


@routes.get("/v1/company/redemptions", scope="bonuses.read", query=RedemptionsQuery)
def list_redemptions(call: Call) -> RedemptionPage:
    """List the company's redemptions, newest first."""
    return _redemptions(call, call.principal.for_company())


@routes.get("/v1/company/redemptions/{redemption_id}", scope="bonuses.read")
def show_redemption(call: Call, redemption_id: str) -> RedemptionView:
    """Show a redemption: its state and its lots."""
    found = service.redemption_or_404(call.context, call.principal.for_company(), redemption_id)
    return RedemptionView.of(found)


@routes.post(
    "/v1/company/redemptions/{redemption_id}/cancel",
    scope="bonuses.write",
    answer=RedemptionView,
    keyed=True,
    problems=("wrong_state",),
)
def cancel_redemption(call: Call, redemption_id: str) -> Redemption:
    """Cancel a redemption: its bonuses return to their lots.

    The lots keep their expiry: bonuses that have expired meanwhile expire at once. A redemption for an order can be cancelled until
    the distributor accepts the order.
    """
    company_id, member_id = call.principal.for_company(), call.principal.for_member()
    return service.cancel(call.answering(RedemptionView.of), company_id, member_id, redemption_id)


@routes.get("/v1/staff/redemptions", scope="staff.bonuses.read", query=WaitingRedemptionsQuery)
def list_waiting_redemptions(call: Call) -> WaitingRedemptionPage:
    """List the redemptions that the staff must complete, oldest first: all reserved ones without an order."""
    return call.page(
        WaitingRedemptionPage,
        store.redemptions_waiting,
        call.context.table,
        of=Redemption,
        show=WaitingRedemptionView.of,
    )


@routes.get("/v1/staff/companies/{company_id}/redemptions", scope="staff.bonuses.read", query=RedemptionsQuery)
def list_redemptions_of_company(call: Call, company_id: str) -> RedemptionPage:
    """List a company's redemptions, newest first."""
    or_not_found(companies.read_company(call.context, company_id))
    return _redemptions(call, company_id)


@routes.post(
    "/v1/staff/companies/{company_id}/redemptions/{redemption_id}/complete",
    scope="staff.bonuses.write",
    answer=RedemptionView,
    keyed=True,
    problems=("wrong_state",),
)
def complete_redemption(call: Call, company_id: str, redemption_id: str) -> Redemption:
    """Complete a redemption: the company received what it redeemed bonuses for.

    One for an order completes with the order: before that, 409 `wrong_state`.
    """
    staff_id = call.principal.for_member()
    return service.complete(call.answering(RedemptionView.of), staff_id, company_id, redemption_id)


@routes.post(
    "/v1/staff/companies/{company_id}/redemptions/{redemption_id}/cancel",
    scope="staff.bonuses.write",
    answer=RedemptionView,
    keyed=True,
    problems=("wrong_state",),
)
def cancel_redemption_of_company(
    call: Call, form: CancelRedemptionForm, company_id: str, redemption_id: str
) -> Redemption:
    """Cancel a company's redemption, in any state of its order: its bonuses return to their lots.

    The lots keep their expiry. For orders of which a part never ships, and for what the club cannot provide.
    """
    staff_id, reason = call.principal.for_member(), form.reason
    return service.cancel_for(call.answering(RedemptionView.of), staff_id, company_id, redemption_id, reason)


def _redemptions(call: Call, company_id: str) -> RedemptionPage:
    return call.page(
        RedemptionPage, store.redemptions, call.context.table, company_id, of=Redemption, show=RedemptionView.of
    )


def _created(redemption: Redemption) -> Answer[RedemptionView]:
    return Answer(
        RedemptionView.of(redemption), headers={"Location": f"/v1/company/redemptions/{redemption.redemption_id}"}
    )
