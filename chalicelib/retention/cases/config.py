from datetime import time
from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, model_validator

from chalicelib.platform import Section, SectionPart
from chalicelib.platform.fields import DayOfYear, Name
from chalicelib.retention.cases.model import CallAnswer, CallKind, SilenceReason

Weight = Annotated[int, Field(ge=0, le=100)]


class Engineer(SectionPart):
    """A colleague who answers technical questions. `weekdays`: on which they are on duty, from Monday (1)."""

    name: Name
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(min_length=1, max_length=7)


class Calls(Section, name="retention.calls"):
    """`most`, `least`: of a manager's calls in a day. `listed_from`: before that time no question makes the list of the day. `weights`: percent of what is at stake, by the kind of a call.

    `answers`: by reason, what the club may do about it. `new_year_from`, `new_year_to`: days of greetings, over the turn of the year. `engineers`: on duty
    for technical questions; of several on a day, the first one.
    """

    most: int = Field(ge=1, le=20)
    least: int = Field(ge=1, le=20)
    listed_from: time = time(7)
    weights: dict[CallKind, Weight]
    answers: dict[SilenceReason, list[CallAnswer]]
    offer_percent: dict[Decimal, Annotated[Decimal, Field(ge=0, lt=100)]]
    new_year_from: DayOfYear
    new_year_to: DayOfYear
    engineers: list[Engineer] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.least > self.most:
            raise ValueError("the least number of calls is above the most")
        if set(self.weights) != set(CallKind) or set(self.answers) != set(SilenceReason):
            raise ValueError("every kind of a call has a weight, and every reason its answers")
        if self.new_year_from <= self.new_year_to:
            raise ValueError("the days of greetings go over the turn of the year")
        return self
