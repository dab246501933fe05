from pydantic import Field

from chalicelib.catalog import BaseProductView
from chalicelib.platform import Form, ListPage
from chalicelib.pricing import PriceView


class PriceListQuery(Form):
    category: str | None = Field(
        default=None, min_length=1, max_length=100, description="Code of a category. Includes the categories below it."
    )
    brand: str | None = Field(default=None, min_length=1, max_length=100, description="Only this brand.")


class ProductView(BaseProductView):
    """A product with its base price and the price of the caller's company."""

    price: PriceView


class ProductPage(ListPage[ProductView]):
    items: list[ProductView]
