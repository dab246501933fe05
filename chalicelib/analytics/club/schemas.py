"""The queries and the views of the club's figures."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.analytics.club.rules import Against, Move, Split
from chalicelib.platform import CURRENCY, ChartView, CursorPage, Form, Money, Month, PageQuery, View
from chalicelib.sales import Exact


class ClubPeriod(Form):
    first: Month | None = Field(default=None, alias="from", description="First month; by default the eleventh before.")
    last: Month | None = Field(default=None, alias="to", description="Last month; by default the last that is over.")
    currency: str | None = Field(default=None, pattern=CURRENCY, description="The club's own by default.")


class ClubQuery(ClubPeriod):
    chart: bool = Field(default=False, description="Draw a chart of the rows as well.")


class BridgeQuery(ClubQuery):
    against: Against = Field(default="month", description="The month before, or the same month of the year before.")
    by: Split | None = Field(default=None, description="A bridge for each name, of the last 13 months at most.")


class MoveQuery(Form):
    month: Month | None = Field(default=None, description="One of the last 13; by default the last that is over.")
    move: Move = Field(default="lost", description="As in the bridge.")
    against: Against = Field(default="month", description="As in the bridge.")
    currency: str | None = Field(default=None, pattern=CURRENCY, description="The club's own by default.")


class ClubCompaniesQuery(ClubPeriod, PageQuery):
    by: Split | None = Field(default=None, description="As in the split and in the bridge.")
    name: str = Field(
        default="", max_length=200, description="With `by`, the row's `name`; `*` for all others together."
    )
    move: Move | None = Field(default=None, description="Only companies of this move of the bridge, of one month.")
    against: Against = Field(default="month", description="With `move`, as in the bridge.")
    idle: bool = Field(default=False, description="Companies that bought earlier only, too.")


class SplitQuery(ClubQuery):
    by: Split = Field(
        default="region",
        description="`cohort`: the quarter in which companies bought first; `tier`: as it was at the end of the month. `brand` and `category` are those of "
        "the last three years.",
    )


class _Figures(View):
    model_config = ConfigDict(serialize_by_alias=True)

    currency: str
    first: date = Field(serialization_alias="from", description="First day of the period.")
    last: date = Field(serialization_alias="to", description="Last day of the period.")
    as_of: str | None = Field(description="The moment of the nightly fold; null before the first.")
    formulas: dict[str, str] = Field(description="The formula of each field.")
    row_count: int
    chart: ChartView | None = Field(description="With `chart=true`.")


class TurnoverRowView(View):
    month: str
    net: Money
    year_before: Money
    change_percent: Exact | None
    active: int = Field(description="Companies that bought.")
    orders: int
    largest_percent: Exact | None = Field(description="Share of the ten largest companies.")
    churn_percent: Exact | None = Field(description="Companies lost, of those that bought the month before.")
    saved: Money
    saved_percent: Exact | None = Field(description="Discounts, of the turnover at base prices.")
    credited: Money = Field(description="Bonuses credited, less what returns took back.")
    credited_percent: Exact | None = Field(description="Of the turnover.")
    rows_url: str = Field(description="Its companies.")


class TurnoverView(_Figures):
    """The club's turnover by month. The rows add up to `net`."""

    net: Money
    rows: list[TurnoverRowView]


class MoveView(View):
    move: Move
    companies: int
    change: Money
    rows_url: str = Field(description="Its companies.")


class BridgeRowView(View):
    month: str
    name: str = Field(description="With `by`, as in the split; else empty.")
    title: str
    before: Money
    net: Money
    change: Money = Field(description="net - before: the sum of the moves, exactly.")
    moves: list[MoveView]


class BridgeView(_Figures):
    """The changes of the turnover, month by month: six moves that add up to the change."""

    rows: list[BridgeRowView]


