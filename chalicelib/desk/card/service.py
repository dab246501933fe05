"""The card of a company, put together from the rooms that know of it."""

from collections.abc import Collection

from chalicelib import bonuses, companies, orders, pricing, retention, tiers
from chalicelib.desk.card.schemas import CardRhythmView, CardTierView, CompanyCardView
from chalicelib.orders import OrderSummaryView
from chalicelib.platform import Context, Language

NEWEST = 5  # orders


def show(context: Context, company_id: str, scopes: Collection[str], language: Language) -> CompanyCardView:
    """Fourteen reads at most, whatever the company has. `scopes`: those of the caller. Raises 404."""
    company, _ = companies.show_to_staff(context, company_id)
    rhythm = retention.rhythm_of_night(context, company_id)
    sees_orders, sees_bonuses = "staff.orders.read" in scopes, "staff.bonuses.read" in scopes
    return CompanyCardView(
        company=company,
        tier=CardTierView.of(tiers.standing_of(context, company_id), language),
        rhythm=CardRhythmView.of(rhythm) if rhythm else None,
        terms=pricing.terms_of(context, company_id, company.currency),
        offers=pricing.open_offers_of(context, company_id),
        orders=_newest_orders(context, company_id) if sees_orders else None,
        credit=orders.credit_of(context, company_id) if sees_orders else None,
        bonuses=bonuses.bonuses_of(context, company_id) if sees_bonuses else None,
    )


def _newest_orders(context: Context, company_id: str) -> list[OrderSummaryView]:
    return [OrderSummaryView.of(each) for each in orders.newest_orders(context, company_id, NEWEST)]
