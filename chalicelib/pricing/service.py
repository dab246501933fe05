"""What other rooms know of a company, as the price rules take it."""

from chalicelib.pricing.rules import Buyer
from chalicelib.tiers import Step


def buyer(tier: Step) -> Buyer:
    """By the tier in force today."""
    return Buyer(tier.tier, tier.name, tier.name_ru, tier.discount_percent)
