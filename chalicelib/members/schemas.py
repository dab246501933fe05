"""What a person looks like, inside and outside."""

from typing import Annotated, Literal

from pydantic import AfterValidator, EmailStr, Field

from chalicelib.members.fields import PersonName
from chalicelib.members.model import Audience, Consent
from chalicelib.members.rules import international_phone, time_zone
from chalicelib.platform.email import Email
from chalicelib.platform.fields import Region
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.text import Language

Phone = Annotated[str, Field(max_length=40), AfterValidator(international_phone)]
TimeZone = Annotated[str, Field(max_length=64), AfterValidator(time_zone)]
Interest = Annotated[str, Field(min_length=1, max_length=60)]


class ConsentForm(Form):
    """One answer of the person. `version` names the wording that was shown, as `GET /v1/club` gives it."""

    purpose: str = Field(max_length=40)
    version: str = Field(max_length=40)
    agreed: bool


class ConsentAnswer(Form):
    version: str = Field(max_length=40)
    agreed: bool


class SpeaksFor(Shown):
    """The membership as its holder sees it. While pending, nothing of the company is shown."""

    kind: str
    role: str
    status: str


class Me(Shown):
    """The caller's own profile."""

    member_id: str
    name: str
    email: EmailStr
    email_confirmed: bool
    language: Language
    phone: str | None
    audience: Audience | None
    interests: list[str]
    region: str | None
    time_zone: str | None
    joined_at: str
    consents: dict[str, Consent]
    speaks_for: SpeaksFor | None


class MeChange(Form):
    """What is given is changed; null empties a field that may be empty."""

    name: PersonName | None = None
    language: Language | None = None
    phone: Phone | None = None
    audience: Audience | None = None
    interests: list[Interest] | None = Field(default=None, max_length=30)
    region: Region | None = None
    time_zone: TimeZone | None = None


class ConsentShown(Shown):
    """A consent that joining asks for, in the reader's language."""

    purpose: str
    version: str
    required: bool
    text: str


class ClubCard(Shown):
    """What the club is, told before anything is asked."""

    name: str
    title: str
    data_use: str
    benefits: list[str]
    consents: list[ConsentShown]


class StaffForm(Form):
    name: PersonName
    email: Email
    role: Literal["manager", "head_of_sales", "marketing", "operations", "admin"]
    language: Language | None = None


class StaffMember(Shown):
    """One of the staff."""

    member_id: str
    name: str
    email: str
    role: str


class StaffList(Shown):
    items: list[StaffMember]
    next_cursor: str | None
