from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from chalicelib.platform import Section

PriceRule = Literal[
    "base_price", "tier_price", "tier_discount", "personal_price", "personal_discount", "promotion", "offer"
]
PercentRule = Literal["tier_discount", "personal_discount", "promotion", "offer"]


class Pricing(Section, name="pricing"):
    """The combination of price rules: the best price or the first rule of the priority; and the discounts that stack.

    The most that one person gives: `alone_percent`: the discount of an offer, a contract or a promotion, free goods counted as one;
    `alone_percents_company`, `alone_percents`: the discounts of offers in a calendar month added up, to one company and to all; `alone_credit`:
    the credit limit of a contract, in the company's currency; `alone_deferral_days`: its days to pay. More takes two.
    """

    combine: Literal["best", "priority"]
    priority: list[PriceRule] = []
    stacks: list[list[PercentRule]] = []
    alone_percent: Decimal = Field(default=Decimal(30), ge=0, le=100)
    alone_percents_company: Decimal = Field(default=Decimal(100), ge=0)
    alone_percents: Decimal = Field(default=Decimal(2000), ge=0)
    alone_credit: Decimal = Field(default=Decimal(500_000), ge=0)
    alone_deferral_days: int = Field(default=60, ge=0)

    @model_validator(mode="after")
    def _each_once(self) -> "Pricing":
        named: list[Sequence[str]] = [self.priority, *self.stacks]
        if any(len(set(names)) < len(names) for names in named):
            raise ValueError("a rule is named once in a priority, and once in a group that stacks")
        if any(len(group) < 2 for group in self.stacks):
            raise ValueError("two discounts at least stack")
        return self
