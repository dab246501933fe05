"""Prices: all that shows or uses a price gets it from the `Conditions` of the company."""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("resolver", "free_goods", "terms", "offers", "best_sellers", "promotions", "displays", "approvals")

with opened_when_asked(__name__):
    from chalicelib.pricing.displays.service import display_deal
    from chalicelib.pricing.displays.store import chain as companies_of_chain
    from chalicelib.pricing.displays.store import waiting as waiting_displays
    from chalicelib.pricing.free_goods.rules import (
        FreeGoodsProgress,
        FreeGoodsPromise,
        PricedLine,
        free_goods_progress,
        free_goods_times,
        promised_free_goods,
    )
    from chalicelib.pricing.offers.events import ISSUED as OFFER_ISSUED
    from chalicelib.pricing.offers.model import OfferForm
    from chalicelib.pricing.offers.schemas import CompanyOfferView
    from chalicelib.pricing.offers.service import add as add_offer
    from chalicelib.pricing.offers.service import own as open_offers_of
    from chalicelib.pricing.offers.store import LABEL as OFFERS_LABEL
    from chalicelib.pricing.offers.store import release_offers, use_offers
    from chalicelib.pricing.promotions.store import ended_since as promotions_since
    from chalicelib.pricing.promotions.store import promotion as promotion_of
    from chalicelib.pricing.promotions.usage import (
        PromotionUsage,
        exceeded_limits,
        follow_limits,
        move_uses,
        use_promotions,
    )
    from chalicelib.pricing.rules import (
        FreeGoods,
        FreeGoodsTerms,
        Goods,
        Limits,
        OrderTerms,
        Price,
        Promotion,
        Ruling,
        offers_of,
        plain,
    )
    from chalicelib.pricing.schemas import PriceRuleView, PriceView, explain
    from chalicelib.pricing.service import Conditions, conditions_of, keys_of, order_terms_of
    from chalicelib.pricing.terms.events import CHANGED as TERMS_CHANGED
    from chalicelib.pricing.terms.schemas import TermsView
    from chalicelib.pricing.terms.service import terms_of
