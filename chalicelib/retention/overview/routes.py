"""The quiet companies, for the head of sales."""

from chalicelib.platform import Call, ListQuery, Routes
from chalicelib.retention.overview import service
from chalicelib.retention.overview.schemas import (
    LatePage,
    LateQuery,
    ManagerOverviewPage,
    MonthOverviewPage,
    OverviewView,
    QuietCompaniesQuery,
    QuietPage,
    ReasonOverviewPage,
)

routes = Routes(__name__, tag="retention")


@routes.get("/v1/staff/retention/overview", scope="staff.retention.read")
def show_overview(call: Call) -> OverviewView:
    """Show the turnover at risk by manager, reason and month, and the work on the lists.

    The figures are those of last night; its managers, reasons and months are lists, too, of which `POST /v1/list-files` makes files. Late
    are companies that have waited for a call for more than a month. Months show how the dormant share moves.
    """
    return service.show(call.context)


@routes.get("/v1/staff/retention/managers", scope="staff.retention.read", query=ListQuery)
def list_retention_managers(call: Call) -> ManagerOverviewPage:
    """List the turnover at risk by manager, with the work on the lists.

    `POST /v1/list-files` makes a file of it, as CSV or XLSX.
    """
    return call.page(ManagerOverviewPage, service.list_managers, call.context)


@routes.get("/v1/staff/retention/reasons", scope="staff.retention.read", query=ListQuery)
def list_retention_reasons(call: Call) -> ReasonOverviewPage:
    """List the turnover at risk by the last reason that the companies named."""
    return call.page(ReasonOverviewPage, service.list_reasons, call.context)


@routes.get("/v1/staff/retention/months", scope="staff.retention.read", query=ListQuery)
def list_retention_months(call: Call) -> MonthOverviewPage:
    """List the turnover at risk at the end of each month, with the dormant share of all companies."""
    return call.page(MonthOverviewPage, service.list_months, call.context)


@routes.get("/v1/staff/retention/companies", scope="staff.retention.read", query=QuietCompaniesQuery)
def list_quiet_companies(call: Call) -> QuietPage:
    """List the companies in a state of silence, the longest first.

    Besides the state by rhythm there is the plain rule: whether the purchases of the last 90 days are below the lowest step of the tiers.
    """
    return call.page(QuietPage, service.list_quiet, call.context, call.query.state)


@routes.get("/v1/staff/retention/late", scope="staff.retention.read", query=LateQuery)
def list_late_cases(call: Call) -> LatePage:
    """List a manager's companies that wait for a call for more than a month."""
    return call.page(LatePage, service.list_late, call.context, call.query.manager_id)
