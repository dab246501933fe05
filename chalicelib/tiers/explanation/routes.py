"""The explanation of a tier, for the company and for the staff."""

from chalicelib.platform import Call, Routes
from chalicelib.tiers.explanation.schemas import ExplainQuery, TierExplanationView
from chalicelib.tiers.explanation.service import explain

routes = Routes(__name__, tag="tiers")


@routes.get("/v1/company/tier/explain", scope="company.read", query=ExplainQuery)
def explain_tier(call: Call) -> TierExplanationView:
    """Explain the tier of your company on a day, today or earlier.

    `known_then` is the tier by the facts recorded before the day ended. `known_now` is the tier of the same day by the facts known today.
    `corrections` are the documents in which the two differ. Each document that bears on the day is listed with the reason why it counts or
    does not.
    """
    return _answer(call, call.principal.for_company(), for_staff=False)


@routes.get("/v1/staff/companies/{company_id}/tier/explain", scope="staff.companies.read", query=ExplainQuery)
def explain_company_tier(call: Call, company_id: str) -> TierExplanationView:
    """Explain the tier of a company on a day, today or earlier.

    The answer is the one that the company sees; a manual tier also has its author and reason.
    """
    return _answer(call, company_id, for_staff=True)


def _answer(call: Call, company_id: str, *, for_staff: bool) -> TierExplanationView:
    query: ExplainQuery = call.query
    found = explain(call.context, company_id, query.as_of)
    cursors = call.cursors()
    after = cursors.open(query.cursor)
    rows = [row for row in found.rows if after is None or row.order < after["after"]]
    page, rest = rows[: query.limit], rows[query.limit :]
    answer = TierExplanationView.of(found, page, call.language, for_staff=for_staff)
    return answer.model_copy(update={"next_cursor": cursors.close({"after": page[-1].order}) if rest else None})
