from datetime import date
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform import Form, NameOf, View, narrowed
from chalicelib.platform.fields import CURRENCY, Day, DayOfYear, Percent, WarningDays
from chalicelib.platform.money import Amount
from chalicelib.tiers.config import (
    LEAST_STEPS,
    MOST_STEPS,
    Coefficients,
    require_floor_below_second_step,
    require_rising,
)
from chalicelib.tiers.ladders.rules import (
    BEGINNING,
    Ladder,
    LadderRecord,
    LadderState,
    LadderStep,
    LadderSteps,
    MonthDay,
    PersonalStep,
    month_day,
)

Sum = Annotated[Decimal, Field(gt=0, max_digits=15, decimal_places=2)]
Title = Annotated[str, Field(min_length=1, max_length=60)]


class LadderStepForm(Form):
    """A step: from this window sum on, this discount."""

    tier: str = Field(pattern=r"^[a-z0-9_-]{1,32}$", description="The tier's code.", examples=["silver"])
    from_sum: Sum = Field(description="The window sum from which it holds.", examples=["150000"])
    discount_percent: Decimal = Field(gt=0, lt=100, max_digits=5, decimal_places=2, examples=["5"])
    name: Title = Field(description="For people, in English.", examples=["Silver"])
    name_ru: Title = Field(examples=["Серебро"])


_BRONZE = {"tier": "bronze", "from_sum": "50000", "discount_percent": "3", "name": "Bronze", "name_ru": "Бронза"}
_SILVER = {"tier": "silver", "from_sum": "150000", "discount_percent": "5", "name": "Silver", "name_ru": "Серебро"}
_GOLD = {"tier": "gold", "from_sum": "400000", "discount_percent": "7", "name": "Gold", "name_ru": "Золото"}

StepForms = Annotated[
    list[LadderStepForm], Field(min_length=LEAST_STEPS, max_length=MOST_STEPS), AfterValidator(require_rising)
]


class SeasonForm(Form):
    """First and last day of the season, MM-DD, both included. A season may span the new year."""

    first: DayOfYear = Field(alias="from", examples=["04-01"])
    last: DayOfYear = Field(alias="to", examples=["09-30"])


class PersonalStepForm(Form):
    """The first step of a company that has bought for `months` or longer.

    It begins at the purchases of the same window one year ago, times the coefficient of the month, at least `floor`, at most the second
    step.
    """

    months: int = Field(default=18, ge=12, le=120)
    floor: Sum = Field(examples=["30000"])
    coefficients: Coefficients = Field(description="By month, January first.", examples=[["1"] * 12])