class ClubCompanyView(View):
    """A company behind a row of the club's figures. Months are those of the period that was asked for."""

    company_id: str
    name: str
    before: Money | None = Field(description="With `move`: in the earlier month.")
    net: Money = Field(description="With `by`, under the name.")
    saved: Money
    credited: Money
    orders: int
    first_month: str | None = Field(description="The month of its first purchase.")
    recent_orders: int = Field(description="Of three months, with the last one of the period.")
    recent_categories: int = Field(description="Of the same months: known categories that it bought of.")
    net_of_year: Money = Field(description="Of twelve months, with the last one of the period.")
    yearly_total: int | None = Field(description="Its purchases from all suppliers in a year, if known.")
    rows_url: str = Field(description="Its own analytics.")


class ClubCompanyPage(CursorPage[ClubCompanyView]):
    """A page may hold fewer companies than asked for, and still have a next one."""


class MoverView(View):
    company_id: str
    name: str
    before: Money
    net: Money
    change: Money
    rows_url: str = Field(description="Its own analytics.")


class MovedCompaniesView(View):
    """The 100 companies with the largest changes. With `others` they add up to `change`."""

    companies: int
    change: Money
    others: Money
    as_of: str | None
    row_count: int
    rows: list[MoverView]


class SplitRowView(View):
    name: str = Field(description="Code, id, brand, category or quarter. Empty: unknown. `*`: all others.")
    title: str = Field(description="The name for people, where it differs.")
    net: Money
    share_percent: Exact | None
    months: list[Money] = Field(description="By month of the period.")
    companies: list[int] = Field(description="Companies that bought, by month of the period.")
    rows_url: str = Field(description="Its companies.")


class SplitView(_Figures):
    """The turnover of a period, split by a trait of companies or goods. The rows add up to `net`."""

    net: Money
    rows: list[SplitRowView]


class CustomersRowView(View):
    month: str
    active: int = Field(description="Companies that bought.")
    known: int = Field(description="Companies that had bought before the month.")
    new: int
    won_back: int
    lost: int
    churn_percent: Exact | None
    reactivation_percent: Exact | None
    repeat_percent: Exact | None
    cross_sale_percent: Exact | None
    wallet_percent: Exact | None = Field(description="Share of wallet.")
    wallet_companies: int = Field(description="Companies with a yearly total.")
    rows_url: str = Field(description="Its companies, and those that bought earlier only.")


class CustomersView(_Figures):
    """Companies that came, came again, came back and left, by month."""

    rows: list[CustomersRowView]


class CohortQuarterView(View):
    quarter: str
    companies: int = Field(description="Companies of the cohort that bought.")
    retained_percent: Exact | None
    net: Money
    mature: bool = Field(description="Whether the quarter is over.")
    rows_url: str = Field(description="Its companies.")


class CohortView(View):
    cohort: str = Field(description="The quarter in which its companies bought first.")
    companies: int
    quarters: list[CohortQuarterView]


class CohortsView(_Figures):
    """Companies by the quarter of their first purchase, and what they bought since."""

    rows: list[CohortView]


class LargeCompanyView(View):
    company_id: str
    name: str
    net: Money
    share_percent: Exact | None
    rows_url: str = Field(description="Its own analytics.")


class ConcentrationMonthView(View):
    month: str
    net: Money = Field(description="Of the twelve months that end with this one, all companies.")
    largest_percent: Exact | None
    rows_url: str = Field(description="Its companies.")


class ConcentrationView(_Figures):
    """The share of the ten largest companies of twelve months, by month, and who they are at the end."""

    rows: list[ConcentrationMonthView]
    largest: list[LargeCompanyView]


class DashboardFigureView(View):
    name: str
    value: str | None = Field(description="Null before the first night, and where nothing can be counted.")
    unit: Literal["money", "percent", "number"]
    year_before: str | None
    formula: str
    rows_url: str


class DashboardView(View):
    """Ten figures of the last month that is over."""

    month: str
    currency: str
    as_of: str | None
    figures: list[DashboardFigureView]
