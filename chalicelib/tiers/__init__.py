"""Tiers: the step of the club's ladder that a company's purchases reach, and its discount.

The tier of a day is a function of facts: purchases and returns, the ladders, and manual tiers. A standing is the result for today and
every later day, stored so that one read finds it.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("ladders", "standing", "manual_tiers", "explanation", "simulations", "recalculation")

with opened_when_asked(__name__):
    from chalicelib.tiers.config import Tiers, tier_name
    from chalicelib.tiers.events import CHANGED as TIER_CHANGED
    from chalicelib.tiers.events import GRANTED as TIER_GRANTED
    from chalicelib.tiers.events import WARNING as TIER_WARNING
    from chalicelib.tiers.events import WITHDRAWN as TIER_WITHDRAWN
    from chalicelib.tiers.explanation.service import known_tiers
    from chalicelib.tiers.keys import standing as standing_key
    from chalicelib.tiers.ladders.rules import NO_STEP, Ladder, LadderStep, LadderSteps, always, ladder_on
    from chalicelib.tiers.ladders.store import ladders_of, tier_codes
    from chalicelib.tiers.manual_tiers.schemas import ManualTierForm
    from chalicelib.tiers.manual_tiers.service import grant_approved, manual_tiers_of
    from chalicelib.tiers.standing.model import Standing, missing_sum, order_to_keep
    from chalicelib.tiers.standing.rules import UNDONE, Facts, year_before
    from chalicelib.tiers.standing.service import ladder_today, standing_of, standings_of, tier_path, tier_with
    from chalicelib.tiers.standing.store import is_below_lowest, tier_in_force, window_sum
