"""What the club sells."""

from chalicelib.catalog.rules import Figure, Product, Stock
from chalicelib.catalog.store import below, product_of, read_products, stock_of
from chalicelib.catalog.whole import every_product
from chalicelib.catalog.writing import on_products_changed

__all__ = [
    "Figure",
    "Product",
    "Stock",
    "below",
    "every_product",
    "on_products_changed",
    "product_of",
    "read_products",
    "stock_of",
]
