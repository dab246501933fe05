from pydantic import Field

from chalicelib.platform import Section


class FreeGoodsDeadlines(Section, name="orders.on_top"):
    """`reminder_days`: days from the reminder letter to the last day of payment; `grace_days`: days after it for recording a timely payment."""

    reminder_days: int = Field(default=3, ge=0, le=60)
    grace_days: int = Field(default=3, ge=0, le=60)
