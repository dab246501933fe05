from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from chalicelib.platform import Section, SectionPart


class Bracket(SectionPart):
    """The percent that is paid from a volume on."""

    from_sum: Decimal = Field(alias="from", gt=0)
    percent: Decimal = Field(ge=0, le=100)


def _brackets_rise(brackets: list[Bracket]) -> list[Bracket]:
    for below, above in pairwise(brackets):
        if above.from_sum <= below.from_sum or above.percent <= below.percent:
            raise ValueError(f"brackets must rise, in sum and in percent: {above.from_sum} after {below.from_sum}")
    return brackets


_Brackets = Annotated[list[Bracket], Field(min_length=1), AfterValidator(_brackets_rise)]


class VolumeProgramme(SectionPart):
    """A bonus for the volume of a month, quarter or year."""

    code: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    name: str
    name_ru: str
    every: Literal["month", "quarter", "year"]
    since: date
    mode: Literal["whole", "stepped"]
    grace_days: int = Field(ge=0, le=366)
    pays: Literal["goods_next_period", "goods_monthly_next_year", "gift"]
    choose_days: int = Field(default=90, ge=1, le=366)
    notice_days: int = Field(default=14, ge=0, le=366)
    season_months: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=1)] = list(range(1, 13))
    brackets: dict[str, _Brackets]
    off_season_brackets: dict[str, _Brackets] = {}

    @model_validator(mode="after")
    def _fits(self) -> "VolumeProgramme":
        months = {"month": 1, "quarter": 3, "year": 12}[self.every]
        if self.since.day != 1 or (self.since.month - 1) % months:
            raise ValueError(f"{self.code}: {self.since} is not the first day of a {self.every}")
        if set(self.off_season_brackets) - set(self.brackets):
            raise ValueError(f"{self.code}: off-season brackets in a currency without brackets")
        if bool(self.off_season_brackets) != (len(set(self.season_months)) < 12):
            raise ValueError(f"{self.code}: off-season brackets and months outside the season need each other")
        return self


class VolumeBonuses(Section, name="bonuses"):
    periods: list[VolumeProgramme] = []

    @model_validator(mode="after")
    def _codes_differ(self) -> "VolumeBonuses":
        codes = [programme.code for programme in self.periods]
        if len(codes) > len(set(codes)):
            raise ValueError("two volume programmes have one code")
        return self
