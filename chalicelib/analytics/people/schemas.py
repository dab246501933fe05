"""The query and the views of the club's people."""

from pydantic import Field

from chalicelib.platform import ChartView, Form, View
from chalicelib.sales import Exact


class PeopleQuery(Form):
    chart: bool = Field(default=False, description="Draw a chart of the rows as well.")


class PeopleRowView(View):
    quarter: str
    until: str = Field(description="The last day that is counted.")
    as_of: str = Field(description="The moment of the count.")
    mature: bool = Field(description="Whether the quarter is over. If not, it is compared with a whole one.")
    joined: int
    members: int
    complete: int
    complete_percent: Exact | None
    active: int
    visits: int
    joined_growth_percent: Exact | None
    members_growth_percent: Exact | None
    complete_growth_percent: Exact | None
    active_growth_percent: Exact | None
    visits_growth_percent: Exact | None


class PeopleView(View):
    """The people of partners by quarter, the earliest first. They are counted every night."""

    formulas: dict[str, str] = Field(description="The formula of each field.")
    row_count: int
    rows: list[PeopleRowView]
    chart: ChartView | None = Field(description="With `chart=true`.")
