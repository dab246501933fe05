"""The quiet companies, for the head of sales."""

from chalicelib.platform.files.csv import harmless, listing
from chalicelib.platform.http.forms import Text
from chalicelib.platform.http.routes import Answer, Call, Routes
from chalicelib.platform.money import money_text
from chalicelib.retention.overview import service
from chalicelib.retention.overview.schemas import LatePage, LateQuery, OverviewView, QuietCompaniesQuery, QuietPage

routes = Routes(__name__, tag="retention")

_COLUMNS = ("manager_id", "name", "at_risk", "dormant", "lost", "usual_sum", "listed", "done", "late")


@routes.get("/v1/staff/retention/overview", scope="staff.retention.read", answer=OverviewView)
def show_overview(call: Call) -> OverviewView:
    """Show what is at risk, by manager, by reason and by month, and the work on the lists.

    The figures are those of last night. Late is whoever waits for a call for more than a month.
    """
    return service.show(call.context)


@routes.get(
    "/v1/staff/retention/overview.csv",
    scope="staff.retention.read",
    answer=Text,
    content_type="text/csv; charset=utf-8",
)
def download_overview(call: Call) -> Answer:
    """Download the overview by manager as CSV for spreadsheets."""
    rows = [
        (
            each.manager_id or "",
            harmless(each.name or ""),
            each.at_risk,
            each.dormant,
            each.lost,
            money_text(each.usual_sum.amount),
            each.listed,
            each.done,
            each.late,
        )
        for each in service.show(call.context).managers
    ]
    content = listing(_COLUMNS, rows).decode("utf-8")
    return Answer(Text(content=content), headers={"Content-Disposition": 'attachment; filename="retention.csv"'})


@routes.get("/v1/staff/retention/companies", scope="staff.retention.read", query=QuietCompaniesQuery, answer=QuietPage)
def list_quiet_companies(call: Call) -> QuietPage:
    """List the companies in a state of silence, the longest first.

    Beside the state by rhythm stands the plain rule: whether the purchases of the last 90 days are below the lowest step of the tiers.
    """
    return call.page(QuietPage, service.list_quiet, call.context, call.query.state)


@routes.get("/v1/staff/retention/late", scope="staff.retention.read", query=LateQuery, answer=LatePage)
def list_late_cases(call: Call) -> LatePage:
    """List a manager's companies that wait for a call for more than a month."""
    return call.page(LatePage, service.list_late, call.context, call.query.manager_id)
