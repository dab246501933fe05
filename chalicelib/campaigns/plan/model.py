"""An issue of the content plan."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from pydantic import Field

from chalicelib.contacts import ContactClass
from chalicelib.platform import ONE_LINE, Language, Written

WithAdvertising = Literal["advertising", "content"]


class IssueState(StrEnum):
    """idea ──▶ draft ──▶ approved ──▶ queued ──▶ sending ──▶ sent

    A change of an approved issue makes it a draft again. From queued on nothing of it can change. Each but sent may become cancelled.
    """

    IDEA = "idea"  # its texts or its segment are still to come
    DRAFT = "draft"  # whole, and not yet approved
    APPROVED = "approved"  # by somebody who wrote nothing of it
    QUEUED = "queued"  # its audience is being kept, or waits for its slot
    SENDING = "sending"  # its slot has begun somewhere
    SENT = "sent"  # everybody of its audience was written to, or skipped with a reason
    CANCELLED = "cancelled"


class IssueText(Written):
    """A letter in one language, in Markdown."""

    subject: str = Field(min_length=1, max_length=150, pattern=ONE_LINE)
    preview: str = Field(
        default="", max_length=200, description="The text that a mail program shows next to the subject."
    )
    body: str = Field(
        min_length=1,
        max_length=40_000,
        description="Markdown with the variables name, company, tier, discount_percent, bonuses, currency, club_name, portal_url, as `{{ name }}`, and conditions, "
        "as `{% if tier %}…{% endif %}`. A link alone in its paragraph is a button; `![](product:ARTICLE)` there is a product, with its picture "
        "and the reader's own price.",
    )


class IssueTexts(Written):
    """The letter in each language; null for one that is still to come."""

    en: IssueText | None = None
    ru: IssueText | None = None
    no_discount: bool = Field(
        default=False, description="States to the approver that no figure or gift here is a discount."
    )

    def in_language(self, language: Language) -> IssueText | None:
        return self.ru if language == "ru" else self.en


class Pause(NamedTuple):
    """No letters leave. `by` is empty where the club paused the issue itself: too many letters bounced, or too many readers complained."""

    at: str
    reason: str
    by: str = ""


class Resumption(NamedTuple):
    """Letters leave again. Earlier bounces and complaints no longer count."""

    at: str
    reason: str
    by: str
    sent: int
    bounced: int
    complained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue as it is stored, without its texts. Empty: not said yet.

    `template`: the kind of letter, in the staff's words, by which results are compared.
    `author` wrote it last; `writers` are all who did since its last approval, and none of them approves it.
    `holdout_percent` of the companies get none of it, beside those that the club holds out from all.
    """

    issue_id: str
    title: str
    topic: str
    issue_class: ContactClass
    slot: str
    template: str = ""
    owner: str = ""
    segment_id: str = ""
    conditions_id: str = ""  # of its segment, as whoever wrote the issue last found it
    regional_event: bool = False
    promotion_id: str = ""
    holdout_percent: int = 0
    state: IssueState
    author: str
    writers: tuple[str, ...] = ()
    created_at: str
    changed_at: str
    changed_by: str = ""
    approved_by: str = ""
    approved_at: str = ""
    audience_id: str = ""
    has_runs: bool = False  # one for each time zone of its audience, all of them
    pause: Pause | None = None
    resumed: Resumption | None = None
    version: int = 1
