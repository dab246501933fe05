from typing import Annotated, Literal

from pydantic import Field

from chalicelib.campaigns.segments.model import Conditions, Overlap, Sampled
from chalicelib.contacts import ContactClass
from chalicelib.platform import ONE_LINE, Form, NameOf, View, narrowed

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=ONE_LINE)]


class SegmentForm(Form):
    """A segment."""

    name: Name
    conditions: Conditions


class SegmentView(View):
    """A saved segment."""

    segment_id: str
    name: str
    conditions: Conditions
    changed_by: str = Field(description="The member id of who changed it last.")
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    changed_at: str


SegmentsQuery = narrowed(SegmentView, words=("name",))


class AudienceForm(Form):
    """A segment to count, as it is or saved."""

    conditions: Conditions | None = Field(default=None, description="Conditions to try. Or name a `segment_id`.")
    segment_id: str | None = Field(default=None, max_length=64, description="A saved segment.")
    topic: str | None = Field(
        default=None, max_length=40, description="The topic of the letter: who turned it off is left out."
    )
    issue_class: ContactClass = Field(default="content", description="service: only suppressed addresses are left out.")


class SampledMemberView(View):
    """A member of the audience."""

    member_id: str
    name: str
    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    reason: str | None = Field(description="The reason for leaving this member out; null for a member who gets it.")

    @classmethod
    def of(cls, sampled: Sampled) -> "SampledMemberView":
        return cls.from_record(sampled, company_id=sampled.company_id or None, reason=sampled.reason or None)


class OverlapView(View):
    """The people of two segments who may get letters, among the members that were looked at."""

    people: int
    looked_at: int = Field(description="Members of the club: all, or some hundreds that stand for the others.")
    is_whole: bool = Field(description="All members were looked at.")
    sample: list[SampledMemberView] = Field(description="Some of these people, at most 5.")

    @classmethod
    def of(cls, overlap: Overlap) -> "OverlapView":
        return cls.from_record(overlap, sample=[SampledMemberView.of(each) for each in overlap.sample])


class AudienceView(View):
    """The people of a segment, counted. The numbers grow until the count is done."""

    audience_id: str
    state: Literal["running", "done"]
    conditions: Conditions
    topic: str | None
    issue_class: ContactClass
    created_by: str
    created_by_name: Annotated[str | None, NameOf("created_by")] = None
    created_at: str
    members: int = Field(description="Members of the club that were looked at.")
    matched: int = Field(description="Those who meet the conditions.")
    invited: int = Field(description="Those of them who would get a letter.")
    left_out: dict[str, int] = Field(description="The others, by reason.")
    sample: list[SampledMemberView] | None = Field(
        description="Some of those who meet the conditions, at most 20 with a letter and 20 without; null in a list."
    )


AudiencesQuery = narrowed(AudienceView, same=("state", "topic", "issue_class", "created_by"), day=("created_at",))
