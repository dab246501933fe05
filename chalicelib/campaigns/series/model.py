"""A series, its steps, and the enrolment of a member in it."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from chalicelib.campaigns.plan.model import IssueTexts, WithAdvertising
from chalicelib.campaigns.segments.model import Conditions
from chalicelib.platform import Written, derived_id

TEMPLATE = "series"  # of the letters of all series

Start = Literal["joined", "confirmed", "bonuses_expiring", "tier_warning", "quiet", "benefits_promised", "not_reached"]
Exit = Literal["bought", "clicked", "active", "bonuses_spent", "tier_kept"]


class SeriesState(StrEnum):
    """draft ──approve──▶ on ──stop, or a change──▶ draft. Nobody starts a draft, and members inside wait."""

    DRAFT = "draft"
    ON = "on"


StepId = Annotated[
    str, Field(pattern=r"^[a-z0-9_]{1,40}$", description="Stays the same when the step changes or moves.")
]


class SeriesStep(Written):
    """A step as the staff write it."""

    step_id: StepId
    wait_days: int = Field(ge=0, le=120, description="Working days after the step before, or after the start.")
    conditions: Conditions = Field(
        default=Conditions(),
        description="A member who does not meet them on that day passes the step without its letter.",
    )
    texts: IssueTexts = Field(default=IssueTexts(), description="Empty in lists.")


class StoredStep(NamedTuple):
    """A step as it is stored. Its texts are an item of their own, named after what they say, so that a letter's links outlive a change."""

    step_id: str
    wait_days: int
    conditions: dict[str, Any]
    texts_id: str
    whole: bool  # it has texts in all languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series as it is stored, without texts. `again_days` after its end a member may start it again; None: never.

    `author`: who wrote it last; empty for one as it is shipped, of version 0. `writers`: all who did since its last approval; none of them approves it.
    """

    series_id: str
    name: str
    starts: tuple[Start, ...]
    exits: tuple[Exit, ...]
    topic: str
    issue_class: WithAdvertising
    again_days: int | None
    holdout_percent: int
    steps: tuple[StoredStep, ...]
    state: SeriesState
    author: str = ""
    writers: tuple[str, ...] = ()
    changed_at: str = ""
    changed_by: str = ""
    approved_by: str = ""
    version: int = 0


class Passage(NamedTuple):
    """A step that a member has behind them. Without a letter, `reason` says why."""

    step_id: str
    at: str
    letter_id: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A member in a series. `number`: 1 for the first time. `cause`: the id of the event that started it.

    `step_id`: the step that comes in the slot; `since`: the day from which its wait counts; `skips`: how often the contact budget skipped
    its letter. `slot` and `due_at` are empty while it waits for the approval of its series. `company_id` is empty where the series is about the member alone; `unit`: by what the hold-out drew them. `end`: why it ended; empty while it goes on.
    """

    series_id: str
    member_id: str
    company_id: str = ""
    unit: str = ""
    number: int
    cause: str
    start: Start
    started_at: str
    started_on: date
    zone: str
    passed: tuple[Passage, ...] = ()
    step_id: str = ""
    since: date
    slot: str = ""
    due_at: str = ""
    skips: int = 0
    end: str = ""
    ended_at: str = ""
    version: int = 0

    @property
    def letter_id(self) -> str:
        """The id of the next letter. One that the budget skipped is another letter than the one that comes instead."""
        return derived_id("ltr", self.series_id, self.member_id, str(self.number), self.step_id, str(self.skips))


class Effect(NamedTuple):
    """The effect of a change of a series on those who wait for a step: the step that comes instead, None for the end."""

    step_id: str
    members: int
    next_step_id: str | None
    wait_days: int | None
