"""Config for every room: the club's name, currency, time zone and working time."""

from datetime import date, time
from functools import cached_property
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from chalicelib.platform.config import Section
from chalicelib.platform.fields import Currency, day_of_year
from chalicelib.platform.text import Language


class Club(Section):
    """The club itself. Sums without a currency of their own are in `currency`; its calendar day is that of `time_zone`.

    `journal_days`: so long the journal keeps who wrote what. Three years is the time in which most claims can be brought.
    """

    name: str
    name_ru: str
    time_zone: str
    currency: Currency
    default_language: Language
    journal_days: int = Field(default=1096, ge=1)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def _holiday(text: str) -> str:
    return day_of_year(text) if len(text) == len("MM-DD") else date.fromisoformat(text).isoformat()


class Calendar(Section, name="calendar"):
    """The club's working time. Days of the week count from Monday (1); holidays are MM-DD (each year) or YYYY-MM-DD."""

    working_days: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[1, 2, 3, 4, 5], min_length=1)
    opens: time = time(9)
    closes: time = time(18)
    holidays: list[Annotated[str, AfterValidator(_holiday)]] = []
    worked: list[date] = []

    @model_validator(mode="after")
    def _opens_first(self) -> "Calendar":
        if self.opens >= self.closes:
            raise ValueError("the day closes before it opens")
        return self
