"""What a company and its people look like, inside and outside."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chalicelib.companies import rules
from chalicelib.companies.config import Fact
from chalicelib.companies.model import Claimed, Role
from chalicelib.members import PersonName
from chalicelib.platform.email import Email
from chalicelib.platform.fields import Identifier, Region
from chalicelib.platform.http.forms import Form, PageQuery, Shown
from chalicelib.platform.text import Language

Influence = Annotated[int, Field(ge=1, le=3, description="1 decides, 2 supports, 3 influences.")]


def _checked_inn(inn: str) -> str:
    if not rules.inn_is_valid(inn):
        raise PydanticCustomError("inn_checksum", "The check digits of this INN are wrong.")
    return inn


def _one_line(name: str) -> str:
    clean = " ".join(name.split())
    if not clean.isprintable() or not any(character.isalnum() for character in clean):
        raise PydanticCustomError("name_invalid", "This is not a name.")
    return clean


Inn = Annotated[
    str,
    Field(pattern=r"^([0-9]{10}|[0-9]{12})$", description="10 digits: a legal entity. 12: a sole trader."),
    AfterValidator(_checked_inn),
]
Kpp = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}[0-9A-Z]{2}[0-9]{3}$", description="Tells the branches of a legal entity apart."),
]
CompanyName = Annotated[str, Field(min_length=2, max_length=200), AfterValidator(_one_line)]

# --- what is stored ---------------------------------------------------------------------------------------------------


# --- what is asked ----------------------------------------------------------------------------------------------------


class ClaimForm(Form):
    """The company that the caller speaks for."""

    name: CompanyName
    inn: Inn
    kpp: Annotated[Kpp | None, Field(validate_default=True)] = None
    region: Region | None = None

    @field_validator("kpp")
    @classmethod
    def _fits_the_inn(cls, kpp: str | None, info: ValidationInfo) -> str | None:
        inn = info.data.get("inn")
        if inn and rules.needs_kpp(inn) and kpp is None:
            raise PydanticCustomError("kpp_required", "A legal entity (INN of 10 digits) is named with its KPP.")
        if inn and not rules.needs_kpp(inn) and kpp is not None:
            raise PydanticCustomError("kpp_not_expected", "A sole trader (INN of 12 digits) has no KPP.")
        return kpp


class CompanyChange(Form):
    """What is given is changed; null empties region and distributor. INN and KPP are not the member's to change."""

    name: CompanyName | None = None
    region: Region | None = None
    distributor_id: Annotated[
        Identifier | None, Field(description="Who delivers; without one, the first distributor of the region.")
    ] = None


class InvitationForm(Form):
    """A person whom the owner lets speak for the company."""

    name: PersonName
    email: Email
    role: Role
    influence: Influence | None = None
    language: Language | None = None


class PersonChange(Form):
    """What is given is changed; null empties the influence. `status` active confirms a person who waits, with a role."""

    role: Role | None = None
    influence: Influence | None = None
    status: Literal["active"] | None = None


class ClaimDecisionForm(Form):
    """A manager's word on one who asks to speak for the company."""

    member_id: Identifier
    decision: Literal["confirm", "refuse"] = "confirm"
    role: Role = "owner"
    manager_id: Annotated[
        Identifier | None, Field(description="The company's personal manager; the confirming one if it has none yet.")
    ] = None


class CompaniesQuery(PageQuery):
    """One question at a time: those who wait, all by the beginning of the name, one by INN, one by a file's customer."""

    status: Literal["waiting", "all"] = Field(
        default="all", description="`waiting`: only companies for which people wait to be confirmed."
    )
    q: str | None = Field(default=None, max_length=200, description="The name begins so; legal form and quotes aside.")
    inn: Inn | None = None
    kpp: Kpp | None = None
    source: str | None = Field(default=None, min_length=1, max_length=100, description="Source of a sales file.")
    customer: str | None = Field(default=None, min_length=1, max_length=200, description="The customer in that file.")


# --- what is answered -------------------------------------------------------------------------------------------------


class Claim(Shown):
    """What the caller said, and that it waits for a manager's or an owner's word. Nothing else is told before."""

    name: str
    inn: str
    kpp: str | None
    region: str | None
    status: Literal["pending"] = "pending"


class CompanyShown(Shown):
    """The company as its people see it."""

    company_id: str
    name: str
    inn: str | None
    kpp: str | None
    region: str | None
    currency: str
    manager_id: str | None = Field(description="The personal manager.")
    distributor_id: str | None = Field(description="Who delivers; none: the first distributor of the region.")


class PersonShown(Shown):
    """One who speaks for the company, or asks to. `version` is the person's ETag."""

    member_id: str
    name: str | None
    email: str | None
    role: Role | None
    influence: int | None
    status: Literal["pending", "active"]
    since: str
    version: int


class People(Shown):
    items: list[PersonShown]
    next_cursor: str | None


class Privilege(Shown):
    """A part of the cabinet, and what is still missing to open it."""

    name: str
    unlocked: bool
    missing: list[Fact]


class Privileges(Shown):
    """What is open to the caller. `version` is that of the rule."""

    version: str
    privileges: list[Privilege]
    stale: list[Fact] = Field(description="Given so long ago that it counts as missing until it is confirmed again.")
    session_is_current: bool = Field(description="False: the role has changed since the token was made, refresh it.")


class Waiting(Shown):
    """Who asks to speak for the company, and what they said of it."""

    member_id: str
    name: str | None
    email: str | None
    phone: str | None
    claimed: Claimed | None
    since: str


class StaffCompany(CompanyShown):
    """The company as the club's staff see it. In the list of those who wait: with the one who waits."""

    origin: Literal["member", "import"]
    created_at: str
    waiting: Waiting | None = None


class StaffCompanies(Shown):
    items: list[StaffCompany]
    next_cursor: str | None


class StaffPerson(PersonShown):
    """A person with what they claimed."""

    claimed: Claimed | None


class StaffCompanyDetail(StaffCompany):
    """A company with its people."""

    people: list[StaffPerson]


class ClaimDecision(Shown):
    """What became of a claim."""

    company_id: str
    member_id: str
    status: Literal["active", "refused"]
    role: Role | None
    manager_id: str | None
