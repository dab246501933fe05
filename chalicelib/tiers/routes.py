"""Where do I stand, and the tiers that managers grant."""

from chalicelib.platform.http.forms import PageQuery, Text
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.tiers import grant_service, service
from chalicelib.tiers.grant_schemas import ManualTier, ManualTierForm, ManualTiers, WithdrawalForm
from chalicelib.tiers.schemas import StandingAnswer, StandingQuery, standing_json

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier", scope="company.read", answer=StandingAnswer)
def company_tier(call: Call) -> Text:
    """Tell where the caller's company stands.

    The tier in force and until when it is safe, the purchases that count, what is missing to the next step, which purchases leave
    when, what follows, and the smallest order that keeps or lifts the tier.
    """
    standing = service.standing(call.work, call.principal.for_company())
    return Text(content=standing_json(standing, call.language))


@routes.get(
    "/v1/staff/companies/{company_id}/tier",
    scope="staff.companies.read",
    query=StandingQuery,
    answer=StandingAnswer,
    problems=("not_found",),
)
def tier_of_company(call: Call, company_id: str) -> Text:
    """Tell where a company stands today, or would have stood on another day.

    Without `as_of`: the same as the company sees. With it: the tier in force on that day by the purchases as they are known now,
    corrections included, and what would follow if nothing had been bought or given back after it.
    """
    standing = service.standing_for_staff(call.work, company_id, call.query.as_of)
    return Text(content=standing_json(standing, call.language))


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

    return grant_service.grant(call.answering(answer), company_id, call.principal.for_member(), call.body)


@routes.get(
    "/v1/staff/companies/{company_id}/manual-tiers",
    scope="staff.tiers.read",
    query=PageQuery,
    answer=ManualTiers,
)
def list_manual_tiers(call: Call, company_id: str) -> ManualTiers:
    """List the tiers that a company was granted, with what became of them."""
    cursors = call.cursors()
    items, last = grant_service.granted(call.work, company_id, call.query.limit, cursors.open(call.query.cursor))
    return ManualTiers(items=items, next_cursor=cursors.close(last))


@routes.get(
    "/v1/staff/companies/{company_id}/manual-tiers/{grant_id}",
    scope="staff.tiers.read",
    answer=ManualTier,
    problems=("not_found",),
)
def show_manual_tier(call: Call, company_id: str, grant_id: str) -> ManualTier:
    """Read one manual tier."""
    return grant_service.one(call.work, company_id, grant_id)


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
    return grant_service.withdraw(call.answering(), company_id, grant_id, call.principal.for_member(), call.body)
