"""Where do I stand."""

from chalicelib.platform.http import Call, Routes
from chalicelib.tiers import service
from chalicelib.tiers.schemas import StandingAnswer, StandingQuery

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier", scope="company.read", answer=StandingAnswer)
def company_tier(call: Call) -> StandingAnswer:
    """Tell where the caller's company stands.

    The tier in force and until when it is safe, the purchases that count, what is missing to the next step, which purchases leave
    when, what follows, and the smallest order that keeps or lifts the tier.
    """
    standing = service.standing(call.work, call.principal.for_company())
    return StandingAnswer.of(standing, call.language)


@routes.get(
    "/v1/staff/companies/{company_id}/tier",
    scope="staff.companies.read",
    query=StandingQuery,
    answer=StandingAnswer,
    problems=("not_found",),
)
def tier_of_company(call: Call, company_id: str) -> StandingAnswer:
    """Tell where a company stands today, or would have stood on another day.

    Without `as_of`: the same as the company sees. With it: the tier in force on that day by the purchases as they are known now,
    corrections included, and what would follow if nothing had been bought or given back after it.
    """
    standing = service.standing_for_staff(call.work, company_id, call.query.as_of)
    return StandingAnswer.of(standing, call.language)
