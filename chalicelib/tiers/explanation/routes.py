"""Why a tier is what it is, or was."""

from chalicelib.platform.http.routes import Call, Routes
from chalicelib.tiers.explanation.schemas import ExplainQuery, TierExplanation
from chalicelib.tiers.explanation.service import explain

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier/explain", scope="company.read", query=ExplainQuery, answer=TierExplanation)
def explain_company_tier(call: Call) -> TierExplanation:
    """Explain the tier of the caller's company on a day, today or before.

    `known_then` is what was in force as the day ended, by all that was recorded by then; `known_now` is the same day by what is known
    today, and `corrections` are what became known in between. Each document that bears on the day is listed with the reason for which
    it counts or does not.
    """
    return _answer(call, call.principal.for_company(), for_staff=False)


@routes.get(
    "/v1/staff/companies/{company_id}/tier/explain",
    scope="staff.companies.read",
    query=ExplainQuery,
    answer=TierExplanation,
    problems=("not_found",),
)
def explain_tier_of_company(call: Call, company_id: str) -> TierExplanation:
    """Explain the tier of a company on a day, today or before.

    The same as the company sees, and of a manual tier also who gave it and why.
    """
    return _answer(call, company_id, for_staff=True)


def _answer(call: Call, company_id: str, *, for_staff: bool) -> TierExplanation:
    query: ExplainQuery = call.query
    found = explain(call.context, company_id, query.as_of)
    cursors = call.cursors()
    after = cursors.open(query.cursor)
    rows = [row for row in found.rows if after is None or row.order < after["after"]]
    page, rest = rows[: query.limit], rows[query.limit :]
    answer = TierExplanation.of(found, page, call.language, for_staff=for_staff)
    return answer.model_copy(update={"next_cursor": cursors.close({"after": page[-1].order}) if rest else None})
