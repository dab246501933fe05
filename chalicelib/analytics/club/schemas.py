"""The queries and the views of the club's figures."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from chalicelib.analytics.club.rules import Split
from chalicelib.platform.fields import Month
from chalicelib.platform.http.forms import Form, View
from chalicelib.platform.money import Money
from chalicelib.sales import Exact

Against = Literal["month", "year"]


class ClubQuery(Form):
    first: Month | None = Field(default=None, alias="from", description="First month; by default the eleventh before.")
    last: Month | None = Field(default=None, alias="to", description="Last month; by default the last that is over.")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="The club's own by default.")


class BridgeQuery(ClubQuery):
    against: Against = Field(default="month", description="The month before, or the same month of the year before.")


class SplitQuery(ClubQuery):
    by: Split = Field(default="region", description="`cohort`: the quarter in which companies bought first.")


class _Figures(View):
    model_config = ConfigDict(serialize_by_alias=True)

    currency: str
    first: date = Field(serialization_alias="from", description="First day of the period.")
    last: date = Field(serialization_alias="to", description="Last day of the period.")
    as_of: str | None = Field(description="The moment of the fold; null before the first one. It runs every night.")
    formulas: dict[str, str] = Field(description="By field, how it is counted, in the reader's language.")
    row_count: int


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


class TurnoverView(_Figures):
    """The club's turnover by month. The rows add up to `net`."""

    net: Money
    rows: list[TurnoverRowView]


class MoveView(View):
    move: Literal["new", "kept", "grown", "shrunk", "lost", "won_back"]
    companies: int
    change: Money


class BridgeRowView(View):
    month: str
    before: Money
    net: Money
    change: Money = Field(description="net - before: the sum of the moves, exactly.")
    moves: list[MoveView]


class BridgeView(_Figures):
    """Why the turnover changed, month by month: six moves that add up to the change."""

    rows: list[BridgeRowView]


class SplitRowView(View):
    name: str = Field(
        description="Region, id of a manager or distributor, or quarter. Empty: nobody told. `*`: all others."
    )
    net: Money
    share_percent: Exact | None
    months: list[Money] = Field(description="By month of the period.")
    companies: list[int] = Field(description="Companies that bought, by month of the period.")


class SplitView(_Figures):
    """The turnover of a period by region, manager, distributor or cohort. The rows add up to `net`."""

    net: Money
    rows: list[SplitRowView]


class DashboardFigureView(View):
    name: str
    value: str | None = Field(
        description="An amount in the currency, a number or a percentage, as `unit` says; null before the first night, and where nothing can be counted."
    )
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
