from pydantic import Field

from chalicelib.platform import Section


class UsualOrder(Section, name="orders.usual"):
    """Articles count as regular if bought on at least `least_days` of the last `days`, most recently within `silent_days`."""

    days: int = Field(default=365, ge=30, le=1096)
    least_days: int = Field(default=3, ge=2, le=100)
    silent_days: int = Field(default=180, ge=1, le=1096)
