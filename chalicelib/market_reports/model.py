"""A market report, in one language."""

from pydantic import Field

from chalicelib.platform.model import Record


class ReportCard(Record):
    """A report as lists show it, in the reader's language."""

    report_id: str
    title: str
    segment: str
    summary: str
    published_at: str


class Report(ReportCard):
    """A report to read."""

    body: str = Field(description="Markdown.")
