"""Settings of bonuses. Those of the volume programmes are in `volume/config.py`."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from chalicelib.platform import Section, SectionPart
from chalicelib.platform.fields import DayOfYear, WarningDays


class BonusExpiry(SectionPart):
    """Lifetime of a bonus: to the end of the `count`-th month, quarter or year after its own, or to the next `date`."""

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


class BonusRate(SectionPart):
    """A percentage of the purchases that it matches: by tier, brand, category or article; all goods if none is given. Days are inclusive."""

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


class BonusLimits(SectionPart):
    """Limits in one currency. `redemption_minimum`: the smallest redemption.

    Adjustments without a second approval, up and down added together, of one author in a calendar month: `adjustment_alone` for one
    company, `adjustments_alone` for all companies.
    """

    redemption_minimum: Decimal = Field(default=Decimal("0.01"), gt=0, decimal_places=2)
    adjustment_alone: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    adjustments_alone: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)


class BonusReminders(SectionPart):
    """Letters: `warning_days` before a lot expires; a reminder every `every_months` (0: never) on the first of `weekdays` (1: Monday)."""

    warning_days: WarningDays = [30, 7]
    every_months: Literal[0, 1, 2, 3, 4, 6, 12] = 1
    weekdays: list[Annotated[int, Field(ge=1, le=7)]] = Field(default=[2, 4], min_length=1)


class Bonuses(Section, name="bonuses"):
    """Rates, availability and lifetime of bonuses."""

    available_on: Literal["shipped_and_paid", "shipped"] = "shipped_and_paid"
    negative_balance: bool = True
    expiry: BonusExpiry = Field(default_factory=BonusExpiry)
    limits: dict[str, BonusLimits] = {}
    reminders: BonusReminders = Field(default_factory=BonusReminders)
    rates: list[BonusRate] = []
    coalition_days_back: int = Field(default=92, ge=0, le=366)

    def limits_in(self, currency: str) -> BonusLimits:
        """The limits in a currency. By default anything may be redeemed, and every adjustment takes two people."""
        return self.limits.get(currency, BonusLimits())
