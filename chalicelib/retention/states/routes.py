"""The rhythm of a company, for the staff."""

from chalicelib.platform import Call, Routes
from chalicelib.retention.states import service
from chalicelib.retention.states.schemas import RhythmQuery, RhythmView

routes = Routes(__name__, tag="companies")


@routes.get("/v1/staff/companies/{company_id}/rhythm", scope="staff.companies.read", query=RhythmQuery)
def show_rhythm(call: Call, company_id: str) -> RhythmView:
    """Show the purchase rhythm of a company today or on another day.

    The state with its first day, the probabilities, the orders and the turnover to expect, the window of the next order, and the order days
    behind them. With `as_of` they are computed from the purchases known now, corrections included, as if nothing had been bought or
    returned after that day.
    """
    return service.explain(call.context, company_id, call.query.as_of, call.language)
