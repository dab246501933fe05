from chalicelib.bonuses.closing import service
from chalicelib.bonuses.volume.schemas import PeriodPage, closed_period, open_period
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="goods")

# --- the company ------------------------------------------------------------------------------------------------------


@routes.get("/v1/company/periods", scope="bonuses.read", query=PageQuery, answer=PeriodPage)
def list_periods(call: Call) -> PeriodPage:
    """Tell how far the company is in the volume programmes.

    The open periods with the volume so far, the bracket reached and what is missing to the next; and the closed ones with what was credited.
    """
    return _periods(call, call.principal.for_company())


@routes.get(
    "/v1/staff/companies/{company_id}/periods",
    scope="staff.bonuses.read",
    query=PageQuery,
    answer=PeriodPage,
    problems=("not_found",),
)
def list_periods_of_company(call: Call, company_id: str) -> PeriodPage:
    """Tell how far a company is in the volume programmes, as it sees it itself."""
    return _periods(call, company_id)


# --- what both see ----------------------------------------------------------------------------------------------------


def _periods(call: Call, company_id: str) -> PeriodPage:
    cursors = call.cursors()
    coming, page = service.periods_of(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    return PeriodPage(
        open=[open_period(programme, close, call.language) for programme, close in coming],
        items=[closed_period(period, call.language) for period in page.items],
        next_cursor=cursors.close(page.last),
    )
