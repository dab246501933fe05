from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.campaigns.plan.model import Issue, IssueState, IssueTexts
from chalicelib.campaigns.plan.rules import Clash
from chalicelib.campaigns.segments.model import Overlap
from chalicelib.campaigns.segments.schemas import OverlapView
from chalicelib.contacts import ContactClass, Slot, topics
from chalicelib.platform import Form, Language, ListQuery, NameOf, View, narrowed
from chalicelib.platform.fields import ONE_LINE, Day, Identifier, shape

SlotText = Annotated[
    str,
    Field(
        pattern=shape(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$", "A slot is written as YYYY-MM-DDThh:mm."),
        description="A day and an hour in each member's own time zone.",
        examples=["2026-12-01T12:30"],
    ),
]


class IssueForm(Form):
    """An issue. Without its segment or one of its texts it is an idea."""

    title: str = Field(min_length=1, max_length=200, description="For the staff.")
    topic: str = Field(max_length=40, description="One of the club's topics.")
    issue_class: ContactClass = Field(
        description="advertising; content: content with advertising; service: neither, for all but suppressed addresses."
    )
    template: str | None = Field(
        default=None,
        min_length=1,
        max_length=40,
        pattern=ONE_LINE,
        description="The kind of letter, in your words: figures compare by it.",
        examples=["case"],
    )
    slot: SlotText
    owner: Identifier | None = Field(default=None, description="The member id of who takes care of it.")
    segment_id: Identifier | None = Field(default=None, description="The segment that gets it.")
    promotion_id: Identifier | None = Field(
        default=None, description="Of a letter that names a discount: of overstock or of modernised models."
    )
    holdout_percent: int = Field(
        default=0, ge=0, le=50, description="Companies without it, in addition to the club's own hold-out."
    )
    texts: IssueTexts = IssueTexts()
    accept_skips: bool = Field(
        default=False, description="Plan it although the budget skips people of it or of another issue."
    )


class MoveForm(Form):
    """Another slot for an issue."""

    slot: SlotText
    accept_skips: bool = Field(
        default=False, description="Move it although the budget skips people of it or of another issue."
    )


class PreviewForm(Form):
    """A member for whom the letter is shown."""

    member_id: Identifier = Field(description="The reader.")
    language: Language | None = Field(default=None, description="The member's own, if absent.")


class PreviewView(View):
    """A letter as a member would get it."""

    language: Language
    subject: str
    html: str
    text: str
    left_out: list[str] = Field(description="Articles of the text that are gone, or without a price for this reader.")


class PlanQuery(ListQuery):
    """The days of the plan. Half a year from today, if absent."""

    from_: Day | None = Field(default=None, alias="from", description="The first day.")
    to: Day | None = Field(default=None, description="The last day.")


class ClashView(View):
    """Two issues that are too near: the contact budget skips members of both segments."""

    first_issue_id: str = Field(description="The issue that goes.")
    first_title: str
    skipped_issue_id: str = Field(description="The issue that such people do not get.")
    skipped_title: str
    days: int = Field(description="Days between the two.")
    least_days: int = Field(description="Days that the budget asks for.")
    move_issue_id: str = Field(
        description="The one to move: the skipped, or the first where its letters are on their way."
    )
    move_to: str | None = Field(description="Its next slot that clashes with none; null where it moves no more.")
    skipped: OverlapView | None = Field(
        description="Null while an issue has no segment, and after the first 10 clashes."
    )

    @classmethod
    def of(cls, clash: Clash, skipped: Overlap | None) -> "ClashView":
        return cls(
            first_issue_id=clash.before.issue_id,
            first_title=clash.before.title,
            skipped_issue_id=clash.skipped.issue_id,
            skipped_title=clash.skipped.title,
            skipped=OverlapView.of(skipped) if skipped else None,
            days=clash.days,
            least_days=clash.least_days,
            move_issue_id=clash.to_move.issue_id,
            move_to=clash.move_to.text if clash.move_to else None,
        )


class IssueView(View):
    """An issue of the content plan."""

    issue_id: str
    title: str
    topic: str
    issue_class: ContactClass
    template: str | None
    slot: str
    owner: str | None
    segment_id: str | None
    promotion_id: str | None
    holdout_percent: int
    texts: IssueTexts = Field(description="Empty in lists.")
    state: IssueState
    author: str = Field(description="The member who changed its content last.")
    author_name: Annotated[str | None, NameOf("author")] = None
    changed_by: str = Field(description="The member who changed, moved or cancelled it last.")
    changed_by_name: Annotated[str | None, NameOf("changed_by")] = None
    approved_by: str | None
    approved_by_name: Annotated[str | None, NameOf("approved_by")] = None
    approved_at: str | None
    clashes: list[ClashView] = Field(
        description="Issues too near; empty in lists. In the answer to a cancellation: those that no longer are."
    )

    @classmethod
    def of(cls, issue: Issue, texts: IssueTexts, clashes: list[ClashView]) -> "IssueView":
        return cls.from_record(issue, texts=texts, clashes=clashes)


IssuesQuery = narrowed(
    IssueView,
    same=("state", "topic", "issue_class", "template", "owner"),
    words=("title",),
    base=PlanQuery,
    known={"topic": topics},
)


def slot_of(text: str) -> Slot:
    """Raises ValueError for a day or an hour that there is not."""
    slot = Slot.of(text)
    if not date(2000, 1, 1) <= slot.day <= date(2199, 12, 31):
        raise ValueError("no such day")
    return slot
