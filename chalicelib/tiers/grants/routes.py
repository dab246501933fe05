from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.tiers.grants import service
from chalicelib.tiers.grants.schemas import ManualTier, ManualTierForm, ManualTiers, WithdrawalForm

routes = Routes(__name__, tag="tiers")

# --- manual tiers -----------------------------------------------------------------------------------------------------


@routes.post(
    "/v1/staff/companies/{company_id}/manual-tiers",
    scope="staff.tiers.grant",
    body=ManualTierForm,
    answer=ManualTier,
    status=201,
    keyed=True,
    problems=("not_found",),
)
def grant_manual_tier(call: Call, company_id: str) -> ManualTier:
    """Grant a company a tier for some days, whatever it bought.

    It never lowers what purchases give. The reason and who gave it are kept, and the company's people hear of it by letter if its tier
    changes.
    """

    def answer(shown: ManualTier) -> Answer:
        return Answer(shown, headers={"Location": f"/v1/staff/companies/{company_id}/manual-tiers/{shown.grant_id}"})

    return service.grant(call.answering(answer), company_id, call.principal.for_member(), call.body)


@routes.get(
    "/v1/staff/companies/{company_id}/manual-tiers",
    scope="staff.tiers.read",
    query=PageQuery,
    answer=ManualTiers,
)
def list_manual_tiers(call: Call, company_id: str) -> ManualTiers:
    """List the tiers that a company was granted, with what became of them."""
    cursors = call.cursors()
    items, last = service.granted(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    return ManualTiers(items=items, next_cursor=cursors.close(last))


@routes.get(
    "/v1/staff/companies/{company_id}/manual-tiers/{grant_id}",
    scope="staff.tiers.read",
    answer=ManualTier,
    problems=("not_found",),
)
def show_manual_tier(call: Call, company_id: str, grant_id: str) -> ManualTier:
    """Read one manual tier."""
    return service.one(call.context, company_id, grant_id)


@routes.post(
    "/v1/staff/companies/{company_id}/manual-tiers/{grant_id}/withdraw",
    scope="staff.tiers.grant",
    body=WithdrawalForm,
    answer=ManualTier,
    keyed=True,
    problems=("not_found", "wrong_state"),
)
def withdraw_manual_tier(call: Call, company_id: str, grant_id: str) -> ManualTier:
    """End a manual tier today. The days on which it was in force stay as they were."""
    return service.withdraw(call.answering(), company_id, grant_id, call.principal.for_member(), call.body)
