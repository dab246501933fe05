from pydantic import Field

from chalicelib.platform import View
from chalicelib.pricing import PriceView


class NewProductView(View):
    """An article that other companies buy together with an article of this company, at this company's price for one pack."""

    sku: str
    name: str
    name_ru: str
    brand: str
    unit: str
    pack_multiple: int
    because: str = Field(description="Article number of the company's own article.")
    reason: str = Field(
        description="Reason in the reader's language.",
        examples=["Other partners buy it together with Lamp LMP-1, which you buy already."],
    )
    price: PriceView


class NewProductsView(View):
    """New articles for a company, the likeliest first."""

    items: list[NewProductView]
