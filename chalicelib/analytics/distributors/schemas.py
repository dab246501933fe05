"""The query and the views of the service of distributors."""

from pydantic import Field

from chalicelib.platform import ChartView, Form, Month, View
from chalicelib.sales import Exact


class DistributorsQuery(Form):
    first: Month | None = Field(default=None, alias="from", description="First month; by default the second before.")
    last: Month | None = Field(default=None, alias="to", description="Last month; by default the running one.")
    chart: bool = Field(default=False, description="Draw a chart of the last month as well.")


class DistributorMonthView(View):
    month: str
    distributor_id: str
    name: str
    orders: int
    due: int
    in_time_percent: Exact | None
    answered: int
    answer_hours: Exact | None
    rejected_percent: Exact | None
    cut_percent: Exact | None
    shipped: int
    ship_hours: Exact | None
    as_of: str = Field(description="The moment of the count.")
    rows_url: str = Field(description="The orders of the month, with those that were taken back before an answer.")


class DistributorsView(View):
    """The service of distributors by month of placing, the earliest month first; counted every night, a month until the second after it is over."""

    formulas: dict[str, str] = Field(description="The formula of each field.")
    row_count: int
    rows: list[DistributorMonthView]
    chart: ChartView | None = Field(description="With `chart=true`.")
