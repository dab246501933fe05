"""The one price answer: catalogue and orders ask `resolve`, and show what it says as `PriceAnswer`."""

from chalicelib.pricing.rules import Buyer, Goods, Price, Ruling, resolve
from chalicelib.pricing.schemas import PriceAnswer, RuleAnswer
from chalicelib.pricing.service import buyer

__all__ = ["Buyer", "Goods", "Price", "PriceAnswer", "RuleAnswer", "Ruling", "buyer", "resolve"]
