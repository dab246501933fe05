"""What the club sells."""

from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import product_of, read_products
from chalicelib.catalog.whole import every_product

__all__ = ["Product", "every_product", "product_of", "read_products"]
