"""The club's figures, read once from `club.toml` beside the rooms and checked as they are read."""

import tomllib
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Language = Literal["ru", "en"]

_FILE = Path(__file__).parent.parent / "club.toml"


class _Figures(BaseModel):
    # The whole file's schema is built when it is read; those of its parts alone are never needed.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


# --- tiers ------------------------------------------------------------------------------------------------------------
# The founding ladders, in force from the beginning; the API adds later ones, which keep to the same rules.


class _Rises(Protocol):
    @property
    def from_sum(self) -> Decimal: ...
    @property
    def discount_percent(self) -> Decimal: ...
    @property
    def tier(self) -> str: ...


AnyStep = TypeVar("AnyStep", bound=_Rises)


def rising(steps: list[AnyStep]) -> list[AnyStep]:
    """The steps of a ladder. Raises ValueError unless each has a name of its own, and a sum and a discount above the one below."""
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


def falling(days: list[int]) -> list[int]:
    """Days of warning. Raises ValueError unless the earliest stands first, each once."""
    if days != sorted(set(days), reverse=True):
        raise ValueError("the earliest warning stands first")
    return days


def floor_below(floor: Decimal, *ladders: Sequence[_Rises] | None) -> None:
    """Raises ValueError if the floor of a personal first step is above a second step: the order of steps would be lost."""
    if any(floor > steps[1].from_sum for steps in ladders if steps):
        raise ValueError("the floor of the personal first step is above the second step")


def _day_of_year(text: str) -> str:
    date.fromisoformat(f"2000-{text}")  # a leap year: 29 February is a day
    return text


class Step(_Figures):
    """A step of a ladder: from this window sum on, this discount."""

    tier: str = Field(pattern=r"^[a-z0-9_-]{1,32}$")
    from_sum: Decimal = Field(alias="from", gt=0)
    discount_percent: Decimal = Field(gt=0, lt=100)
    name: str
    name_ru: str


LEAST_STEPS, MOST_STEPS = 3, 5
WarningDays = Annotated[list[Annotated[int, Field(ge=1, le=60)]], Field(max_length=5), AfterValidator(falling)]
DayOfYear = Annotated[str, Field(pattern=r"^\d\d-\d\d$"), AfterValidator(_day_of_year)]
Coefficients = Annotated[
    list[Annotated[Decimal, Field(gt=0, le=10, max_digits=4, decimal_places=2)]], Field(min_length=12, max_length=12)
]
_Steps = Annotated[list[Step], Field(min_length=LEAST_STEPS, max_length=MOST_STEPS), AfterValidator(rising)]


class Season(_Figures):
    """First and last day of the season, MM-DD, both in it."""

    first: DayOfYear = Field(alias="from")
    last: DayOfYear = Field(alias="to")


class PersonalStep(_Figures):
    """The first step of a company of so many months: last year's purchases, corrected by the month, at least the floor."""

    months: int = Field(default=18, ge=12)
    floor: Decimal = Field(gt=0)
    coefficients: Coefficients


class Tiers(_Figures):
    version: str
    window_days: int = Field(ge=1, le=366)
    hold_days: int = Field(default=30, ge=0, le=366)
    warning_days: WarningDays = [14, 3]
    season: Season | None = None
    ladders: dict[str, _Steps]
    off_season: dict[str, _Steps] = {}
    personal: dict[str, PersonalStep] = {}

    @model_validator(mode="after")
    def _fits(self) -> "Tiers":
        if bool(self.off_season) != (self.season is not None):
            raise ValueError("a season and off-season ladders need each other")
        for currency in {*self.off_season, *self.personal} - set(self.ladders):
            raise ValueError(f"there is no {currency} ladder")
        for currency, personal in self.personal.items():
            floor_below(personal.floor, self.ladders[currency], self.off_season.get(currency))
        return self


# --- the rest ---------------------------------------------------------------------------------------------------------


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


def _holiday(text: str) -> str:
    return _day_of_year(text) if len(text) == len("MM-DD") else date.fromisoformat(text).isoformat()


