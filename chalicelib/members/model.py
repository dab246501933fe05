"""A person, and whom the person speaks for."""

from typing import Literal

from pydantic import Field

from chalicelib.platform.model import Record
from chalicelib.platform.text import Language

Audience = Literal["distributor", "designer", "architect", "project_engineer", "installer", "end_organisation"]


class Consent(Record):
    """What a member says now of one purpose, and to which wording."""

    agreed: bool
    version: str
    at: str = Field(description="When it was said.")
    source: str = Field(description="Where it was said: registration, cabinet, letter.")


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
    """Whom a person speaks for: a company, a distributor, or the club's staff."""

    kind: Literal["company", "distributor", "staff"]
    owner: str
    role: str
    status: Literal["pending", "active"]
