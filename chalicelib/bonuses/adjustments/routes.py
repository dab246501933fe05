from chalicelib.bonuses.adjustments import service, store
from chalicelib.bonuses.adjustments.model import Adjustment
from chalicelib.bonuses.adjustments.schemas import AdjustmentAnswer, AdjustmentForm, AdjustmentPage, DecisionForm
from chalicelib.bonuses.ledger.routes import STEP
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes

routes = Routes(__name__, tag="bonuses")


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments",
    scope="staff.bonuses.write",
    body=AdjustmentForm,
    answer=AdjustmentAnswer,
    status=201,
    keyed=True,
    problems=("not_found", "not_enough_bonus"),
)
def adjust_bonuses(call: Call, company_id: str) -> Adjustment:
    """Add bonuses, or take some away, for a reason.

    Above the club's limit the adjustment waits, and nothing moves until somebody else approves it.
    """
    staff_id = call.principal.for_member()
    return service.adjust(call.answering(_asked), staff_id, company_id, call.body)


@routes.get("/v1/staff/bonus-adjustments", scope="staff.bonuses.read", query=PageQuery, answer=AdjustmentPage)
def list_adjustments(call: Call) -> AdjustmentPage:
    """List the adjustments that wait for approval, oldest first."""
    cursors = call.cursors()
    page = store.adjustments_waiting(call.context.table, call.query.limit, cursors.open(call.query.cursor))
    items = [AdjustmentAnswer.of(store.adjustment_of(item)) for item in page.items]
    return AdjustmentPage(items=items, next_cursor=cursors.close(page.last))


@routes.get(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}",
    scope="staff.bonuses.read",
    answer=AdjustmentAnswer,
    problems=("not_found",),
)
def show_adjustment(call: Call, company_id: str, adjustment_id: str) -> AdjustmentAnswer:
    """Read an adjustment: who asked for it and why, who decided."""
    return AdjustmentAnswer.of(service.adjustment_or_404(call.context, company_id, adjustment_id))


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/approve",
    scope="staff.bonuses.approve",
    body=DecisionForm,
    answer=AdjustmentAnswer,
    keyed=True,
    problems=(*STEP, "four_eyes", "not_enough_bonus"),
)
def approve_adjustment(call: Call, company_id: str, adjustment_id: str) -> Adjustment:
    """Post an adjustment that somebody else asked for."""
    staff_id = call.principal.for_member()
    return service.approve(call.answering(AdjustmentAnswer.of), staff_id, company_id, adjustment_id, call.body.note)


@routes.post(
    "/v1/staff/companies/{company_id}/bonus-adjustments/{adjustment_id}/reject",
    scope="staff.bonuses.approve",
    body=DecisionForm,
    answer=AdjustmentAnswer,
    keyed=True,
    problems=STEP,
)
def reject_adjustment(call: Call, company_id: str, adjustment_id: str) -> Adjustment:
    """Refuse an adjustment: nothing moves."""
    staff_id = call.principal.for_member()
    return service.reject(call.answering(AdjustmentAnswer.of), staff_id, company_id, adjustment_id, call.body.note)


def _asked(adjustment: Adjustment) -> Answer:
    place = f"/v1/staff/companies/{adjustment.company_id}/bonus-adjustments/{adjustment.adjustment_id}"
    return Answer(AdjustmentAnswer.of(adjustment), headers={"Location": place})
