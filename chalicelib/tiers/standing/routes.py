"""A company's standing, for the company and for the staff."""

from chalicelib.platform import Call, Routes, Text
from chalicelib.tiers.standing import service
from chalicelib.tiers.standing.schemas import StandingQuery, StandingView, standing_json

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier", scope="company.read", answer=StandingView, by_token=True)
def show_tier(call: Call) -> Text:
    """Show the tier of your company.

    The answer has the tier in force and its last safe day, the purchases that count, the sum missing to the next step, the smallest
    orders that keep or lift the tier, and a calendar of the days on which purchases leave the window.
    """
    standing = service.standing_of(call.context, call.principal.for_company())
    return Text(content=standing_json(standing, call.language))


@routes.get(
    "/v1/staff/companies/{company_id}/tier", scope="staff.companies.read", query=StandingQuery, answer=StandingView
)
def show_company_tier(call: Call, company_id: str) -> Text:
    """Show the tier of a company today or on another day.

    Without `as_of`, the answer is the one that the company sees. With it, the tier of that day is computed from the purchases known
    now, corrections included, as if the company had bought and returned nothing after that day.
    """
    standing = service.standing_for_staff(call.context, company_id, call.query.as_of)
    return Text(content=standing_json(standing, call.language))
