"""Manual tiers for the staff."""

from chalicelib.platform import Answer, Call, Routes
from chalicelib.tiers.manual_tiers import service
from chalicelib.tiers.manual_tiers.schemas import (
    ManualTierForm,
    ManualTierPage,
    ManualTiersQuery,
    ManualTierView,
    ManualTierWithdrawalForm,
)

routes = Routes(__name__, tag="tiers")


@routes.post(
    "/v1/staff/companies/{company_id}/manual-tiers",
    scope="staff.tiers.grant",
    status=201,
    keyed=True,
    problems=("conflict",),
)
def grant_manual_tier(call: Call, form: ManualTierForm, company_id: str) -> ManualTierView:
    """Grant a company a tier for a number of days, independent of its purchases.

    Above the club's bounds of discount and days (all that its author granted the company in a year) it waits, in the state `waiting`, until somebody else approves it. A manual tier never lowers the tier that purchases give. The company's people get a letter if the tier
    changes.
    """

    def created(view: ManualTierView) -> Answer[ManualTierView]:
        waits = f"/v1/staff/approvals/{view.grant_id}"
        place = f"/v1/staff/companies/{company_id}/manual-tiers/{view.grant_id}"
        return Answer(view, headers={"Location": waits if view.state == "waiting" else place})

    return service.grant(call.answering(created), company_id, call.principal.for_member(), form)


@routes.get("/v1/staff/companies/{company_id}/manual-tiers", scope="staff.tiers.read", query=ManualTiersQuery)
def list_manual_tiers(call: Call, company_id: str) -> ManualTierPage:
    """List the manual tiers of a company with their states."""
    return call.page(ManualTierPage, service.page, call.context, company_id)


@routes.get("/v1/staff/manual-tiers", scope="staff.tiers.read", query=ManualTiersQuery)
def list_all_manual_tiers(call: Call) -> ManualTierPage:
    """List the manual tiers of all companies with their states, newest first."""
    return call.page(ManualTierPage, service.every, call.context)


@routes.get("/v1/staff/companies/{company_id}/manual-tiers/{grant_id}", scope="staff.tiers.read")
def show_manual_tier(call: Call, company_id: str, grant_id: str) -> ManualTierView:
    """Show a manual tier."""
    return service.show(call.context, company_id, grant_id)


@routes.post(
    "/v1/staff/companies/{company_id}/manual-tiers/{grant_id}/withdraw",
    scope="staff.tiers.grant",
    keyed=True,
    problems=("wrong_state",),
)
def withdraw_manual_tier(call: Call, form: ManualTierWithdrawalForm, company_id: str, grant_id: str) -> ManualTierView:
    """End a manual tier today. The days before today keep it."""
    return service.withdraw(call.answering(), company_id, grant_id, call.principal.for_member(), form)
