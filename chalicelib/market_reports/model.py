"""A market report, in one language."""

from pydantic import Field

from chalicelib.platform.model import Record


class ReportSummaryView(Record):
    """The summary of a report, in the reader's language."""

    report_id: str
    title: str
    segment: str
    summary: str
    published_at: str


class ReportView(ReportSummaryView):
    """A report, in the reader's language."""

    body: str = Field(description="Markdown.")
