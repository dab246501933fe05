"""Queries and views of reports for readers."""

from datetime import date

from pydantic import Field

from chalicelib.market_reports.publication.schemas import ReportFileView, ReportVersionView, Segment, Topic
from chalicelib.market_reports.reading.rules import ReportSearch
from chalicelib.platform import ChartView, CursorPage, Language, PeriodQuery, View, narrowed


class ReportsQuery(PeriodQuery):
    """Reports by what they are about. All filters that are given hold together.

    A page may hold fewer reports than `limit`, or none; read on while there is a `next_cursor`.
    """

    segment: Segment | None = Field(default=None, description="Only reports on this market segment.")
    topic: Topic | None = None
    language: Language | None = Field(default=None, description="Only reports in this language.")
    new: bool = Field(default=False, description="Only what came since the last visit and was not read yet.")

    def search(self) -> ReportSearch:
        return ReportSearch(self.segment or "", self.topic or "", self.language, self.first, self.last)


class ReportSummaryView(View):
    """The summary of a report, in the reader's language."""

    report_id: str
    title: str
    segment: str
    topic: str | None
    period_from: date | None
    period_to: date | None
    languages: list[Language]
    summary: str
    version: int = Field(description="1 for the first; a correction is the next one.")
    published_at: str = Field(description="The moment from which this version is shown.")
    is_new: bool = Field(description="It came since the last visit, and was not read yet.")


class ReportPage(CursorPage[ReportSummaryView]):
    """Reports, newest first."""


class ReportView(ReportSummaryView):
    """A report, in the reader's language."""

    body: str = Field(description="Markdown.")
    charts: list[ChartView]
    versions: list[ReportVersionView] = Field(description="This version and those before it, the oldest first.")
    files: list[ReportFileView]


class ReportFileLinkView(ReportFileView):
    """A file with an address to download it from."""

    url: str = Field(description="Good for some minutes, without a token, as an attachment.")
    expires_at: str


class ReadingView(View):
    """A reading of a report."""

    at: str
    member_id: str
    name: str | None = Field(description="Null for somebody who has left.")
    company_id: str | None = Field(description="Null for the staff.")
    version: int
    file_id: str | None = Field(description="The file that was downloaded; null: the report was opened.")


ReadingsQuery = narrowed(ReadingView, same=("member_id", "company_id"), words=("name",), day=("at",))


class ReportFiguresView(View):
    """The readers of a report, without the staff."""

    readers: int = Field(description="Members who opened it or downloaded a file.")
    companies: int
    opened: int
    downloaded: int
    readers_by_version: dict[int, int] = Field(description="Readers by the number of the version that they saw last.")
