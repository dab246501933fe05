"""Figures of ordering again."""

from pydantic import Field

from chalicelib.platform.config import Section


class UsualOrder(Section, name="orders.usual"):
    """Goods that a company buys regularly: on at least `least_days` of the last `days`, and not silent for longer than `silent_days`."""

    days: int = Field(default=365, ge=30, le=1096)
    least_days: int = Field(default=3, ge=2, le=100)
    silent_days: int = Field(default=180, ge=1, le=1096)