class Calendar(_Figures):
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


class UsualOrder(_Figures):
    """What a company buys regularly: on at least `least_days` of the last `days`, and not silent for longer than `silent_days`."""

    days: int = Field(default=365, ge=30, le=1096)
    least_days: int = Field(default=3, ge=2, le=100)
    silent_days: int = Field(default=180, ge=1, le=1096)


class NewForYou(_Figures):
    """What other companies buy together with a company's goods: shown from so many companies on, so that none of them can be recognised."""

    least_companies: int = Field(default=5, ge=3, le=1000)
    shown: int = Field(default=12, ge=1, le=25)


class OnTop(_Figures):
    """Goods on top: letters `reminder_days` before the last day to pay; a payment may be told for `grace_days` after it."""

    reminder_days: int = Field(default=3, ge=0, le=60)
    grace_days: int = Field(default=3, ge=0, le=60)


class Orders(_Figures):
    """`minimum`: the smallest order by currency; none where a currency is not named.

    In working days: after how many of them the distributor is reminded of what waits for its answer, and after how many the head of sales
    hears of it.
    """

    minimum: dict[str, Decimal] = {}
    on_top: OnTop = OnTop()
    remind_after: int = Field(default=1, ge=1, le=60)
    escalate_after: int = Field(default=2, ge=1, le=60)
    usual: UsualOrder = UsualOrder()
    new_for_you: NewForYou = NewForYou()

    @model_validator(mode="after")
    def _reminds_first(self) -> "Orders":
        if self.escalate_after <= self.remind_after:
            raise ValueError("the head of sales hears of it before the distributor was reminded")
        return self


PriceRule = Literal[
    "base_price", "tier_price", "tier_discount", "personal_price", "personal_discount", "promotion", "offer"
]
PercentRule = Literal["tier_discount", "personal_discount", "promotion", "offer"]


class Pricing(_Figures):
    """How price rules combine: the best price for the partner, or the first rule of the priority; and which discounts stack."""

    combine: Literal["best", "priority"]
    priority: list[PriceRule] = []
    stacks: list[list[PercentRule]] = []

    @model_validator(mode="after")
    def _each_once(self) -> "Pricing":
        named: list[Sequence[str]] = [self.priority, *self.stacks]
        if any(len(set(names)) < len(names) for names in named):
            raise ValueError("a rule is named once in a priority, and once in a group that stacks")
        if any(len(group) < 2 for group in self.stacks):
            raise ValueError("two discounts at least stack")
        return self


class Letters(_Figures):
    settle_minutes: int
    code_settle_minutes: int
    lease_seconds: int


class Imports(_Figures):
    most_bytes: int
    upload_minutes: int
    most_lines_per_document: int


class Catalogue(_Figures):
    """Pictures of products: how large one may be, how long its upload may take, how many a product shows."""

    image_most_bytes: int = 5_242_880
    image_upload_minutes: int = 15
    images_per_product: int = 10


class Webhooks(_Figures):
    """Messages to distributors' systems. `pauses_seconds`: after each try that failed, until the next; after the last one it is given up.

    `private_networks`: whether an endpoint may lie in a private network, and be called without encryption.
    """

    private_networks: bool = False
    connect_seconds: int = Field(default=5, ge=1, le=10)
    answer_seconds: int = Field(default=15, ge=1, le=20)  # with the rest of an attempt below the function's time limit
    pauses_seconds: list[Annotated[int, Field(ge=1, le=86400)]] = Field(
        default=[5, 300, 1800, 7200, 18000, 36000, 36000], min_length=1, max_length=20
    )
    secret_overlap_hours: int = Field(default=24, ge=0, le=168)
    keep_days: int = Field(default=30, ge=7, le=366)


class Bracket(_Figures):
    """From this volume of a period on, so many percent."""

    from_sum: Decimal = Field(alias="from", gt=0)
    percent: Decimal = Field(ge=0, le=100)


