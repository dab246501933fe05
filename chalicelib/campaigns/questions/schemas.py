from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.campaigns.plan.model import IssueTexts
from chalicelib.campaigns.plan.schemas import SlotText
from chalicelib.campaigns.questions.rules import Proposal
from chalicelib.platform import ONE_LINE, Form, Identifier, NameOf, View, narrowed

MOST_SHOWN = 20  # questions of a proposal

Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True),
    Field(min_length=1, max_length=40, pattern=ONE_LINE, examples=["delivery"]),
]


class QuestionForm(Form):
    """A question that somebody asked."""

    tags: list[Tag] = Field(min_length=1, max_length=5, description="The subjects. Case does not matter.")
    text: str = Field(min_length=1, max_length=2000)
    member_id: Identifier | None = Field(
        default=None, description="The member who asked: a letter with the answer goes to members only."
    )
    company_id: Identifier | None = Field(default=None, description="Null: the company that the member acts for.")


class QuestionView(View):
    """A question."""

    question_id: str
    tags: list[str]
    text: str
    member_id: str | None
    member_name: Annotated[str | None, NameOf("member_id")] = None
    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    at: str
    by: str = Field(description="The member id of who of the staff noted it.")
    by_name: Annotated[str | None, NameOf("by")] = None


QuestionsQuery = narrowed(QuestionView, same=("tags", "member_id", "company_id", "by"), words=("text",), day=("at",))


class ProposalView(View):
    """Questions with one tag that one letter can answer."""

    tag: str
    questions: int
    people: int = Field(description="Members who asked: the readers of the letter.")
    newest: list[QuestionView] = Field(description="The newest 20.")

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalView":
        return cls(
            tag=proposal.tag,
            questions=len(proposal.questions),
            people=len(proposal.people),
            newest=[QuestionView.from_record(each) for each in proposal.questions[:MOST_SHOWN]],
        )


class ProposalsView(View):
    """Letters that are worth writing, those that most members wait for first."""

    since: str
    questions: int = Field(description="Questions that were looked at.")
    complete: bool = Field(description="Whether these are all since then.")
    items: list[ProposalView]


class DigestForm(Form):
    """A letter that answers the questions with a tag."""

    tag: Tag
    topic: str = Field(max_length=40, description="One of the club's topics.")
    slot: SlotText
    texts: IssueTexts = Field(default=IssueTexts(), description="The answers. Without them the issue is an idea.")
    accept_skips: bool = Field(
        default=False, description="Plan it although the contact budget skips people of it or of another issue."
    )
