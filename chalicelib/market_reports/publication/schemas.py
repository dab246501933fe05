from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.campaigns import Conditions, SlotText
from chalicelib.market_reports.contents.model import FileType
from chalicelib.market_reports.publication.model import ReportChart
from chalicelib.market_reports.publication.rules import ReportState
from chalicelib.platform import Form, Language, ListPage, NameOf, View, narrowed
from chalicelib.platform.fields import Day, FileName, Identifier, Moment, Title
from chalicelib.platform.files.uploads import Upload

MOST_CHARACTERS = 100_000
Segment = Annotated[str, Field(min_length=1, max_length=60, examples=["LED panels"])]
Topic = Annotated[str, Field(max_length=40, description="One of the club's topics of letters.")]
Note = Annotated[str, Field(max_length=500, description="The changes, for readers of the version before.")]


class ReportContentForm(Form):
    """The content of a report. Without a Russian text, all readers get the other one."""

    title: Title = Field(examples=["LED panels, third quarter"])
    title_ru: Title = Field(examples=["Светодиодные панели, третий квартал"])
    segment: Segment = Field(description="Market segment of the report.")
    topic: Topic | None = None
    period_from: Day | None = Field(default=None, description="The first day that the report is about.")
    period_to: Day | None = Field(default=None, description="The last one.")
    languages: list[Language] = Field(
        default=["en", "ru"], min_length=1, max_length=2, description="Languages of its texts and files, for filters."
    )
    summary: str = Field(
        min_length=1, max_length=1000, description="For the list of reports.", examples=["Prices fell by 4 %."]
    )
    summary_ru: str | None = Field(default=None, min_length=1, max_length=1000, examples=["Цены упали на 4 %."])
    body: str = Field(
        default="",
        max_length=MOST_CHARACTERS,
        description="Markdown. Both texts together must fit into one request. May be empty for a report of files.",
        examples=["# Prices\n\nDown by 4 %."],
    )
    body_ru: str | None = Field(
        default=None, min_length=1, max_length=MOST_CHARACTERS, examples=["# Цены\n\nМинус 4 %."]
    )
    charts: list[ReportChart] = Field(default=[], max_length=10, description="Shown after the text.")
    audience: Conditions | None = Field(
        default=None, description="Its readers, among those with a complete profile; by default all of them."
    )
    segment_id: Identifier | None = Field(
        default=None, description="A saved segment instead: its conditions, as they are now, become the audience."
    )

    @field_validator("period_to")
    @classmethod
    def _not_before_first(cls, last: Day | None, others: ValidationInfo) -> Day | None:
        first = others.data.get("period_from")
        if first and last and last < first:
            raise PydanticCustomError("range", "This is before the first day.")
        return last


class PublishForm(Form):
    """The moment from which readers see the draft."""

    from_: Moment | None = Field(default=None, alias="from", description="At once, if absent; at most a year ahead.")
    note: Note = ""
    note_ru: Note = ""
    notice_slot: SlotText | None = Field(
        default=None,
        description="Plans a letter to the audience on the report's topic, in this slot; no letter, if absent.",
        examples=["2026-12-01T12:30"],
    )


class WithdrawForm(Form):
    """The reason of a withdrawal."""

    reason: str = Field(min_length=3, max_length=500, description="For the staff.")


class ReportFileForm(Form):
    """A file to upload."""

    name: FileName
    content_type: FileType
    language: Language | None = Field(default=None, description="Null: for readers of any.")


class ReportFileView(View):
    """A file of a report."""

    file_id: str
    name: str
    content_type: FileType
    language: Language | None
    bytes: int


class DraftFileView(ReportFileView):
    """A file of a draft."""

    arrived: bool = Field(description="Uploaded, and found harmless.")


class ReportFileUploadView(View):
    """An upload to make. Confirm it afterwards."""

    file_id: str
    upload: Upload


class ReportVersionView(View):
    """A published version of a report."""

    number: int
    visible_from: str
    note: str = Field(description="The changes; empty for the first.")


class StaffReportVersionView(ReportVersionView):
    """A published version, and when another one took its place."""

    note_ru: str
    visible_until: str | None


class StaffReportSummaryView(View):
    """A report in the list of the staff."""

    report_id: str
    title: str
    segment: str
    state: ReportState
    draft: int | None = Field(description="The number of the version that is being written.")
    versions: list[StaffReportVersionView]
    created_by: str
    created_by_name: Annotated[str | None, NameOf("created_by")] = None
    created_at: str
    changed_by: str
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    changed_at: str
    withdrawn_by: str | None
    withdrawn_by_name: Annotated[str | None, NameOf("withdrawn_by")] = None
    withdrawn_reason: str | None


class StaffReportView(StaffReportSummaryView):
    """A report with its latest content: the draft, or else the last published version."""

    content: ReportContentForm
    files: list[DraftFileView]


StaffReportsQuery = narrowed(
    StaffReportSummaryView, same=("state", "segment", "created_by"), words=("title",), day=("created_at",)
)


class StaffReportPage(ListPage[StaffReportSummaryView]):
    pass


class PreviewQuery(Form):
    """The language of the preview."""

    language: Language | None = Field(default=None, description="By default the language of the request.")
