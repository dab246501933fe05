"""A member, their consents and their membership."""

from typing import Literal

from pydantic import Field

from chalicelib.platform import Language, Record

Audience = Literal["distributor", "designer", "architect", "project_engineer", "installer", "end_organisation"]


class Consent(Record):
    """A member's present answer to one purpose, and the version of its wording."""

    agreed: bool
    version: str
    at: str = Field(description="When it was given.")
    source: str = Field(description="The place where it was given: registration, cabinet, letter.")


class Member(Record):
    """A person. `email` is in lower case; `phone` is E.164; times are RFC 3339 Z."""

    member_id: str
    name: str
    email: str
    language: Language
    phone: str | None = None
    phone_confirmed_on: str | None = None
    audience: Audience | None = None
    interests: list[str] = Field(default=[])
    region: str | None = None
    time_zone: str | None = None
    email_confirmed_at: str | None = None
    joined_at: str
    consents: dict[str, Consent] = Field(default={})
    version: int


class Membership(Record):
    """The company, the distributor or the staff that a member acts for."""

    kind: Literal["company", "distributor", "staff"]
    owner: str
    role: str
    status: Literal["pending", "active"]

    @property
    def is_of_company(self) -> bool:
        """True for somebody who acts for a company, and is confirmed."""
        return (self.kind, self.status) == ("company", "active")


class Leaver(Member):
    """A member who has left, until the last room has forgotten them. `kind` and `owner`: whom they acted for or asked to; empty for nobody."""

    kind: str = ""
    owner: str = ""
