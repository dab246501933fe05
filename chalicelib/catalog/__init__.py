"""What the club sells."""

from chalicelib.catalog.rules import Product
from chalicelib.catalog.store import product_of, read_products

__all__ = ["Product", "product_of", "read_products"]
