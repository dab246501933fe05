"""Config of the sections of the cabinet and the facts that open them."""

from typing import Literal

from chalicelib.platform.config import Section

Fact = Literal["name", "email_confirmed", "phone", "company_named", "company_confirmed"]


class PrivilegeRules(Section, name="privileges"):
    """The facts that open each section. A fact that was confirmed more than `fresh_days` ago locks it again."""

    version: str
    fresh_days: int
    unlocks: dict[str, list[Fact]]