class LadderForm(Form):
    """A ladder of a currency: 3 to 5 steps, lowest first. Sums and discounts rise; the last step has no upper bound."""

    version: str = Field(min_length=1, max_length=40, description="The name of this version.", examples=["2027-1"])
    currency: str | None = Field(default=None, pattern=CURRENCY, description="Without it, the club's.")
    window_days: int = Field(default=90, ge=1, le=366, description="The days whose purchases count, today included.")
    hold_days: int = Field(default=30, ge=0, le=366, description="The number of days for which a reached step is held.")
    warning_days: WarningDays = Field(
        default=[14, 3], description="The numbers of days before a fall at which it is announced, largest first."
    )
    steps: StepForms = Field(
        description="The steps of the season if there is one, otherwise of the whole year.",
        examples=[[_BRONZE, _SILVER, _GOLD]],
    )
    season: SeasonForm | None = Field(
        default=None, description="The days of the year on which `steps` hold; null: all year."
    )
    off_season_steps: StepForms | None = Field(
        description="The steps of the other days.",
        default=None,
        examples=[[{**_BRONZE, "from_sum": "30000"}, {**_SILVER, "from_sum": "90000"}, _GOLD]],
    )
    personal: PersonalStepForm | None = Field(
        default=None, description="A first step from the company's own last year; null: none."
    )
    note: str = Field(default="", max_length=1000, description="The purpose of the ladder, for the staff.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.season is None) != (self.off_season_steps is None):
            raise PydanticCustomError("season_incomplete", "A season and the steps off season need each other.")
        if self.personal:
            require_floor_below_second_step(self.personal.floor, self.steps, self.off_season_steps)
        return self

    def ladder(self, ladder_id: str, currency: str) -> Ladder:
        """The ladder, dated from the beginning."""
        season, personal = self.season, self.personal
        return Ladder(
            ladder_id=ladder_id,
            version=self.version,
            currency=currency,
            valid_from=BEGINNING,
            window_days=self.window_days,
            hold_days=self.hold_days,
            warning_days=tuple(self.warning_days),
            steps=_steps(self.steps),
            off_season_steps=_steps(self.off_season_steps) if self.off_season_steps else None,
            season=(month_day(season.first), month_day(season.last)) if season else None,
            personal=PersonalStep(personal.floor, tuple(personal.coefficients), personal.months) if personal else None,
        )


class ActivationForm(Form):
    first: Day = Field(
        alias="from", description="The first day on which it is in force: today or later.", examples=["2027-01-01"]
    )


class StaffLadderStepView(View):
    """A step: from this window sum on, this discount."""

    tier: str
    from_sum: Amount = Field(description="The window sum from which it holds.")
    discount_percent: Percent
    name: str = Field(description="For people, in English.")
    name_ru: str


class SeasonView(View):
    """First and last day of the season, MM-DD, both included."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: str = Field(serialization_alias="from")
    last: str = Field(serialization_alias="to")


class PersonalStepView(View):
    """The first step that follows a company's own last year."""

    months: int
    floor: Amount
    coefficients: list[Percent] = Field(description="By month, January first.")


class StaffLadderView(View):
    """A ladder with its state today and its authors.

    It is in force from `valid_from` until the next ladder of its currency. The founding ladder is in force from the beginning.
    """

    ladder_id: str
    version: str
    currency: str
    state: LadderState
    valid_from: date | None = Field(description="The first day in force; null for a draft and for the founding ladder.")
    window_days: int = Field(description="Days whose purchases count.")
    hold_days: int = Field(description="Days for which a reached step is held.")
    warning_days: list[int] = Field(description="Days before a fall at which it is announced.")
    steps: list[StaffLadderStepView] = Field(description="Of the season, or of the whole year.")
    season: SeasonView | None = Field(description="Null: one ladder all year.")
    off_season_steps: list[StaffLadderStepView] | None = Field(description="Null without a season.")
    personal: PersonalStepView | None = Field(description="Null: no personal first step.")
    note: str
    created_at: str | None = Field(description="Null until the first night has recorded the founding ladder.")
    created_by: str | None = Field(
        description="Null for the founding ladder, which comes from the club's configuration."
    )
    created_by_name: Annotated[str | None, NameOf("created_by")] = None
    activated_at: str | None = Field(description="Null of a draft.")
    activated_by: str | None = Field(description="Null of a draft.")
    activated_by_name: Annotated[str | None, NameOf("activated_by")] = None

    @classmethod
    def of(cls, found: LadderRecord, state: LadderState) -> Self:
        ladder, valid_from = found.ladder, found.valid_from
        return cls.from_record(
            ladder,
            state=state,
            valid_from=None if valid_from == BEGINNING else valid_from,
            season=SeasonView(first=_text(ladder.season[0]), last=_text(ladder.season[1])) if ladder.season else None,
            note=found.note,
            created_at=found.created_at,
            created_by=found.created_by,
            activated_at=found.activated_at,
            activated_by=found.activated_by,
        )


LaddersQuery = narrowed(StaffLadderView, same=("state", "currency"))


def _steps(forms: list[LadderStepForm]) -> LadderSteps:
    return tuple(LadderStep(**form.model_dump()) for form in forms)


def _text(day: MonthDay) -> str:
    return f"{day[0]:02d}-{day[1]:02d}"
