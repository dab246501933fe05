from pydantic import Field

from chalicelib.catalog import StockView
from chalicelib.platform import ListPage, View, narrowed


class OwnStockView(View):
    """A product of the catalogue, and its stock in the distributor's own warehouses. Without a figure in any of them the club knows of none."""

    sku: str
    name: str
    unit: str
    stock: list[StockView]
    reserved: int | None = Field(
        description="Units of open orders, and those shipped since the count; null where stock is a hint."
    )
    available: int = Field(description="Whole units that orders may still have.")


class OwnStockPage(ListPage[OwnStockView]):
    items: list[OwnStockView]


OwnStockQuery = narrowed(OwnStockView, same=("stock.warehouse",), words=("sku", "name"), amount="available")
