"""Form and page of reports."""

from pydantic import Field

from chalicelib.market_reports.model import ReportSummaryView
from chalicelib.platform.fields import Title
from chalicelib.platform.http.forms import Form, View

MOST_CHARACTERS = 100_000


class ReportForm(Form):
    """A report to publish. Without a Russian text, all readers get the other one."""

    title: Title = Field(examples=["Street lighting, third quarter"])
    title_ru: Title = Field(examples=["Уличное освещение, третий квартал"])
    segment: str = Field(
        min_length=1, max_length=60, description="Market segment of the report.", examples=["street lighting"]
    )
    summary: str = Field(
        min_length=1, max_length=1000, description="For the list of reports.", examples=["Prices fell by 4 %."]
    )
    summary_ru: str | None = Field(default=None, min_length=1, max_length=1000, examples=["Цены упали на 4 %."])
    body: str = Field(
        min_length=1,
        max_length=MOST_CHARACTERS,
        description="Markdown. Both texts together must fit into one request.",
        examples=["# Prices\n\nDown by 4 %."],
    )
    body_ru: str | None = Field(
        default=None, min_length=1, max_length=MOST_CHARACTERS, examples=["# Цены\n\nМинус 4 %."]
    )


class ReportPage(View):
    """Reports, newest first."""

    items: list[ReportSummaryView]
    next_cursor: str | None
