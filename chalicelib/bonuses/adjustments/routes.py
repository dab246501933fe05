from chalicelib.bonuses.adjustments import service, store
from chalicelib.bonuses.adjustments.model import Adjustment
from chalicelib.bonuses.adjustments.schemas import (
    AdjustmentDecisionForm,
    AdjustmentForm,
    AdjustmentPage,
    AdjustmentsQuery,
    AdjustmentView,
)
from chalicelib.platform import Answer, Call, Routes

routes = Routes(__name__, tag="bonuses")


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments",
    scope="staff.bonuses.write",
    answer=AdjustmentView,
    status=201,
    keyed=True,
    problems=("not_enough_bonus",),
)
def adjust_bonuses(call: Call, form: AdjustmentForm, company_id: str) -> Adjustment:
    """Add bonuses, or take some away, with a reason.

    Above the club's limit the adjustment waits: nothing is posted until somebody else approves it.
    """
    staff_id = call.principal.for_member()
    return service.adjust(call.answering(_created), staff_id, company_id, form)


@routes.get("/v1/staff/bonus-adjustments", scope="staff.bonuses.read", query=AdjustmentsQuery)
def list_adjustments(call: Call) -> AdjustmentPage:
    """List the adjustments that wait for approval, oldest first."""
    return call.page(
        AdjustmentPage, store.adjustments_waiting, call.context.table, of=Adjustment, show=AdjustmentView.from_record
    )


@routes.get("/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}", scope="staff.bonuses.read")
def show_adjustment(call: Call, company_id: str, adjustment_id: str) -> AdjustmentView:
    """Show an adjustment: its author and reason, and the decision."""
    return AdjustmentView.from_record(service.adjustment_or_404(call.context, company_id, adjustment_id))


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/approve",
    scope="staff.bonuses.approve",
    answer=AdjustmentView,
    keyed=True,
    problems=("wrong_state", "four_eyes", "not_enough_bonus"),
)
def approve_adjustment(call: Call, form: AdjustmentDecisionForm, company_id: str, adjustment_id: str) -> Adjustment:
    """Approve an adjustment of somebody else: it is posted."""
    staff_id = call.principal.for_member()
    return service.approve(call.answering(AdjustmentView.from_record), staff_id, company_id, adjustment_id, form.note)


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/reject",
    scope="staff.bonuses.approve",
    answer=AdjustmentView,
    keyed=True,
    problems=("wrong_state",),
)
def reject_adjustment(call: Call, form: AdjustmentDecisionForm, company_id: str, adjustment_id: str) -> Adjustment:
    """Reject an adjustment: nothing is posted."""
    staff_id = call.principal.for_member()
    return service.reject(call.answering(AdjustmentView.from_record), staff_id, company_id, adjustment_id, form.note)


def _created(adjustment: Adjustment) -> Answer[AdjustmentView]:
    place = f"/v1/staff/companies/{adjustment.company_id}/bonus-adjustments/{adjustment.adjustment_id}"
    return Answer(AdjustmentView.from_record(adjustment), headers={"Location": place})
