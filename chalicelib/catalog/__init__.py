"""What the club sells."""

from chalicelib.platform.doors import opened_when_asked

with opened_when_asked(__name__):
    from chalicelib.catalog.forms import ContentType, Warehouse
    from chalicelib.catalog.rules import Product
    from chalicelib.catalog.store import below, product_of, read_products, stock_of
    from chalicelib.catalog.whole import every_product
    from chalicelib.catalog.writing import on_products_changed

__all__ = [
    "ContentType",
    "Product",
    "Warehouse",
    "below",
    "every_product",
    "on_products_changed",
    "product_of",
    "read_products",
    "stock_of",
]
