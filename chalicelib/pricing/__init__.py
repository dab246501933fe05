"""The one price answer: everything that shows or uses a price gathers the company's `Conditions` and asks them."""

from chalicelib.pricing.rules import Agreed, Goods, Price, Ruling
from chalicelib.pricing.schemas import PriceAnswer, RuleAnswer
from chalicelib.pricing.service import Conditions, agreed_with, conditions_of, keys_of

__all__ = [
    "Agreed",
    "Conditions",
    "Goods",
    "Price",
    "PriceAnswer",
    "RuleAnswer",
    "Ruling",
    "agreed_with",
    "conditions_of",
    "keys_of",
]
