from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.companies import rules
from chalicelib.companies.config import Fact
from chalicelib.companies.model import MOST_CONTACTS, ClaimedCompany, Role
from chalicelib.distributors import DistributorCardView
from chalicelib.members import PersonName, Phone
from chalicelib.platform import (
    CursorPage,
    Email,
    Form,
    Language,
    ListPage,
    ListQuery,
    NameOf,
    PageQuery,
    View,
    narrowed,
)
from chalicelib.platform.fields import ONE_LINE_OR_NONE, Identifier, Name, Region, shape, unspaced

Influence = Annotated[int, Field(ge=1, le=3, description="1 decides, 2 supports, 3 influences.")]


def _checked_inn(inn: str) -> str:
    if not rules.inn_is_valid(inn):
        raise PydanticCustomError("inn_checksum", "The check digits of this INN are wrong.")
    return inn


Inn = Annotated[
    str,
    Field(
        pattern=shape(r"^([0-9]{10}|[0-9]{12})$", "An INN has 10 digits, or 12."),
        description="10 digits: a legal entity. 12: a sole trader.",
    ),
    BeforeValidator(unspaced),
    AfterValidator(_checked_inn),
]
Kpp = Annotated[
    str,
    Field(
        pattern=shape(r"^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$", "A KPP has 9 digits; the fifth and sixth may be letters."),
        description="Tells the branches of a legal entity apart.",
    ),
    BeforeValidator(unspaced),
]
ManagerFilter = Annotated[
    str, Field(pattern=shape(r"^(me|none|mbr_[A-Za-z0-9_-]{1,60})$", "This is a manager's id, `me` or `none`."))
]
CompanyName = Annotated[Name, Field(min_length=2)]

# --- forms ------------------------------------------------------------------------------------------------------------


class ClaimForm(Form):
    """The company that the caller wants to act for."""

    name: CompanyName
    inn: Inn
    kpp: Annotated[Kpp | None, Field(validate_default=True)] = None
    region: Region | None = None

    @field_validator("kpp")
    @classmethod
    def _fits_the_inn(cls, kpp: str | None, info: ValidationInfo) -> str | None:
        inn = info.data.get("inn")
        if inn and (fault := rules.kpp_fault(inn, kpp)):
            raise PydanticCustomError(*fault)
        return kpp


YEARLY_TOTAL = "The company's yearly purchases of such goods from all suppliers, as it states them, in whole units of its currency."


class CompanyChangeForm(Form):
    """Changes the given fields; null clears region, distributor and yearly total. INN and KPP your manager corrects."""

    name: CompanyName | None = None
    region: Region | None = None
    distributor_id: Annotated[
        Identifier | None, Field(description="Delivers the orders; null: the first distributor of the region.")
    ] = None
    yearly_total: Annotated[int | None, Field(ge=1, le=10**12, description=YEARLY_TOTAL)] = None


class CompanyContactForm(Form):
    """A person of the company who is no member."""

    name: Name = Field(examples=["Boris Novikov"])
    position: str = Field(default="", max_length=100, pattern=ONE_LINE_OR_NONE)
    phone: Phone | None = None
    email: Email | None = None


class CompanyAssignmentForm(CompanyChangeForm):
    """Changes the given fields; null clears region, distributor, yearly total, manager and contacts. INN and KPP take the place of wrong ones."""

    inn: Inn | None = None
    kpp: Kpp | None = None
    manager_id: Annotated[Identifier | None, Field(description="The personal manager, one of the staff.")] = None
    contacts: Annotated[
        list[CompanyContactForm] | None,
        Field(
            max_length=MOST_CONTACTS,
            description="People to call besides its members; replaces all earlier ones.",
            examples=[None],
        ),
    ] = None


class InvitationForm(Form):
    """A person who will act for the company, once they accept."""

    name: PersonName
    email: Email
    role: Role
    influence: Influence | None = None
    language: Language | None = None


class PersonChangeForm(Form):
    """Changes the given fields; null clears the influence. `status` active confirms a pending person, with a role."""

    role: Role | None = None
    influence: Influence | None = None
    status: Literal["active"] | None = None


class ClaimDecisionForm(Form):
    """A manager's decision on a claim."""

    member_id: Identifier
    decision: Literal["confirm", "refuse"] = "confirm"
    role: Role = "owner"
    manager_id: Annotated[
        Identifier | None,
        Field(description="The company's personal manager; by default its present one, or else the confirming one."),
    ] = None


class CompaniesQuery(ListQuery):
    """One question at a time: pending claims, the beginning of the name, an INN, or a customer of a sales file.

    Region and manager narrow down the list of companies and that of pending claims. A page of them may hold fewer companies than
    `limit`, or none, and still have a `next_cursor`.
    """

    status: Literal["waiting", "all"] = Field(
        default="all", description="`waiting`: only companies with pending claims."
    )
    q: str | None = Field(
        default=None, max_length=200, description="The beginning of the name, without legal form and quotes."
    )
    inn: Inn | None = None
    kpp: Kpp | None = None
    region: Region | None = None
    manager: ManagerFilter | None = Field(
        default=None, description="The personal manager's id; `me`: the caller; `none`: companies without a manager."
    )
    source: str | None = Field(default=None, min_length=1, max_length=100, description="Source of a sales file.")
    customer: str | None = Field(default=None, min_length=1, max_length=200, description="The customer in that file.")


# --- views ------------------------------------------------------------------------------------------------------------


class ClaimView(View):
    """The claim as the caller made it. It shows nothing of the company until a manager or an owner confirms it."""

    name: str
    inn: str
    kpp: str | None
    region: str | None
    status: Literal["pending"] = "pending"


