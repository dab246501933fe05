"""Views of accruals: the bonus of each document, its rates, its state."""

from datetime import date
from typing import Literal, NamedTuple, Self

from pydantic import Field

from chalicelib import tiers
from chalicelib.bonuses.accruals.rules import Accrued, AppliedRate, RateGroup
from chalicelib.bonuses.config import Bonuses
from chalicelib.platform import Language, ListPage, Money, Percent, View, narrowed
from chalicelib.platform.config import Config
from chalicelib.sales import DocumentRef

# Names of rates by the attribute that they match: English and Russian.
REASONS = {
    "tier": ("Tier {value}", "Уровень «{value}»"),
    "brand": ("Brand {value}", "Марка {value}"),
    "category": ("Category {value}", "Категория {value}"),
    "sku": ("Article {value}", "Артикул {value}"),
    "all": ("All goods", "Все товары"),
    "": ("No rate", "Без начисления"),
}


class DocumentAccrual(NamedTuple):
    """A document with its accrual and payment."""

    ref: DocumentRef
    sale: DocumentRef | None  # of a return that is kept with its sale
    accrued: Accrued
    paid_on: date | None


class RateGroupView(View):
    """The lines of a document that earn by one rate."""

    amount: Money = Field(description="Net amount of the lines; negative for returned goods.")
    percent: Percent
    bonus: Money = Field(description="amount · percent / 100, rounded half-up.")
    by: Literal["tier", "brand", "category", "sku", "all"] | None = Field(
        description="The attribute that the rate matches; null without a rate."
    )
    value: str = Field(description="The tier's code, the brand, the category or the article number.")
    promotion: str | None = Field(description="The code of the promotion that grants the rate.")
    reason: str = Field(description="The rate in plain words, in the reader's language.")

    @classmethod
    def of(cls, group: RateGroup, currency: str, language: Language, config: Config) -> Self:
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


class AccrualView(View):
    """The bonus of a document; for a return, the bonus that it took back."""

    source: str
    document: str = Field(description="Its number.")
    kind: Literal["sale", "return"] = Field(description="A sale, or a return of it.")
    business_date: date
    counts_on: date = Field(description="The day whose tier and rates apply; for a return, the day of its sale.")
    sale: str | None = Field(description="The number of the sale that the return takes back.")
    total: Money = Field(description="The document's total.")
    bonus: Money = Field(
        description="The posted bonus. A return takes back no more than is left of its sale's bonus; the two are rounded together."
    )
    groups: list[RateGroupView] = Field(description="Lines of one rate each, and the rate's reason.")
    state: Literal["pending", "available", "expired"] = Field(description="pending until the document is paid.")
    paid_on: date | None = Field(description="The day of its last payment; null until it is paid.")
    expires_on: date | None = Field(description="The last day to spend it; null while pending.")

    @classmethod
    def of(cls, document: DocumentAccrual, currency: str, language: Language, config: Config, today: date) -> Self:
        fact, place = document.accrued.fact, document.accrued.place
        expired = place.expires_on is not None and place.expires_on < today
        return cls(
            source=document.ref[0],
            document=_number(document.ref),
            kind="return" if fact.kind == "return" else "sale",
            business_date=fact.day,
            counts_on=fact.counts_on,
            sale=_number(document.sale) if document.sale else None,
            total=Money(amount=fact.total, currency=currency),
            bonus=Money(amount=document.accrued.amount, currency=currency),
            groups=[RateGroupView.of(group, currency, language, config) for group in document.accrued.groups],
            state="pending" if place.expires_on is None else "expired" if expired else "available",
            paid_on=document.paid_on,
            expires_on=place.expires_on,
        )


AccrualsQuery = narrowed(AccrualView, same=("kind", "state"), words=("document",), day=("business_date",))


class AccrualPage(ListPage[AccrualView]):
    """Latest business date first. A page may hold fewer items than asked for; the last one has no `next_cursor`."""


def _words(reason: AppliedRate, currency: str, language: Language, config: Config) -> str:
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


def _number(ref: DocumentRef) -> str:
    return ref[1].partition("/")[2]
