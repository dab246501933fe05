"""An issue of the content plan."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field

from chalicelib.platform.model import Written
from chalicelib.platform.text import Language

IssueClass = Literal["advertising", "content"]


class IssueState(StrEnum):
    """idea ──▶ draft ──▶ approved; each may become cancelled, and a change of an approved issue makes it a draft again."""

    IDEA = "idea"  # its texts or its segment are still to come
    DRAFT = "draft"  # whole, and not yet approved
    APPROVED = "approved"  # by somebody else than its author
    CANCELLED = "cancelled"


class Slot(NamedTuple):
    """A day and an hour in each member's own time zone."""

    day: date
    hour: time

    @property
    def text(self) -> str:
        return f"{self.day.isoformat()}T{self.hour:%H:%M}"

    @classmethod
    def of(cls, text: str) -> "Slot":
        moment = datetime.fromisoformat(text)
        return cls(moment.date(), moment.time())


class IssueText(Written):
    """A letter in one language, in Markdown."""

    subject: str = Field(min_length=1, max_length=150, pattern=r"^[^\x00-\x1f\x7f]+$")
    preview: str = Field(default="", max_length=200, description="What a mail program shows beside the subject.")
    body: str = Field(
        min_length=1,
        max_length=40_000,
        description="Markdown with the variables name, company, tier, discount_percent, club_name, portal_url, as `{{ name }}`, and conditions, "
        "as `{% if tier %}…{% endif %}`. A link alone in its paragraph is a button.",
    )


class IssueTexts(Written):
    """The letter in each language; null for one that is still to come."""

    en: IssueText | None = None
    ru: IssueText | None = None

    def in_language(self, language: Language) -> IssueText | None:
        return self.ru if language == "ru" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue as it is stored, without its texts. Empty: not said yet."""

    issue_id: str
    title: str
    topic: str
    issue_class: IssueClass
    slot: str
    owner: str = ""
    segment_id: str = ""
    regional_event: bool = False
    promotion_id: str = ""
    state: IssueState
    author: str
    created_at: str
    changed_at: str
    changed_by: str = ""
    approved_by: str = ""
    approved_at: str = ""
    version: int = 1