class CompanyView(View):
    """A company as its own people see it."""

    company_id: str
    name: str
    inn: str | None
    kpp: str | None
    region: str | None
    currency: str
    manager_id: str | None = Field(description="The personal manager.")
    distributor_id: str | None = Field(description="Delivers the orders; null: the first distributor of the region.")
    yearly_total: int | None = Field(description=YEARLY_TOTAL)


class PersonView(View):
    """A person who acts for the company, has claimed to, or is invited to. `version` is the ETag.

    Of an invited person name and email are shown as they were typed in the invitation, even if that email belongs to a member with another name.
    """

    member_id: str
    name: str | None
    email: str | None
    role: Role | None
    influence: int | None
    status: Literal["pending", "invited", "active"]
    since: str
    version: int


class PeoplePage(CursorPage[PersonView]):
    pass


class InvitationView(View):
    """An invitation to act for a company, as the invited person sees it."""

    company_id: str
    company: str = Field(description="The name of the company.")
    role: Role
    status: Literal["invited", "active"]
    since: str
    expires_at: str | None = Field(description="When the invitation ends; null once it is accepted.")


class InvitationPage(CursorPage[InvitationView]):
    """Oldest first."""


class PrivilegeView(View):
    """A section of the cabinet, and the facts still missing to open it."""

    name: str
    unlocked: bool
    missing: list[Fact]


class PrivilegesView(View):
    """The sections that are open to the caller. `version` is that of the rules."""

    version: str
    privileges: list[PrivilegeView]
    stale: list[Fact] = Field(description="Facts so old that they count as missing until confirmed again.")
    session_is_current: bool = Field(description="False: the role has changed since the token was issued; refresh it.")


class ClaimantView(View):
    """A person with a pending claim, and the company as they named it."""

    member_id: str
    name: str | None
    email: str | None
    phone: str | None
    claimed: ClaimedCompany | None
    since: str


class StaffCompanyView(CompanyView):
    """A company as the club's staff see it."""

    origin: Literal["member", "import"]
    created_at: str
    joined_into: str | None = Field(
        default=None, description="The company that it turned out to be: it is in no list any more."
    )
    waiting: ClaimantView | None = Field(
        default=None,
        description="The oldest pending claim, if it is among the club's 100 oldest: `status=waiting` lists every one.",
    )


class FoundCompaniesPage(ListPage[StaffCompanyView]):
    """Companies by name, or with pending claims."""


class CustomerQuestionView(View):
    """A customer of sales files whose INN differs from its company's. Its documents count for its company meanwhile."""

    source: str
    customer: str = Field(description="The key of the customer in the source.")
    inn: str = Field(description="The INN that came with it.")
    since: str
    company: StaffCompanyView = Field(description="The company that the customer is linked to.")
    other: StaffCompanyView | None = Field(description="The company that has this INN, if one has.")


CustomerQuestionsQuery = narrowed(CustomerQuestionView, same=("source", "inn"), words=("company.name",), day=("since",))


class CustomerQuestionsPage(ListPage[CustomerQuestionView]):
    """The oldest question first."""


class StaffPersonView(PersonView):
    """A person with their claim."""

    claimed: ClaimedCompany | None


class ManagerCardView(View):
    """The personal manager of the caller's company."""

    name: str
    email: str
    phone: str | None
    hours: str = Field(description="The club's working hours, in the reader's language.")


class CompanyContactsView(View):
    """The company's contacts at the club."""

    manager: ManagerCardView | None = Field(description="The personal manager; null while the company has none.")
    distributor: DistributorCardView | None = Field(
        description="Delivers the orders; null while nobody serves the company's region."
    )
    distributor_chosen: bool = Field(description="False: it is the first distributor of the company's region.")


class DistributorsQuery(PageQuery):
    """The distributors of a region."""

    region: Region | None = Field(default=None, description="ISO 3166-2. The company's own region, if absent.")


class CompanyManagerView(View):
    """The personal manager of a company."""

    member_id: str
    name: str
    email: str
    phone: str | None


class PastManagerView(View):
    """A person who managed the company before. `name` is null for one who left the club."""

    member_id: str
    name: str | None
    until: str


class JoinedFromView(View):
    """A company that turned out to be this one. Its own card has its terms, offers and manual tiers."""

    company_id: str
    name: Annotated[str | None, NameOf("company_id")] = None


class FormerInnView(View):
    """INN and KPP that the staff corrected."""

    inn: str | None
    kpp: str | None
    until: str
    by: str
    by_name: Annotated[str | None, NameOf("by")] = None


class CompanyContactView(View):
    """A contact of a company."""

    name: str
    position: str
    phone: str | None
    email: str | None


class CompanyDistributorView(View):
    """The distributor that delivers to a company."""

    distributor_id: str
    name: str
    chosen: bool = Field(description="False: nobody chose it, it is the first distributor of the company's region.")


class StaffCompanyDetailView(StaffCompanyView):
    """A company with its people, its managers and the distributor that gets its orders."""

    manager: CompanyManagerView | None = Field(description="Null: it has no manager, or one who left the club.")
    managers_before: list[PastManagerView] = Field(description="The last twenty, newest first.")
    distributor: CompanyDistributorView | None = Field(description="Null: nobody delivers to it.")
    joined_from: list[JoinedFromView]
    inns_before: list[FormerInnView] = Field(description="The last twenty, newest first.")
    people: list[StaffPersonView]
    contacts: list[CompanyContactView]


class ClaimDecisionView(View):
    """The outcome of a claim."""

    company_id: str
    member_id: str
    status: Literal["active", "refused"]
    role: Role | None
    manager_id: str | None
