"""Figures of what a person must have done before a part of the cabinet opens."""

from typing import Literal

from chalicelib.platform.config import Section

Fact = Literal["name", "email_confirmed", "phone", "company_named", "company_confirmed"]


class PrivilegeRules(Section, name="privileges"):
    """The facts that open each part; what was confirmed more than `fresh_days` ago locks it again."""

    version: str
    fresh_days: int
    unlocks: dict[str, list[Fact]]
