"""Config of the sections of the cabinet and the facts that open them; limits of claims and invitations."""

from typing import Literal

from pydantic import Field

from chalicelib.platform import Section

Fact = Literal["name", "email_confirmed", "phone", "company_named", "company_confirmed"]


class PrivilegeRules(Section, name="privileges"):
    """The facts that open each section. A fact that was confirmed more than `fresh_days` ago locks it again."""

    version: str
    fresh_days: int
    unlocks: dict[str, list[Fact]]


class CompanyLimits(Section, name="companies"):
    """Requests and letters in a day (UTC), and the lifetime of an invitation."""

    claims_per_member_per_day: int = Field(ge=1)
    claims_per_caller_per_day: int = Field(ge=1)
    claim_letters_per_company_per_day: int = Field(ge=1)
    invitations_per_company_per_day: int = Field(ge=1)
    invitation_letters_per_address_per_day: int = Field(ge=1)
    invitation_days: int = Field(ge=1, le=365)
