"""The rules as they are asked for and shown."""

from datetime import date
from typing import Literal

from pydantic import Field

from chalicelib.platform.http.forms import Form, Shown
from chalicelib.platform.text import Language

SectionCode = Literal["discount", "bonuses", "volume", "example"]


class RulesQuery(Form):
    language: Language | None = Field(default=None, description="Without it, by Accept-Language.")
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$", description="Without it, the club's.")


class RulesSectionView(Shown):
    code: SectionCode
    title: str
    lines: list[str] = Field(description="Sentences; no markup.")


class ClubRulesView(Shown):
    """The programme as it is today."""

    language: Language
    currency: str
    as_of: date
    ladder_id: str
    version: str = Field(description="Of the ladder in force.")
    title: str
    sections: list[RulesSectionView]
