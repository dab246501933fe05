from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.demand import DemandForm
from chalicelib.members import Phone
from chalicelib.platform import CursorPage, Day, Email, Form, Identifier, Name, View
from chalicelib.pricing import OfferForm
from chalicelib.retention.cases.model import CallAnswer, CallKind, CaseCause, CaseState, Result, SilenceReason
from chalicelib.retention.lists.schemas import NewContactView
from chalicelib.retention.states.rules import RhythmState


class NewContactForm(Form):
    """A person to call from now on who is no member yet. Invite them, so that they become one."""

    name: Name = Field(examples=["Boris Novikov"])
    phone: Phone | None = None
    email: Email | None = None


class OutcomeForm(Form):
    """The outcome of a call."""

    result: Result = Field(
        examples=["reached"],
        description="skipped: not called today; the note says why, and the call stays on the list.",
    )
    reason: SilenceReason | None = Field(
        default=None, description="The reason for not buying, in the company's own words.", examples=["no_reason"]
    )
    answer: CallAnswer | None = Field(
        default=None, description="The club's answer to the reason.", examples=["benefits_letter"]
    )
    note: str = Field(default="", max_length=2000, examples=["The buyer is on leave until Monday"])
    person_id: Identifier | None = Field(
        default=None, description="The member of the company who was reached.", examples=[None]
    )
    contact: NewContactForm | None = Field(
        default=None,
        description="A person to call who is no member: their successor where the person left, or a number that you found. Shown with each call until a member of the company is reached.",
        examples=[None],
    )
    next: Literal["in_one_month", "in_three_months"] | None = Field(default=None, examples=[None])
    next_day: Day | None = Field(
        default=None, description="The day on which the company wants to be called again.", examples=[None]
    )
    meeting: bool = Field(default=False, description="The company wants to meet you on that day.", examples=[False])
    wish: DemandForm | None = Field(
        default=None,
        description="The goods of a sourcing request, in the name of the person, or in yours where no member was reached.",
        examples=[None],
    )
    offer: OfferForm | None = Field(
        default=None, description="The terms of an offer, or of free delivery.", examples=[None]
    )
    promotion_id: Identifier | None = Field(
        default=None, description="The promotion of a display deal.", examples=[None]
    )
    manager_id: Identifier | None = Field(
        default=None, description="The manager who takes the company over, with its history.", examples=[None]
    )
    corrects: Identifier | None = Field(
        default=None, description="The latest entry, if that was a mistake: this one counts instead.", examples=[None]
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        talked = (
            self.reason,
            self.answer,
            self.person_id,
            self.next,
            self.next_day,
            self.wish,
            self.offer,
            self.promotion_id,
        )
        if self.result != "reached" and any(each is not None for each in talked):
            raise PydanticCustomError(
                "not_reached", "Only a call that reached somebody has a reason, an answer or a next day."
            )
        if self.result == "skipped" and not self.note:
            raise PydanticCustomError("note", "A skipped call has a note that says why.")
        if self.answer and not self.reason:
            raise PydanticCustomError("answer", "An answer has a reason.")
        if (self.offer is not None) != (self.answer in (CallAnswer.OFFER, CallAnswer.FREE_DELIVERY)):
            raise PydanticCustomError("offer", "The answers offer and free_delivery have their terms, and no others.")
        if self.offer and self.offer.free_delivery != (self.answer is CallAnswer.FREE_DELIVERY):
            raise PydanticCustomError("offer", "The terms are of free delivery for that answer, and only for it.")
        if (self.promotion_id is not None) != (self.answer is CallAnswer.DISPLAY_DEAL):
            raise PydanticCustomError(
                "promotion", "The answer display_deal has its promotion, and no other answer has."
            )
        if (self.wish is not None) != (self.answer is CallAnswer.SOURCING_REQUEST):
            raise PydanticCustomError("wish", "The answer sourcing_request has its goods, and no other answer has.")
        if self.meeting and not self.next_day:
            raise PydanticCustomError("next_day", "A meeting has its day.")
        if self.next and self.next_day:
            raise PydanticCustomError("next_day", "Give next or next_day.")
        if self.reason is SilenceReason.CLOSED and (self.next or self.next_day):
            raise PydanticCustomError("closed", "A company that closed down is not called again.")
        return self


class OutcomeView(View):
    """An entry of a case's history."""

    entry_id: str
    case_id: str
    company_id: str
    by: str
    by_name: str | None
    at: str
    kind: CallKind
    result: Result
    reason: SilenceReason | None
    answer: CallAnswer | None
    note: str
    person_id: str | None
    person_name: str | None
    next_day: date | None = Field(
        description="The day of the next call; null where there is none, or it is still today."
    )
    offer_id: str | None
    demand_id: str | None
    promotion_id: str | None
    handed_to: str | None = Field(description="The manager who took the company over.")
    handed_to_name: str | None
    corrects: str | None


class OutcomePage(CursorPage[OutcomeView]):
    """Newest first."""


class CaseView(View):
    """The next contact that the club owes a company."""

    case_id: str
    company_id: str
    company_name: str
    company_state: RhythmState
    manager_id: str | None
    manager_name: str | None
    state: CaseState = Field(description="waiting for its day, ready to be called, or ended: the company closed down.")
    due: date
    because: CaseCause
    tries: int = Field(description="Calls in a row that reached nobody.")
    reason: SilenceReason | None = Field(description="The last reason that the company named.")
    contact: NewContactView | None = Field(description="A person to call who is no member.")
    last_contact: date | None
    listed_on: date | None = Field(description="The day of the last list that had the company.")
    listed_by: str | None = Field(description="The manager of that list.")
    listed_by_name: str | None
