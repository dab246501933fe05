"""Where do I stand, and the tiers that managers grant."""

from chalicelib.platform.http.forms import Text
from chalicelib.platform.http.routes import Call, Routes
from chalicelib.tiers.standing import service
from chalicelib.tiers.standing.schemas import StandingAnswer, StandingQuery, standing_json

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier", scope="company.read", answer=StandingAnswer)
def company_tier(call: Call) -> Text:
    """Tell where the caller's company stands.

    The tier in force and until when it is safe, the purchases that count, what is missing to the next step, which purchases leave
    when, what follows, and the smallest order that keeps or lifts the tier.
    """
    standing = service.standing_of(call.context, call.principal.for_company())
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
    standing = service.standing_for_staff(call.context, company_id, call.query.as_of)
    return Text(content=standing_json(standing, call.language))
