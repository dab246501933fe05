"""A market report as records: its versions, and the content of each."""

from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from chalicelib.market_reports.contents.model import FileType
from chalicelib.platform.text import Language


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


Texts = dict[Language, str]
"""The long text of a version in each language."""
