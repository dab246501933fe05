"""Figures of free goods."""

from pydantic import Field

from chalicelib.platform.config import Section


class FreeGoodsDeadlines(Section, name="orders.on_top"):
    """Free goods of an order that is paid in time: letters `reminder_days` before the last day to pay; a payment may be told for `grace_days` after it."""

    reminder_days: int = Field(default=3, ge=0, le=60)
    grace_days: int = Field(default=3, ge=0, le=60)
