"""How far a promotion goes, as it is written and shown."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.platform.http import Form, Shown
from chalicelib.platform.money import Amount, Money
from chalicelib.pricing.rules import Limits


class BudgetForm(Form):
    """What the promotion may cost: for each unit, what its price without the promotion would be, less its price."""

    amount: Amount = Field(gt=0, max_digits=14, decimal_places=2, examples=["100000.00"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["RUB"])


class PromotionLimits(Form):
    """Where a promotion stops. Orders that come together cannot pass a limit; what comes to nothing is given back."""

    uses: int | None = Field(default=None, ge=1, le=1_000_000_000, description="Orders that may use it.")
    units: int | None = Field(default=None, ge=1, le=1_000_000_000, description="Units that may be sold at its price.")
    budget: BudgetForm | None = Field(
        default=None, description="Goods that are sold in another currency are not on the promotion."
    )
    uses_per_company: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Orders of one company that may use it."
    )

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise PydanticCustomError("limits", "Give one limit at least, or none of them.")
        return self

    def limits(self) -> Limits:
        amount, currency = (self.budget.amount, self.budget.currency) if self.budget else (None, "")
        return Limits(self.uses, self.units, amount, currency, self.uses_per_company)


class UsedAnswer(Shown):
    """What orders took of a promotion with limits. What was rejected, cancelled or accepted with less counts no more; returns do."""

    uses: int = Field(description="Orders.")
    units: int
    cost: Money | None = Field(description="Of those that are sold in the budget's currency; null without a budget.")
    exhausted: bool = Field(description="Whether a limit is reached: prices are made without it.")
