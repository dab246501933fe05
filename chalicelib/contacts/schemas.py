from datetime import date
from typing import Annotated

from pydantic import Field

from chalicelib.contacts.model import Channel, ContactClass, Reason, Verdict
from chalicelib.platform import Day, Form, NameOf, View
from chalicelib.table import Item


class ContactQuery(Form):
    channel: Channel = Field(default="telephone", description="The way to reach the member.")
    contact_class: ContactClass = Field(
        default="content",
        description="advertising, content (content with advertising), or service, which is exempt from the budget.",
    )
    day: Day | None = Field(
        default=None, description="The day of the contact in the member's time zone. Today, if absent."
    )


class VerdictView(View):
    """Whether a contact is allowed at this moment."""

    allowed: bool
    reason: Reason | None = Field(description="The reason against it.")
    next_day: date | None = Field(
        description="The first day on which it will be, where the budget or a hold-out is the reason."
    )

    @classmethod
    def of(cls, verdict: Verdict) -> "VerdictView":
        return cls(**verdict._asdict())


class NoteForm(Form):
    """A contact that was made. It spends the budget of the member and of the address."""

    channel: Channel = Field(description="The way that the member was reached.")
    contact_class: ContactClass = Field(description="advertising, content (content with advertising), or service.")
    day: Day | None = Field(
        default=None, description="The day of the contact in the member's time zone. Today, if absent."
    )
    text: str = Field(default="", max_length=1000, description="The content of the talk.")


class NoteView(View):
    """A contact that somebody of the staff noted."""

    note_id: str
    channel: Channel
    contact_class: ContactClass
    day: date
    text: str
    by: str = Field(description="The member id of who noted it.")
    by_name: Annotated[str | None, NameOf("by")] = None
    at: str

    @classmethod
    def of(cls, item: Item) -> "NoteView":
        return cls.model_validate({name: item[name] for name in cls.model_fields if name in item})
