from typing import Annotated

from pydantic import Field

from chalicelib.campaigns.plan.model import IssueState
from chalicelib.campaigns.segments.model import Invited
from chalicelib.campaigns.sending.model import Run, Sending
from chalicelib.mail import Letter, LetterState
from chalicelib.platform import Form, Language, NameOf, View, narrowed


class IssueReasonForm(Form):
    """The reason for pausing or resuming an issue."""

    reason: str = Field(min_length=1, max_length=500, description="For the staff.")


class PauseView(View):
    """A pause of an issue."""

    at: str
    reason: str = Field(
        description="`bounces`, `complaints`, `rehearsal` or `failures` (letters cannot be made) or `promotion` (it ended), where the issue paused itself."
    )
    by: str | None = Field(description="The member id of who paused it; null where it paused itself.")
    by_name: Annotated[str | None, NameOf("by")] = None


class ResumptionView(View):
    """The end of a pause. Earlier bounces and complaints no longer count."""

    at: str
    reason: str
    by: str = Field(description="The member id of who resumed it.")
    by_name: Annotated[str | None, NameOf("by")] = None


class FailureView(View):
    """Letters that cannot be composed."""

    reason: str
    members: int = Field(description="Members whose letters cannot be composed for this reason.")
    example: str = Field(description="The member id of one of them.")


class TestView(View):
    """A test of an issue's letter."""

    issue_id: str
    email: str = Field(description="The address to which it goes: the caller's own.")
    language: Language


class RunView(View):
    """The letters of an issue to readers in one time zone."""

    zone: str
    slot: str = Field(description="The day and the hour there.")
    due_at: str = Field(description="The moment of the slot.")
    late_from: list[str] = Field(
        description="Slots that were missed by more than the allowed time, so that these letters wait for the next one."
    )
    recipients: int
    done_at: str | None = Field(description="When everybody was written to, or skipped.")


class SendingView(View):
    """Progress of the letters of an issue. The counts are of letters as the workers passed them; the mail service's reports come later."""

    issue_id: str
    state: IssueState
    audience_id: str | None = Field(description="The people of the issue, kept a day before the slot in UTC.")
    pause: PauseView | None
    resumed: ResumptionView | None = Field(description="The last end of a pause.")
    recipients: int = Field(description="Members who are to get the letter.")
    letters: dict[str, int] = Field(description="Those who were written to, by the state of their letter.")
    skipped: dict[str, int] = Field(description="Those who were skipped when their letter was to leave, by reason.")
    composed: int = Field(description="Letters that the rehearsal before the slot could compose.")
    failures: list[FailureView] = Field(
        description="Letters that it could not, by reason. A reason that is the text's pauses the issue."
    )
    products_left_out: dict[str, int] = Field(
        description="By article, letters of the rehearsal without this product: it is gone, or its reader has no price."
    )
    bounced: int
    complained: int
    runs: list[RunView]

    @classmethod
    def of(cls, sending: Sending) -> "SendingView":
        runs = sorted(sending.runs.values(), key=_by_moment)
        return cls.from_record(
            sending.issue,
            recipients=sum(run.recipients for run in runs),
            letters=dict(sorted(sending.states.items())),
            skipped=dict(sorted(sending.skipped.items())),
            composed=sending.composed,
            failures=[FailureView(**each._asdict()) for each in sending.failures],
            products_left_out=dict(sorted(sending.left_out.items())),
            bounced=sending.bounced,
            complained=sending.complained,
            runs=[RunView.from_record(run) for run in runs],
        )


class RecipientLetterView(View):
    """A letter of an issue. Times are null until the mail service reports them."""

    letter_id: str
    state: LetterState
    reason: str | None = Field(description="The reason for skipping it, or for its failed delivery.")
    next_day: str | None = Field(
        description="Of a skipped letter: the first day on which another one like it may come."
    )
    sent_at: str | None
    delivered_at: str | None
    bounced_at: str | None
    complained_at: str | None


class RecipientView(View):
    """A member of an issue's audience."""

    member_id: str
    member_name: Annotated[str | None, NameOf("member_id")] = None
    company_id: str | None
    company_name: Annotated[str | None, NameOf("company_id")] = None
    zone: str = Field(description="The member's time zone as the audience was made.")
    left_out: str | None = Field(
        description="The reason for leaving this member out; null for a member who is to get it."
    )
    letter: RecipientLetterView | None = Field(description="Null before the member's slot, and for who is left out.")

    @classmethod
    def of(cls, person: Invited, letter: Letter | None) -> "RecipientView":
        return cls(
            member_id=person.member_id,
            company_id=person.company_id or None,
            zone=person.zone,
            left_out=person.reason or None,
            letter=RecipientLetterView.from_record(letter) if letter else None,
        )


RecipientsQuery = narrowed(RecipientView, same=("company_id", "letter.state", "left_out"))


def _by_moment(run: Run) -> tuple[str, str]:
    return run.due_at, run.zone
