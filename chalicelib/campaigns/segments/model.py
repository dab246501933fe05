"""Conditions of a segment, and the facts that they are about."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, model_validator

from chalicelib.members import Audience
from chalicelib.platform import Identifier, Language, Region, Written

MOST_MEMBERS = 500  # that a segment names
MOST_ACTIVITY_DAYS = 180  # visits are kept a little longer

Stage = Literal["new", "learning", "active", "at_risk", "dormant", "won_back"]


class PurchaseCondition(Written):
    """Whether the company bought a brand or a category in the last days."""

    bought: bool = Field(default=True, description="false: it did not.")
    brand: str | None = Field(default=None, min_length=1, max_length=120)
    category: str | None = Field(default=None, min_length=1, max_length=64)
    days: int = Field(default=365, ge=1, le=730)

    @model_validator(mode="after")
    def _names_one(self) -> "PurchaseCondition":
        if (self.brand is None) == (self.category is None):
            raise ValueError("name a brand or a category")
        return self


class ActivityCondition(Written):
    """Whether the member visited the club in the last days, in the cabinet or by a link of a letter."""

    active: bool = Field(default=True, description="false: the member did not.")
    by: Literal["visits", "clicks"] = Field(default="visits", description="clicks: only by links of letters.")
    days: int = Field(default=90, ge=1, le=MOST_ACTIVITY_DAYS)


class Conditions(Written):
    """The conditions of a segment. A member belongs to it who meets every condition that is given. Of a list, one is enough; an empty list is no condition."""

    audiences: list[Audience] = Field(default=[], max_length=6)
    interests: list[Annotated[str, Field(max_length=60)]] = Field(
        default=[], max_length=30, description="In the words of members, in any case."
    )
    languages: list[Language] = Field(default=[], max_length=2)
    tiers: list[Annotated[str, Field(max_length=64)]] = Field(
        default=[], max_length=10, description="Codes of tiers; none for companies without one."
    )
    stages: list[Stage] = Field(default=[], max_length=6, description="Life-cycle stages of the company.")
    regions: list[Region] = Field(default=[], max_length=100, description="Only with `regional_event`.")
    regional_event: bool = Field(default=False, description="The letter invites to an event in these regions.")
    purchases: list[PurchaseCondition] = Field(default=[], max_length=5)
    activity: list[ActivityCondition] = Field(default=[], max_length=3)
    members: list[Identifier] = Field(default=[], max_length=MOST_MEMBERS, description="Only these, by member id.")


class BoughtLine(NamedTuple):
    """A purchase: its day, and the brand and the category of the article; empty where the catalogue does not know it."""

    day: date
    brand: str
    category: str


class Invited(NamedTuple):
    """A member of an issue's audience. `zone`: an IANA name. With a reason: one who gets no letter. `company_id` is empty for who acts for none."""

    member_id: str
    company_id: str
    zone: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member as the conditions see one. Facts that no condition names are empty. `company_id` is empty for who acts for none."""

    audience: str | None
    interests: list[str]
    language: Language
    region: str | None
    company_id: str = ""
    tier: str = "none"
    stage: Stage | None = None
    bought: list[BoughtLine] = field(default_factory=list)
    visited: frozenset[date] = frozenset()
    clicked: frozenset[date] = frozenset()
    member_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A member of the sample. Without a reason: one who gets the letter."""

    member_id: str
    name: str
    company_id: str = ""
    reason: str = ""


class Overlap(NamedTuple):
    """The people of two segments who may get letters: their number among `looked_at` members. `is_whole`: those are all members."""

    people: int
    looked_at: int
    is_whole: bool
    sample: tuple[Sampled, ...]
