"""What is new for a company."""

from pydantic import Field

from chalicelib.platform.http.forms import Shown
from chalicelib.pricing import PriceView


class NewProductView(Shown):
    """An article that others buy together with what the company buys, at the company's own price of one pack."""

    sku: str
    name: str
    name_ru: str
    brand: str
    unit: str
    pack_multiple: int
    because: str = Field(description="Article number of what the company buys.")
    reason: str = Field(
        description="In the reader's language.",
        examples=["Other partners buy it together with Lamp LMP-1, which you buy already."],
    )
    price: PriceView


class NewProductsView(Shown):
    """The likeliest first."""

    items: list[NewProductView]
