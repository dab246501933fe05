"""How far a promotion goes, as it is written and shown."""

from pydantic import Field

from chalicelib.platform.http.forms import Shown
from chalicelib.platform.money import Money


class UsedAnswer(Shown):
    """What orders took of a promotion with limits. What was rejected, cancelled or accepted with less counts no more; returns do."""

    uses: int = Field(description="Orders.")
    units: int
    cost: Money | None = Field(description="Of those that are sold in the budget's currency; null without a budget.")
    exhausted: bool = Field(description="Whether a limit is reached: prices are made without it.")
