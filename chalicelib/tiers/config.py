"""The founding ladders in the configuration."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Protocol, TypeVar

from pydantic import AfterValidator, Field, model_validator

from chalicelib.platform.config import Config, Section, SectionPart
from chalicelib.platform.fields import Currency, DayOfYear, WarningDays


class _RisingStep(Protocol):
    @property
    def from_sum(self) -> Decimal: ...
    @property
    def discount_percent(self) -> Decimal: ...
    @property
    def tier(self) -> str: ...


AnyStep = TypeVar("AnyStep", bound=_RisingStep)


def require_rising(steps: list[AnyStep]) -> list[AnyStep]:
    """Return the steps. Raise ValueError unless names differ and sums and discounts rise."""
    for below, above in pairwise(steps):
        if above.from_sum <= below.from_sum:
            raise ValueError(
                f"steps must rise: {above.tier} begins at {above.from_sum}, {below.tier} at {below.from_sum}"
            )
        if above.discount_percent <= below.discount_percent:
            raise ValueError(
                f"steps must rise: {above.tier} gives {above.discount_percent} %, {below.tier} {below.discount_percent} %"
            )
    if len({step.tier for step in steps}) < len(steps):
        raise ValueError("two steps have one name")
    return steps


def require_floor_below_second_step(floor: Decimal, *ladders: Sequence[_RisingStep] | None) -> None:
    """Raise ValueError if the floor of a personal first step is above a second step, which would break the order of steps."""
    if any(floor > steps[1].from_sum for steps in ladders if steps):
        raise ValueError("the floor of the personal first step is above the second step")


class FoundingStep(SectionPart):
    """A step of a ladder: from this window sum on, this discount."""

    tier: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    from_sum: Decimal = Field(alias="from", gt=0)
    discount_percent: Decimal = Field(gt=0, lt=100)
    name: str
    name_ru: str


LEAST_STEPS, MOST_STEPS = 3, 5
Coefficients = Annotated[
    list[Annotated[Decimal, Field(gt=0, le=10, max_digits=4, decimal_places=2)]], Field(min_length=12, max_length=12)
]
_Steps = Annotated[
    list[FoundingStep], Field(min_length=LEAST_STEPS, max_length=MOST_STEPS), AfterValidator(require_rising)
]


class FoundingSeason(SectionPart):
    """First and last day of the season, MM-DD, both included."""

    first: DayOfYear = Field(alias="from")
    last: DayOfYear = Field(alias="to")


class FoundingPersonalStep(SectionPart):
    """The first step of a company after `months`: last year's purchases times the month's coefficient, at least the floor."""

    months: int = Field(default=18, ge=12)
    floor: Decimal = Field(gt=0)
    coefficients: Coefficients


class Tiers(Section, name="tiers"):
    """The founding ladders, in force from the beginning. The API adds later ladders under the same rules.

    `alone_discount_percent`: the largest discount of a ladder that its author puts in force. More takes two.
    """

    version: str
    alone_discount_percent: Decimal = Field(default=Decimal(30), ge=0, le=100)
    window_days: int = Field(ge=1, le=366)
    hold_days: int = Field(default=30, ge=0, le=366)
    warning_days: WarningDays = [14, 3]
    season: FoundingSeason | None = None
    ladders: dict[Currency, _Steps]
    off_season: dict[str, _Steps] = {}
    personal: dict[str, FoundingPersonalStep] = {}

    @model_validator(mode="after")
    def _fits(self) -> "Tiers":
        if bool(self.off_season) != (self.season is not None):
            raise ValueError("a season and off-season ladders need each other")
        for currency in {*self.off_season, *self.personal} - set(self.ladders):
            raise ValueError(f"there is no {currency} ladder")
        for currency, personal in self.personal.items():
            require_floor_below_second_step(personal.floor, self.ladders[currency], self.off_season.get(currency))
        return self


def tier_name(config: Config, currency: str, code: str, language: str) -> str:
    """The name of a tier in the founding ladder, or its code, for records that have no name."""
    steps = config[Tiers].ladders.get(currency, ())
    return next((step.name_ru if language == "ru" else step.name for step in steps if step.tier == code), code)


class ManualTiers(Section, name="tiers.manual"):
    """The bounds of a manual tier that one person grants: at most this discount, ending at most so many days from today. More takes two."""

    alone_days: int = Field(default=92, ge=0)
    alone_discount_percent: Decimal = Field(default=Decimal(7), ge=0, le=100)
