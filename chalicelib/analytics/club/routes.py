"""The club's figures, for the staff."""

from chalicelib.analytics.club import figures
from chalicelib.analytics.club.companies import company_rows
from chalicelib.analytics.club.schemas import (
    BridgeQuery,
    BridgeView,
    ClubCompaniesQuery,
    ClubCompanyPage,
    ClubQuery,
    CohortsView,
    ConcentrationView,
    CustomersView,
    DashboardView,
    MovedCompaniesView,
    MoveQuery,
    SplitQuery,
    SplitView,
    TurnoverView,
)
from chalicelib.platform import Call, Routes

routes = Routes(__name__, tag="analytics")
SCOPE = "staff.analytics.read"


@routes.get("/v1/staff/dashboard", scope=SCOPE)
def show_dashboard(call: Call) -> DashboardView:
    """Show ten figures of the last complete month, compared with the same month of the year before."""
    return figures.dashboard(call.context, call.language)


@routes.get("/v1/staff/analytics/turnover", scope=SCOPE, query=ClubQuery)
def show_turnover(call: Call) -> TurnoverView:
    """Show the club's turnover by month, with churn, the share of the ten largest, and the cost of discounts and bonuses."""
    return figures.turnover(call.context, call.query, call.language)


@routes.get("/v1/staff/analytics/bridge", scope=SCOPE, query=BridgeQuery)
def show_bridge(call: Call) -> BridgeView:
    """Show why the turnover changed: companies that are new, kept, grown, shrunk, lost and won back.

    The six add up to the change exactly, in all and for each name of `by`.
    """
    return figures.bridge(call.context, call.query, call.language)


@routes.get("/v1/staff/analytics/bridge/moved", scope=SCOPE, query=MoveQuery)
def show_moved_companies(call: Call) -> MovedCompaniesView:
    """Show the companies behind a move of the bridge, the largest changes first."""
    return figures.moved_companies(call.context, call.query)


@routes.get("/v1/staff/analytics/companies", scope=SCOPE, query=ClubCompaniesQuery)
def list_club_companies(call: Call) -> ClubCompanyPage:
    """List the companies behind a row of the club's figures, with what each of them adds.

    The row leads here by its `rows_url`. All pages are of the night of the figures, so they add up to the row exactly.
    """
    return call.page(ClubCompanyPage, company_rows, call.context, call.query)


@routes.get("/v1/staff/analytics/customers", scope=SCOPE, query=ClubQuery)
def show_customers(call: Call) -> CustomersView:
    """Show churn, reactivation, repeat and cross-sale rates by month."""
    return figures.customers(call.context, call.query, call.language)


@routes.get("/v1/staff/analytics/cohorts", scope=SCOPE, query=ClubQuery)
def show_cohorts(call: Call) -> CohortsView:
    """Show the companies by the quarter of their first purchase, and how many bought in each quarter since."""
    return figures.cohorts(call.context, call.query, call.language)


@routes.get("/v1/staff/analytics/concentration", scope=SCOPE, query=ClubQuery)
def show_concentration(call: Call) -> ConcentrationView:
    """Show the share of the ten largest companies in the turnover of twelve months, by month, and who they are."""
    return figures.concentration(call.context, call.query, call.language)


@routes.get("/v1/staff/analytics/split", scope=SCOPE, query=SplitQuery)
def show_split(call: Call) -> SplitView:
    """Show the turnover of a period by region, manager, distributor, tier, brand, category or first quarter."""
    return figures.split(call.context, call.query, call.language)
