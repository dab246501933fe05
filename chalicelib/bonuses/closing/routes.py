from chalicelib.bonuses.closing import service
from chalicelib.bonuses.volume.schemas import PeriodPage, closed_period, open_period
from chalicelib.bonuses.volume.store import ClosedPeriod
from chalicelib.platform import Call, PageQuery, Routes
from chalicelib.table import from_item

routes = Routes(__name__, tag="goods")


@routes.get("/v1/company/periods", scope="bonuses.read", query=PageQuery)
def list_periods(call: Call) -> PeriodPage:
    """List the company's periods in the volume programmes.

    Open periods come with the volume so far, the bracket reached and the volume missing to the next; closed ones with their credit.
    """
    return _periods(call, call.principal.for_company())


@routes.get("/v1/staff/companies/{company_id}/periods", scope="staff.bonuses.read", query=PageQuery)
def list_periods_of_company(call: Call, company_id: str) -> PeriodPage:
    """List a company's periods in the volume programmes, as the company sees them."""
    return _periods(call, company_id)


def _periods(call: Call, company_id: str) -> PeriodPage:
    cursors = call.cursors()
    coming, page = service.periods_of(call.context, company_id, call.query.limit, cursors.open(call.query.cursor))
    return PeriodPage(
        open=[open_period(programme, close, call.language) for programme, close in coming],
        items=[closed_period(from_item(ClosedPeriod, item), call.language) for item in page.items],
        next_cursor=cursors.close(page.last),
    )
