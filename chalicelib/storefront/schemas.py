from pydantic import Field

from chalicelib.catalog import BaseProductView
from chalicelib.platform.http.forms import Form, Shown
from chalicelib.pricing import PriceView


class PriceListQuery(Form):
    category: str | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="Code of a category: products of it and of all below it.",
    )
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Only this brand.")


class ProductView(BaseProductView):
    """A product with its base price and the caller's own."""

    price: PriceView


class ProductPage(Shown):
    items: list[ProductView]
    next_cursor: str | None
