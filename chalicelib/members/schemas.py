from typing import Annotated, Literal

from pydantic import EmailStr, Field

from chalicelib.members.fields import PersonName, Phone, TimeZone
from chalicelib.members.model import Audience, Consent
from chalicelib.platform import Email, Form, Identifier, Language, ListPage, ListQuery, Month, Region, View, narrowed
from chalicelib.platform.access.scopes import StaffRole
from chalicelib.platform.fields import shape

Interest = Annotated[str, Field(min_length=1, max_length=60)]
INTERESTS = "In the member's own words; segments do not mind their case."


class ConsentForm(Form):
    """A consent given or refused. `version` is that of the wording in `GET /v1/club`."""

    purpose: str = Field(max_length=40)
    version: str = Field(max_length=40)
    agreed: bool


class ConsentChangeForm(Form):
    """A consent given or withdrawn. `version` is that of the wording in `GET /v1/club`."""

    version: str = Field(max_length=40)
    agreed: bool


class MembershipView(View):
    """The caller's membership. While it is pending, it shows nothing of the company."""

    kind: str
    role: str
    status: str


class ProfileView(View):
    """The caller's profile."""

    member_id: str
    name: str
    email: EmailStr
    email_confirmed: bool
    language: Language
    phone: str | None
    audience: Audience | None
    interests: list[str] = Field(description=INTERESTS)
    region: str | None
    time_zone: str | None
    joined_at: str
    consents: dict[str, Consent]
    speaks_for: MembershipView | None


class ProfileChangeForm(Form):
    """Changes the given fields; null clears a field that may be empty."""

    name: PersonName | None = None
    language: Language | None = None
    phone: Phone | None = None
    audience: Audience | None = None
    interests: list[Interest] | None = Field(default=None, max_length=30, description=INTERESTS)
    region: Region | None = None
    time_zone: TimeZone | None = None


class ConsentTextView(View):
    """A consent that registration asks for, in the reader's language."""

    purpose: str
    version: str
    required: bool
    text: str


class ClubView(View):
    """The club, its benefits and its use of personal data."""

    name: str
    title: str
    data_use: str
    benefits: list[str]
    consents: list[ConsentTextView]


class StaffForm(Form):
    name: PersonName
    email: Email
    role: StaffRole
    language: Language | None = None


class JournalQuery(ListQuery):
    month: Month | None = Field(default=None, description="A month of the club's calendar; the present one if omitted.")
    by: Identifier | None = Field(default=None, description="Only the writes of this member or machine client.")
    operation: Identifier | None = Field(
        default=None, description="Only this operation, by its name in the contract.", examples=["change_distributor"]
    )
    path: str | None = Field(
        default=None,
        max_length=200,
        pattern=shape("^/", "A path begins with a slash."),
        description="Only paths that begin so: all that was done to one thing.",
        examples=["/v1/staff/companies/cmp_1"],
    )


class SuppressionsQuery(ListQuery):
    email: Email | None = Field(
        default=None, description="Only this address, of a member or of a distributor's orders."
    )


class SuppressionLiftForm(Form):
    """An address that will get letters again, and the reason: the member says that it works, or wants the letters after all."""

    email: Email
    reason: str = Field(min_length=3, max_length=500, description="Kept with the author.")


class SuppressionView(View):
    """An address that gets no letters, and why."""

    email: str
    reason: Literal["bounce", "complaint"] = Field(
        description="The first report of the mail service. A complaint stops all letters but sign-in codes."
    )
    bounced: bool = Field(description="True: it stops sign-in codes, too.")
    at: str = Field(description="When that was reported.")


SuppressionListQuery = narrowed(SuppressionView, same=("reason",), day=("at",), base=SuppressionsQuery)


class SuppressionPage(ListPage[SuppressionView]):
    """Newest first."""


class StaffMemberView(View):
    """A person of the club's staff."""

    member_id: str
    name: str
    email: str
    role: StaffRole


StaffQuery = narrowed(StaffMemberView, same=("role",), words=("name", "email"))


class StaffPage(ListPage[StaffMemberView]):
    pass


class JournalEntryView(View):
    """A request that wrote something for the club, for a distributor, or as a machine."""

    at: str
    by: str = Field(description="The member, or the machine client.")
    name: str | None = Field(
        description="The member's name; null for a machine client, and for someone who left the club."
    )
    kind: Literal["staff", "distributor", "machine"]
    role: str = Field(description="The member's role at that moment; empty for a machine client.")
    operation: str = Field(description="Its name in the contract.")
    path: str = Field(description="The path of the request: it names the thing that was written.")


class JournalPage(ListPage[JournalEntryView]):
    pass
