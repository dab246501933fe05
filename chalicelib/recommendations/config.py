from pydantic import Field

from chalicelib.platform import Section


class NewForYou(Section, name="orders.new_for_you"):
    """Goods that other companies buy together with a company's goods: shown from `least_companies` on, so that none of them can be recognised."""

    least_companies: int = Field(default=5, ge=3, le=1000)
    shown: int = Field(default=12, ge=1, le=25)
