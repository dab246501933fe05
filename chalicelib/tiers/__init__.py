"""Tiers: the step of the club's ladder that a company's purchases of the last days reach, and the discount that comes with it.

A standing is where a company stands on a day. The tier in force is what the last night decided (or a company's first sale); the
window sum is exact at any moment, so it may already give another tier, which the coming night puts in force.
"""

from chalicelib.tiers.outlook import Standing, Step
from chalicelib.tiers.schemas import tier_name
from chalicelib.tiers.service import decide, nightly, on_sale_recorded, standing, standing_of, tier_path

__all__ = ["Standing", "Step", "decide", "nightly", "on_sale_recorded", "standing", "standing_of", "tier_name", "tier_path"]
