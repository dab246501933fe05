"""The club's figures, read once from `club.toml` beside the rooms and checked as they are read."""

import tomllib
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, model_validator

Language = Literal["ru", "en"]

_FILE = Path(__file__).parent.parent / "club.toml"


class _Figures(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(_Figures):
    """A step of a ladder: from this window sum on, this discount."""

    tier: str
    from_sum: Decimal = Field(alias="from", gt=0)
    discount_percent: Decimal = Field(ge=0, lt=100)
    name: str
    name_ru: str


class Tiers(_Figures):
    version: str
    window_days: int = Field(ge=1)
    ladders: dict[str, list[Step]]

    @model_validator(mode="after")
    def _steps_rise(self) -> "Tiers":
        for currency, steps in self.ladders.items():
            sums = [step.from_sum for step in steps]
            if not steps or sums != sorted(set(sums)):
                raise ValueError(f"the steps of the {currency} ladder must rise")
        return self


class SignIn(_Figures):
    code_minutes: int
    code_tries: int
    codes_per_address_per_hour: int
    codes_per_caller_per_hour: int


Fact = Literal["name", "email_confirmed", "phone", "company_named", "company_confirmed"]


class Privileges(_Figures):
    version: str
    fresh_days: int
    unlocks: dict[str, list[Fact]]


class Welcome(_Figures):
    title: str
    title_ru: str
    data_use: str
    data_use_ru: str
    benefits: list[str]
    benefits_ru: list[str]


class ConsentText(_Figures):
    version: str
    required: bool
    text: str
    text_ru: str


class Letters(_Figures):
    settle_minutes: int
    code_settle_minutes: int
    lease_seconds: int


class Imports(_Figures):
    most_bytes: int
    upload_minutes: int
    most_lines_per_document: int


class Club(_Figures):
    """All of `club.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))

    name: str
    name_ru: str
    time_zone: str
    currency: str
    default_language: Language
    tiers: Tiers
    sign_in: SignIn
    privileges: Privileges
    welcome: Welcome
    consents: dict[str, ConsentText]
    letters: Letters
    imports: Imports

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@lru_cache(maxsize=1)
def club() -> Club:
    return read_club(_FILE)


def read_club(file: Path) -> Club:
    """Raises pydantic's ValidationError, naming the field, for a file that is not a club's."""
    return Club.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
