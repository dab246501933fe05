"""Query and views of the rules."""

from datetime import date
from typing import Literal

from pydantic import Field

from chalicelib.platform import CURRENCY, Form, Language, View

SectionCode = Literal["discount", "orders", "bonuses", "volume", "example"]


class RulesQuery(Form):
    language: Language | None = Field(default=None, description="By default the language of Accept-Language.")
    currency: str | None = Field(default=None, pattern=CURRENCY, description="By default the currency of the club.")


class RulesSectionView(View):
    code: SectionCode
    title: str
    lines: list[str] = Field(description="Sentences; no markup.")


class ClubRulesView(View):
    """The programme of today in sentences."""

    language: Language
    currency: str
    as_of: date
    ladder_id: str
    version: str = Field(description="Version of the ladder in force.")
    title: str
    sections: list[RulesSectionView]
