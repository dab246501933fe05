"""The one price answer: everything that shows or uses a price gathers the company's `Conditions` and asks them."""

from chalicelib.pricing.rules import Goods, Price, Ruling
from chalicelib.pricing.schemas import PriceAnswer, RuleAnswer
from chalicelib.pricing.service import Conditions, conditions_of, keys_of

__all__ = ["Conditions", "Goods", "Price", "PriceAnswer", "RuleAnswer", "Ruling", "conditions_of", "keys_of"]
