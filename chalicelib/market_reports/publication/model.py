"""A market report as records: its versions, and the content of each."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.market_reports.contents.model import FileType
from chalicelib.platform import Language, Written
from chalicelib.platform.charts import MOST_SERIES, Chart, Kind, Series

ChartValue = Annotated[Decimal, Field(max_digits=18, decimal_places=6)]
ChartLabel = Annotated[str, Field(min_length=1, max_length=60)]


class Version(NamedTuple):
    """A published version. It is shown from `visible_from` until `visible_until`, two moments; empty: without an end. `note`: what changed."""

    number: int
    visible_from: str
    visible_until: str = ""
    note: str = ""
    note_ru: str = ""


class ReportFile(NamedTuple):
    """A file of a report. `object`: its name in the bucket; empty until the upload is checked. `language`: empty for any."""

    file_id: str
    name: str
    content_type: FileType
    language: str
    member_id: str
    at: str
    bytes: int = 0
    object: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report without its content. `draft`: the number of the version that is being written; 0: none. `revision` counts changes."""

    report_id: str
    title: str
    title_ru: str
    segment: str
    created_by: str
    created_at: str
    changed_by: str
    changed_at: str
    draft: int = 0
    versions: tuple[Version, ...] = ()
    withdrawn_at: str = ""
    withdrawn_by: str = ""
    withdrawn_reason: str = ""
    revision: int = 1

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.title


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The content of one version, without its long texts. `audience`: the JSON of conditions; None for every reader.

    `visible_from`, `visible_until`: as of the version; empty in a draft.
    """

    report_id: str
    number: int
    title: str
    title_ru: str
    segment: str
    topic: str = ""
    period_from: date | None = None
    period_to: date | None = None
    languages: tuple[Language, ...]
    summary: str
    summary_ru: str = ""
    audience: str | None = None
    segment_id: str = ""
    files: tuple[ReportFile, ...] = ()
    visible_from: str = ""
    visible_until: str = ""

    def title_in(self, language: Language) -> str:
        return self.title_ru if language == "ru" else self.title

    def summary_in(self, language: Language) -> str:
        return (self.summary_ru or self.summary) if language == "ru" else self.summary

    def shown_from(self, at: str, files: tuple[ReportFile, ...]) -> "Content":
        """The draft as it would be with these files, if it were published at this moment."""
        return replace(self, visible_from=at, files=files)


@dataclass(frozen=True, slots=True)
class DraftFiles:
    """The files of a draft, the oldest first. `revision` 0: there were none so far."""

    files: tuple[ReportFile, ...] = ()
    revision: int = 0


class ChartSeries(Written):
    """A series of a chart."""

    name: str = Field(default="", max_length=60, description="May be empty where there is one series.")
    name_ru: str = Field(default="", max_length=60)
    values: list[ChartValue | None] = Field(
        max_length=60, description="A value for each label; null where there is none."
    )


class ReportChart(Written):
    """A chart of a report. Without its Russian, a text is the same for all readers."""

    kind: Kind = Field(description="`rows`: a bar under each name. `stack`: what a sum is made of.")
    title: str = Field(min_length=1, max_length=120)
    title_ru: str = Field(default="", max_length=120)
    description: str = Field(min_length=1, max_length=300, description="A sentence for readers who hear the chart.")
    description_ru: str = Field(default="", max_length=300)
    unit: str = Field(default="", max_length=20)
    unit_ru: str = Field(default="", max_length=20)
    labels: list[ChartLabel] = Field(min_length=1, max_length=60)
    labels_ru: list[ChartLabel] = Field(default=[], max_length=60)
    series: list[ChartSeries] = Field(min_length=1, max_length=MOST_SERIES)

    @model_validator(mode="after")
    def _fits(self) -> "ReportChart":
        lengths = {len(each.values) for each in self.series} | ({len(self.labels_ru)} if self.labels_ru else set())
        if lengths != {len(self.labels)}:
            raise PydanticCustomError("labels", "Each series has a value for each label.")
        return self

    def in_language(self, language: Language) -> Chart:
        def text(name: str, of: Any = self) -> Any:
            return (language == "ru" and getattr(of, f"{name}_ru")) or getattr(of, name)

        series = tuple(Series(text("name", each), tuple(each.values)) for each in self.series)
        return Chart(
            text("title"), text("description"), self.kind, tuple(text("labels")), series, text("unit"), language
        )


class Body(NamedTuple):
    """The long texts of a version, by language, and its charts."""

    texts: dict[Language, str]
    charts: list[ReportChart]