def _brackets_rise(brackets: list[Bracket]) -> list[Bracket]:
    for below, above in pairwise(brackets):
        if above.from_sum <= below.from_sum or above.percent <= below.percent:
            raise ValueError(f"brackets must rise, in sum and in percent: {above.from_sum} after {below.from_sum}")
    return brackets


_Brackets = Annotated[list[Bracket], Field(min_length=1), AfterValidator(_brackets_rise)]


class VolumeProgramme(_Figures):
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


class BonusExpiry(_Figures):
    """How long a bonus lasts: to the end of the `count`-th month, quarter or year after its own, or to the next `date`."""

    every: Literal["month", "quarter", "year", "date"] = "month"
    count: int = Field(default=12, ge=0, le=120)
    date: DayOfYear | None = None

    @model_validator(mode="after")
    def _fits(self) -> "BonusExpiry":
        if (self.every == "date") != (self.date is not None):
            raise ValueError("a fixed date is given with every = 'date', and only then")
        if self.date == "02-29":
            raise ValueError("29 February is not a day of every year")
        return self


class BonusRate(_Figures):
    """So many percent of what it matches: purchases under a tier, or goods; without any of these, all goods. Both days are included."""

    percent: Decimal = Field(ge=0, le=100)
    tier: str | None = None
    brand: str | None = None
    category: str | None = None
    sku: str | None = None
    promotion: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,32}$")
    name: str = ""
    name_ru: str = ""
    first: date = Field(default=date.min, alias="from")
    last: date = Field(default=date.max, alias="to")

    @model_validator(mode="after")
    def _fits(self) -> "BonusRate":
        if sum(value is not None for value in (self.tier, self.brand, self.category, self.sku)) > 1:
            raise ValueError("a rate goes by one of tier, brand, category and sku")
        if self.last < self.first:
            raise ValueError(f"this rate ends on {self.last}, before it begins")
        if self.promotion and not (self.name and self.name_ru and self.model_fields_set >= {"first", "last"}):
            raise ValueError(f"promotion {self.promotion} needs a name in both languages, and days from and to")
        return self


class BonusLimits(_Figures):
    """In one currency. `redemption_minimum`: the smallest redemption; `adjustment_alone`: the largest adjustment, up or down, of one person."""

    redemption_minimum: Decimal = Field(default=Decimal("0.01"), gt=0, decimal_places=2)
    adjustment_alone: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)


class BonusReminders(_Figures):
    """Letters on a balance: `warning_days` before a lot expires; every so many months (0: never), on the first of these weekdays (1: Monday)."""

    warning_days: WarningDays = [30, 7]
    every_months: Literal[0, 1, 2, 3, 4, 6, 12] = 1
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[2, 4], min_length=1)


class Bonuses(_Figures):
    available_on: Literal["shipped_and_paid", "shipped"] = "shipped_and_paid"
    negative_balance: bool = True
    expiry: BonusExpiry = BonusExpiry()
    limits: dict[str, BonusLimits] = {}
    reminders: BonusReminders = BonusReminders()
    rates: list[BonusRate] = []
    coalition_days_back: int = Field(default=92, ge=0, le=366)
    periods: list[VolumeProgramme] = []

    @model_validator(mode="after")
    def _codes_differ(self) -> "Bonuses":
        codes = [programme.code for programme in self.periods]
        if len(codes) > len(set(codes)):
            raise ValueError("two volume programmes have one code")
        return self

    def limits_in(self, currency: str) -> BonusLimits:
        """Of a currency without limits of its own: anything may be redeemed, and every adjustment takes two people."""
        return self.limits.get(currency, BonusLimits())


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
    pricing: Pricing
    calendar: Calendar = Calendar()
    orders: Orders
    letters: Letters
    imports: Imports
    catalogue: Catalogue = Catalogue()
    webhooks: Webhooks = Webhooks()
    bonuses: Bonuses = Bonuses()

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@lru_cache(maxsize=1)
def club() -> Club:
    return read_club(_FILE)


def read_club(file: Path) -> Club:
    """Raises pydantic's ValidationError, naming the field, for a file that is not a club's."""
    return Club.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
