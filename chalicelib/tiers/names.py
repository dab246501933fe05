"""What a tier is called."""

from chalicelib.platform.config import Config
from chalicelib.tiers.config import Tiers


def tier_name(config: Config, currency: str, code: str, language: str) -> str:
    """The name that the club's founding ladder gives a tier, for what was kept without a name; else its code."""
    steps = config[Tiers].ladders.get(currency, ())
    return next((step.name_ru if language == "ru" else step.name for step in steps if step.tier == code), code)
