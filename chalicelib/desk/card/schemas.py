from datetime import date
from typing import Self

from pydantic import Field

from chalicelib.bonuses import BonusesView
from chalicelib.companies import StaffCompanyDetailView
from chalicelib.orders import CreditView, OrderSummaryView
from chalicelib.platform import Language, Money, Percent, View
from chalicelib.pricing import CompanyOfferView, TermsView
from chalicelib.retention import Rhythm, RhythmState
from chalicelib.tiers import Standing, missing_sum


class CardTierView(View):
    """The tier in force, and the way to the next one. `GET /v1/staff/companies/{company_id}/tier` shows the calendar."""

    code: str = Field(description="Empty: no tier.")
    name: str = Field(description="In the language of the answer.")
    discount_percent: Percent
    purchases: Money = Field(description="Purchases that count today.")
    below_lowest_step: bool = Field(description="Whether they reach no step: dormant by the plain rule.")
    safe_until: date | None = Field(description="The last day of the tier if the company buys nothing more.")
    next_tier: str | None = Field(description="The name of the next tier; null on the last step.")
    missing: Money | None = Field(description="Purchases missing to the next tier; null on the last step.")

    @classmethod
    def of(cls, standing: Standing, language: Language) -> Self:
        bought, above = standing.window_result.window_sum, standing.next_step
        missing = missing_sum(bought, above) if above else None
        return cls(
            code=standing.tier.tier,
            name=standing.tier.name_in(language),
            discount_percent=standing.tier.discount_percent,
            purchases=Money(amount=bought, currency=standing.currency),
            below_lowest_step=not standing.window_result.step.tier,
            safe_until=standing.safe_until,
            next_tier=above.name_in(language) if above else None,
            missing=None if missing is None else Money(amount=missing, currency=standing.currency),
        )


class CardRhythmView(View):
    """The company's rhythm of buying, as of the last night. `GET /v1/staff/companies/{company_id}/rhythm` explains it."""

    state: RhythmState
    since: date = Field(description="The first day of this state.")
    last_order: date | None
    next_order_from: date | None = Field(description="The first day of the days in which its next order is expected.")
    next_order_to: date | None

    @classmethod
    def of(cls, rhythm: Rhythm) -> Self:
        return cls.from_record(rhythm, next_order_from=rhythm.window_from, next_order_to=rhythm.window_to)


class CompanyCardView(View):
    """A company on one page. Sections that the caller's role does not read are null."""

    company: StaffCompanyDetailView
    tier: CardTierView
    rhythm: CardRhythmView | None = Field(description="Null before the first night after its first purchase.")
    terms: TermsView
    offers: list[CompanyOfferView] = Field(description="Personal offers that no order has used yet.")
    orders: list[OrderSummaryView] | None = Field(description="The newest five; `GET /v1/staff/orders` has them all.")
    credit: CreditView | None = Field(description="Open orders and debts against the credit limit.")
    bonuses: BonusesView | None
