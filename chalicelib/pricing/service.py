"""What other rooms know of a company, as the price rules take it."""

from chalicelib.pricing.rules import Buyer
from chalicelib.tiers import Standing


def buyer(standing: Standing) -> Buyer:
    """By the tier in force, not by the one that the window already gives."""
    return Buyer(tier=standing.tier, ladder=standing.currency, tier_percent=standing.discount_percent)
