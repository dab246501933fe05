"""How an accrual is shown: what each document earned, by which rates, and where it lies."""

from datetime import date
from typing import Literal, NamedTuple, Self

from pydantic import Field

from chalicelib import tiers
from chalicelib.bonuses.accruals.rules import Accrued, Group, Reason
from chalicelib.bonuses.config import Bonuses
from chalicelib.platform.config import Config
from chalicelib.platform.fields import Percent
from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money
from chalicelib.platform.text import Language
from chalicelib.sales import Ref

# How a rate is named, by what it goes by: English and Russian.
REASONS = {
    "tier": ("Tier {value}", "Уровень «{value}»"),
    "brand": ("Brand {value}", "Марка {value}"),
    "category": ("Category {value}", "Категория {value}"),
    "sku": ("Article {value}", "Артикул {value}"),
    "all": ("All goods", "Все товары"),
    "": ("No rate", "Без начисления"),
}


class Listed(NamedTuple):
    """A document with an accrual, and how its case stands."""

    ref: Ref
    sale: Ref | None  # of a return that is kept with its sale
    accrued: Accrued
    paid_on: date | None


class RateGroup(Shown):
    """The lines of a document that earn by one rate."""

    amount: Money = Field(description="What they come to; negative where goods were given back.")
    percent: Percent
    bonus: Money = Field(description="amount · percent / 100, rounded half-up.")
    by: Literal["tier", "brand", "category", "sku", "all"] | None = Field(
        description="What the rate goes by; null where there is none."
    )
    value: str = Field(description="The code of the tier, the brand, category or article.")
    promotion: str | None = Field(description="The code of the promotion that grants the rate.")
    reason: str = Field(description="In plain words, in the reader's language.")

    @classmethod
    def of(cls, group: Group, currency: str, language: Language, config: Config) -> Self:
        reason = group.reason
        return cls(
            amount=Money(amount=group.amount, currency=currency),
            percent=reason.percent,
            bonus=Money(amount=group.bonus, currency=currency),
            by=reason.by or None,
            value=reason.value,
            promotion=reason.promotion or None,
            reason=_words(reason, currency, language, config),
        )


class AccrualShown(Shown):
    """What a document earned. Of a return: what it took back."""

    source: str
    document: str = Field(description="Its number.")
    kind: Literal["sale", "return"]
    business_date: date
    counts_on: date = Field(description="The day whose tier and rates hold: of a return, that of its sale.")
    sale: str | None = Field(description="The number of the sale that the return takes back.")
    total: Money = Field(description="Of the document.")
    bonus: Money = Field(
        description="What was posted for it. A return takes no more than is left of what its sale gave."
    )
    groups: list[RateGroup]
    state: Literal["pending", "available", "expired"] = Field(description="Pending until it is paid.")
    paid_on: date | None
    expires_on: date | None = Field(description="The last day on which it can be spent; null while it is pending.")

    @classmethod
    def of(cls, listed: Listed, currency: str, language: Language, config: Config, today: date) -> Self:
        fact, place = listed.accrued.fact, listed.accrued.place
        expired = place.expires_on is not None and place.expires_on < today
        return cls(
            source=listed.ref[0],
            document=_number(listed.ref),
            kind="return" if fact.kind == "return" else "sale",
            business_date=fact.day,
            counts_on=fact.counts_on,
            sale=_number(listed.sale) if listed.sale else None,
            total=Money(amount=fact.total, currency=currency),
            bonus=Money(amount=listed.accrued.amount, currency=currency),
            groups=[RateGroup.of(group, currency, language, config) for group in listed.accrued.groups],
            state="pending" if place.expires_on is None else "expired" if expired else "available",
            paid_on=listed.paid_on,
            expires_on=place.expires_on,
        )


class Accruals(Shown):
    """Latest business date first. A page may hold fewer items than asked for; the last one has no `next_cursor`."""

    items: list[AccrualShown]
    next_cursor: str | None


def _words(reason: Reason, currency: str, language: Language, config: Config) -> str:
    russian = language == "ru"
    rates = config[Bonuses].rates
    promotion = next((rate for rate in rates if reason.promotion and rate.promotion == reason.promotion), None)
    if promotion:
        named = promotion.name_ru if russian else promotion.name
    else:
        value = reason.value
        if reason.by == "tier":
            value = tiers.tier_name(config, currency, value, language)
        named = REASONS[reason.by][russian].format(value=value)
    percent = f"{reason.percent.normalize():f}"
    return f"{named}: {percent.replace('.', ',') if russian else percent} %"


def _number(ref: Ref) -> str:
    return ref[1].partition("/")[2]
